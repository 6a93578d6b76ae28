#pragma once

#include "core_under_test.hpp"

// What tests of commands share.

namespace supervisor {

inline declared_spec shop() { return {.children = {worker("db"), worker("cache"), worker("web")}}; }

/// A helper at the side of `primary`, with which it starts and ends.
inline declared_child_spec sidecar(std::string id, std::string primary) {
  return {.id = std::move(id),
          .start = {"x"},
          .more = child_details{.task_role = task_role::sidecar,
                                .sidecar_config = sidecar_config{std::move(primary), true}}};
}

inline std::size_t cancels(const core_under_test& it) {
  return static_cast<std::size_t>(std::ranges::count(it.deeds, deed::cancel, &effect::what));
}

inline constexpr command holding[]
  = {command::pause_child, command::quarantine_child, command::terminate_child};

} // namespace supervisor
