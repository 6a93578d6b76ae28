#pragma once

// What stands against changes of a supervisor that runs, as templates: internal to the library.

#include "supervisor/plan/roster.hpp"
#include "supervisor/report/report.hpp"
#include "supervisor/text/printable.hpp"

namespace supervisor::detail {

/// The core hears of a child that is added when its turn comes, and others may ask before.
inline phase phase_of(const state& s, slot who) {
  return who < s.children.size() ? s.children[who].now : phase::vacant;
}

template <class Start>
bool has_sibling(const roster<Start>& all, const state& s, std::string_view id) {
  const auto who = all.find(id);
  return who != nobody && phase_of(s, who) != phase::forgotten;
}

/// Why its id is not free.
template <class Start>
void check_id_is_free(const std::string& id, const std::string& path, const roster<Start>& all,
                      const state& s, faults& found) {
  if (!has_sibling(all, s, id))
    return;
  const auto now = phase_of(s, all.find(id));
  if (now == phase::abandoned) {
    found.push_back({"/id", path
                              + " was abandoned and has not ended so far: its id is taken until "
                                "it does"});
    return;
  }
  const auto is_down = now == phase::down || now == phase::parked || now == phase::waiting;
  const auto waits = is_down && comes_back(s, all.find(id));
  found.push_back({"/id", path
                            + (waits     ? " is already present, and waits for its start"
                               : is_down ? " is already present, and down: restart it, or delete "
                                           "it first"
                                         : " has already started")});
}

/// All that is wrong with adding that child to the supervisor called `above`, but for what the core
/// itself may have against it.
template <class Start>
faults objections_to_child(const basic_child_spec<Start>& child, const std::string& above,
                           const roster<Start>& all, const state& s) {
  auto found = validate_child(child, all.spec());
  check_id_is_free(child.id, above + "/" + child.id, all, s, found);
  const auto check_sibling = [&](const std::string& id, const std::string& where) {
    if (!has_sibling(all, s, id))
      found.push_back({where, "no sibling is called " + showing::quoted(id)});
  };
  for (std::size_t i = 0; i < child.dependencies.size(); ++i)
    if (child.dependencies[i] != child.id)
      check_sibling(child.dependencies[i], "/dependencies/" + std::to_string(i));
  if (const auto& sidecar = said_in(child.more).sidecar_config)
    check_sibling(sidecar->primary_child_id, "/sidecar_config/primary_child_id");
  return found;
}

/// Of becoming `wanted`: children that would go, though others that stay depend on them, because
/// those were added at run time.
template <class Start>
faults needed_at_run_time(const basic_supervisor_spec<Start>& wanted, const std::string& above,
                          const roster<Start>& all, const state& s) {
  std::vector<bool> is_declared(all.size());
  for (const auto& child : wanted.children)
    if (const auto who = all.find(child.id); who != nobody)
      is_declared[who] = true;
  faults found;
  for (slot who = 0; who < all.size(); ++who)
    for (const auto dependent : all.plan().dependents_of(who))
      if (!is_declared[who] && !is_declared[dependent] && s.children[dependent].added)
        found.push_back({above + "/" + all.of(who).id,
                         above + "/" + all.of(dependent).id
                           + " was added at run time and depends on it: remove that first"});
  return found;
}

} // namespace supervisor::detail
