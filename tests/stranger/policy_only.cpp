#include <supervisor/policies.hpp>

namespace sup = supervisor;

int main() {
  const auto policy = sup::standard_policy{.when = sup::restart::temporary};
  const auto then = policy.decide({});
  return then == sup::leave_down() ? 0 : 1;
}
