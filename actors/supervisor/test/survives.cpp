#include "supervisor/test/survives.hpp"

#include "supervisor/actors/detail/tree_core.hpp"
#include "supervisor/search/breaking.hpp"

#include <stdexcept>

namespace supervisor::test {

namespace {

/// Parents before children.
void add_below(searching::sites& all, std::uint32_t here, const detail::blueprint& print) {
  all[here].by = searching::without_signs_of_life(*print.plan);
  if (print.plan->pool)
    return; // what it declares is a template
  for (slot seat = 0; seat < print.spec->children.size(); ++seat) {
    const auto child = static_cast<std::uint32_t>(all.size());
    const auto& said = print.spec->children[seat];
    const auto above = here == 0 ? std::string{} : all[here].path;
    all[here].below.push_back(child);
    all.push_back({.path = above + "/" + said.id, .above = here, .seat = seat});
    if (said.start.kind() == task_kind::supervisor)
      add_below(all, child, *print.below(seat));
  }
}

} // namespace

survival survives(const supervisor_spec& tree, crashes some, std::uint64_t seed) {
  if (const auto wrong = detail::all_faults(tree); !wrong.empty())
    throw std::invalid_argument{to_string(wrong)};
  const auto print = detail::make_blueprint(std::make_shared<const supervisor_spec>(tree), seed);
  searching::sites all{{.path = "/"}};
  add_below(all, 0, *print);
  return searching::try_to_break(all, {.crashes = some.most, .seed = seed});
}

} // namespace supervisor::test
