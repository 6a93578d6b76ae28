#pragma once

#include "supervisor/spec/spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

/// What has to be done with a child so that it becomes what another spec wants.
enum class change_kind : std::uint8_t {
  nothing,
  start,
  stop,
  restart,         ///< what it starts, or gets at its start, is another thing
  change_in_place, ///< it goes on, and something else holds for it
};

constexpr std::string_view label(change_kind x) noexcept {
  constexpr std::string_view words[] = {"nothing", "start", "stop", "restart", "change_in_place"};
  return words[static_cast<int>(x)];
}

struct change {
  std::string path{}; ///< "/shop/till"; "/" is the root itself
  change_kind what{};
  std::vector<std::string> why{}; ///< "backoff: 10ms to 1s -> 50ms to 1s", one entry a field

  friend bool operator==(const change&, const change&) = default;
};

/// From a tree that runs to one that is wanted; both must have passed `validate`. Children are the
/// same if they have the same id under the same supervisor. Those with nothing to do are listed, too,
/// but not those below a supervisor that is itself started, stopped or restarted; nor the template
/// of a pool, which is a setting of the pool.
///
/// Stops come first, those that run last before the others; the rest comes in the order of starting,
/// a nested supervisor before its children. What is compared is what holds in the end: a default is
/// seen at the children that take it.
template <class Start>
std::vector<change> changes(const basic_supervisor_spec<Start>& running,
                            const basic_supervisor_spec<Start>& wanted);

extern template std::vector<change> changes(const declared_spec&, const declared_spec&);

/// A plan to approve: a line for each reason, and a last one that counts.
std::string to_string(const std::vector<change>&);

} // namespace supervisor
