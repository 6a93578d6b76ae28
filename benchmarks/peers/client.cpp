#include "client.hpp"

#include <cstdio>
#include <cstdlib>
#include <future>

namespace bench {

namespace {

void must(const sup::expected<sup::control_result>& done) {
  if (done && done->ok())
    return;
  std::fprintf(stderr, "%s\n", (done ? to_string(*done) : to_string(done.error())).c_str());
  std::_Exit(EXIT_FAILURE);
}

/// Each command is given when the one before has been answered, in the supervisor's turn.
struct client {
  std::uint64_t n;
  std::function<void(std::uint64_t, sup::command_done)> want;
  std::promise<void> all_done{};

  void next(std::uint64_t i) {
    if (i == n)
      return all_done.set_value();
    want(i, [this, i](const sup::expected<sup::control_result>& done) {
      must(done);
      next(i + 1);
    });
  }
};

} // namespace

double one_after_another(std::uint64_t n,
                         std::function<void(std::uint64_t, sup::command_done)> want) {
  const auto began = steady::now();
  client me{n, std::move(want)};
  me.next(0);
  me.all_done.get_future().wait();
  return seconds_since(began);
}

} // namespace bench
