#include "supervisor/config/fields/objects.hpp"
#include "supervisor/config/json.hpp"

namespace supervisor {

namespace {

void find_policies(const declared_spec& x, const std::string& where, faults& found) {
  constexpr auto why = "is a policy of your own, and a file has no words for it";
  if (x.more && x.more->limit)
    found.push_back({where + "/limit", why});
  for (std::size_t i = 0; i < x.children.size(); ++i) {
    const auto& child = x.children[i];
    const auto at = where + "/children/" + std::to_string(i);
    if (child.policy)
      found.push_back({at + "/policy", why});
    if (child.start.nested)
      find_policies(*child.start.nested, at + "/supervisor", found);
  }
}

} // namespace

expected<std::string> to_json(const declared_spec& spec) {
  faults found;
  find_policies(spec, "", found);
  if (!found.empty())
    return found;
  return config::write_file(spec).dump();
}

} // namespace supervisor
