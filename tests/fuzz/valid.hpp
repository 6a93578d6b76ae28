#pragma once

#include "must.hpp"
#include "printable.hpp"

#include <supervisor/changes/changes.hpp>
#include <supervisor/effective/effective.hpp>
#include <supervisor/plan/plan.hpp>
#include <supervisor/rules/lint.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace supervisor {

/// Whether the children that a place goes through are there.
inline bool is_place_in(const declared_spec& spec, std::string_view where) {
  constexpr std::string_view step = "/children/";
  if (!where.starts_with(step))
    return where.empty() || where.starts_with('/');
  where.remove_prefix(step.size());
  std::size_t place = 0;
  const auto* const last = where.data() + where.size();
  const auto read = std::from_chars(where.data(), last, place);
  if (read.ec != std::errc{} || place >= spec.children.size())
    return false;
  where.remove_prefix(static_cast<std::size_t>(read.ptr - where.data()));
  constexpr std::string_view below = "/supervisor";
  const auto* const tree = spec.children[place].start.tree();
  if (tree && where.starts_with(below))
    where.remove_prefix(below.size());
  return tree ? is_place_in(*tree, where) || where.starts_with('/')
              : where.empty() || where.starts_with('/');
}

inline void check_faults(const faults& all, const declared_spec& spec) {
  for (const auto& x : all) {
    must(!x.what.empty() && is_printable(x.what),
         "a fault has a text that can be shown: " + x.where);
    must(is_place_in(spec, x.where), "a fault has a place: " + x.where);
  }
}

inline void check_plan(const declared_spec& spec) {
  const auto made = make_plan(spec, 1);
  must(made->hash == make_plan(spec, 1)->hash, "equal specs make equal plans");
  if (made->pool)
    return;
  must(made->size() == spec.children.size(), "every child has a seat");
  auto order = made->order;
  for (const auto who : order)
    for (const auto need : made->needs_of(who))
      must(std::ranges::find(order, need) < std::ranges::find(order, who),
           "who is needed starts first");
  std::ranges::sort(order);
  for (slot who = 0; who < made->size(); ++who)
    must(order[who] == who, "every child is started once");
}

inline void check_lints(const declared_spec& spec) {
  for (const auto& x : lints(spec)) {
    must(!x.rule.empty() && !x.at.what.empty(), "a lint says what is unwise");
    must(is_place_in(spec, x.at.where), "a lint has a place: " + x.at.where);
  }
}

inline void check_changes(const declared_spec& spec) {
  for (const auto& x : changes(spec, spec))
    must(x.what == change_kind::nothing && x.why.empty(), "a tree is what it is: " + x.path);
}

/// What must be true of every valid tree. `is_small`: short texts only.
inline void check_valid(const declared_spec& spec) {
  check_plan(spec);
  check_lints(spec);
  check_changes(spec);
  must(show_effective(spec).empty() == spec.children.empty(), "what holds can be shown");
  for (const auto& conflict : role_conflicts(spec))
    must(!to_string(conflict).empty(), "a conflict says what it is");
  const auto safe = guarded(spec);
  must(validate(safe).empty(), "limits make no valid tree invalid: " + to_string(validate(safe)));
  for (const auto& child : spec.children)
    if (const auto* below = child.start.tree())
      check_plan(*below);
}

} // namespace supervisor
