#pragma once

#include "supervisor/mind/core.hpp"

#include <optional>
#include <string>
#include <vector>

namespace supervisor {

/// What one part of all that is asked says, by itself.
struct explained_part {
  scope from{};
  std::string name{};
  decision says{};
  std::optional<gauge> stands{}; ///< of parts that count something
  bool last_word = false;
};

/// Why a decision came out as it did, and what comes next.
struct explanation {
  situation given{};
  decision then{};
  bool answered_outside = false;
  std::vector<explained_part> parts{}; ///< the child's policy first; limits only if they were asked
  decision next{}; ///< should it fail again in the same way, as soon as it is up
  std::string next_because{};
  std::vector<std::string> waits_for{}; ///< what its next start waits for, as far as that is known
};

/// Asks every part once more. The plan must be the one of the question: `plan.hash == question.plan`.
explanation explain(const plan&, const question&);

/// One screen.
std::string to_string(const explanation&, std::string_view child);

/// "restart after 1.8s".
std::string words(const decision&);

/// What the decision means for the restart, in the words of the spec: restart_allowed,
/// restart_queued, restart_denied, supervision_paused, escalated, supervised_stop.
std::string_view protection(const decision&) noexcept;

} // namespace supervisor
