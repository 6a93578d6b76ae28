#pragma once

#include "supervisor/report/control.hpp"

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace supervisor {

/// An event of one supervisor of a tree, and what belongs to it. Valid during the call only.
struct tree_event {
  std::string_view supervisor{}; ///< path
  std::string_view child{};      ///< id; empty if it is about the supervisor itself
  const event& what;
  /// What the child died of, in events that tell of an end; in child_waiting what it waits for: siblings, or
  /// what does not hold yet.
  std::string_view text{};
  const plan& by;
  std::string_view command_id{};    ///< of events that belong to a command
  const audit* wanted_by = nullptr; ///< whose command it is
  std::string_view whom{};          ///< id of `what.whom`
};

/// Told of every event of a tree, one at a time, in the turn of the supervisor that decided it. It
/// must neither block nor call the tree: as long as it does not return, no supervisor of the tree that
/// has something to tell can go on, and a tree whose observer never returns never ends. One that throws,
/// whatever that is, is told nothing more, which standard error says.
using observer = std::function<void(const tree_event&)>;

/// One line for all that must not happen in silence: an end that is a failure, or that costs a restart or
/// more (who, why, which restart of how many, when again); a supervisor that could not start or gave up; a
/// start that has waited for a second, or that waits for a child that is down for good. A text that comes
/// with it is made printable, and cut so that the line has no more than 1,000 characters; all of it is in the
/// event. What a tree does by default, with std::cerr.
observer crash_lines(std::ostream&);

/// The same line, without its end; empty for other events.
std::string crash_line(const tree_event&);

} // namespace supervisor
