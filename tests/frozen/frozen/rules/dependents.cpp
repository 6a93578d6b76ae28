#include "frozen/rules/find_lints.hpp"
#include "frozen/text/printable.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

// Strategies that take those along who depend on a child, where nobody does.

namespace frozen::detail {

std::vector<dependents_go_along> by_dependents(strategy of_all, const supervisor_details& said,
                                               const std::string& where) {
  constexpr auto wanted = strategy::one_for_dependents;
  std::vector<dependents_go_along> all;
  if (of_all == wanted)
    all.push_back({.where = where + "/strategy"});
  for (std::size_t i = 0; i < said.group_strategies.size(); ++i)
    if (const auto& x = said.group_strategies[i]; x.strategy == wanted)
      all.push_back({where + "/group_strategies/" + std::to_string(i) + "/strategy", x.group, {}});
  for (std::size_t i = 0; i < said.child_strategy_overrides.size(); ++i)
    if (const auto& x = said.child_strategy_overrides[i]; x.strategy == wanted)
      all.push_back(
        {where + "/child_strategy_overrides/" + std::to_string(i) + "/strategy", {}, x.child_id});
  return all;
}

namespace {

using children = std::vector<std::uint32_t>;

/// Looks at each strategy's children and at those who depend on them, as far as its patience goes.
class dependents_found {
public:
  explicit dependents_found(const linted_supervisor& x) : x_(x) {
    for (std::uint32_t i = 0; i < x.children.size(); ++i) {
      with_tag_[x.children[i].holds.team].push_back(i);
      with_id_.emplace(x.children[i].id, i);
    }
  }

  bool takes_somebody(const dependents_go_along& how) {
    if (!how.only_child.empty()) {
      const auto child = with_id_.find(how.only_child);
      return child == with_id_.end() || !x_.dependents[child->second].empty();
    }
    if (!how.tag.empty())
      return is_reached(how.tag);
    return std::ranges::any_of(x_.dependents, [](const children& all) { return !all.empty(); });
  }

private:
  /// Whether one with that tag depends on another, directly or through others.
  bool is_reached(const std::string& tag) {
    std::unordered_set<std::uint32_t> known;
    auto found = with_tag_[tag];
    for (std::size_t i = 0; i < found.size(); ++i)
      for (const auto dependent : x_.dependents[found[i]]) {
        if (patience_ == 0 || x_.children[dependent].holds.team == tag)
          return true;
        --patience_;
        if (known.insert(dependent).second)
          found.push_back(dependent);
      }
    return false;
  }

  const linted_supervisor& x_;
  std::unordered_map<std::string_view, children> with_tag_{};
  std::unordered_map<std::string_view, std::uint32_t> with_id_{};
  std::size_t patience_ = 1'000'000; ///< dependencies that may still be looked at
};

std::string advice(const dependents_go_along& how) {
  if (!how.only_child.empty())
    return "nobody depends on " + showing::quoted(how.only_child)
           + ": it is restarted alone, as with one_for_one. Name it in the \"dependencies\" of "
             "those "
             "that need it, or leave this out";
  if (!how.tag.empty())
    return "no child with the tag " + showing::quoted(how.tag)
           + " depends on another with it: each is restarted alone, as with one_for_one. Say in "
             "\"dependencies\" whom a child needs, or say one_for_one";
  return "no child has dependencies: each is restarted alone, as with one_for_one. Say in "
         "\"dependencies\" whom a child needs, or say one_for_one";
}

} // namespace

/// Where there are no children, they come at run time, and may have dependencies.
void check_dependents(const linted_supervisor& x, lints_found& found) {
  if (!x.children.empty() && !x.by_dependents.empty()) {
    dependents_found all{x};
    for (const auto& how : x.by_dependents)
      if (!all.takes_somebody(how))
        found.push_back({"no_dependents", {how.where, advice(how)}});
  }
  for (const auto& c : x.children)
    if (c.below)
      check_dependents(*c.below, found);
}

} // namespace frozen::detail
