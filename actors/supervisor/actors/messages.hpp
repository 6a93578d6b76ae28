#pragma once

#include "supervisor/actors/type_ids.hpp"
#include "supervisor/explain.hpp"
#include "supervisor/report.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace supervisor {

/// Collects the answers of a whole tree. Every supervisor that was asked holds it while it has not
/// answered; when the last one lets go, whether by answering or by dying, `done` is called.
struct state_query {
  supervisor_state root{};
  std::function<void(supervisor_state)> done{};

  ~state_query() {
    if (done)
      done(std::move(root));
  }
};

/// Finds the supervisor of a child, which answers. Whoever holds it last calls `done`.
struct explain_query {
  expected<explanation> found
    = fault{{}, "nobody could answer: its supervisor or the tree is gone"};
  std::function<void(expected<explanation>)> done{};

  ~explain_query() {
    if (done)
      done(std::move(found));
  }
};

/// What the outside asks of a supervisor.
struct control {
  enum class order : std::uint8_t {
    stop,    ///< by `requested_by`, because of `reason`
    state,   ///< fill in `node` and pass the question down
    bind,    ///< connect the cell of the child `path`
    explain, ///< the last decision about the child `path`
  };

  order what{};
  std::string requested_by{};
  std::string reason{};
  std::string path{};
  std::shared_ptr<state_query> query{};
  supervisor_state* node = nullptr; ///< owned by `query`
  std::shared_ptr<explain_query> why{};
};

/// What a nested supervisor leaves behind: it comes before the news of its end.
struct last_words {
  std::vector<child_report> outcomes{};
  std::vector<caf::actor> abandoned{};
};

/// What happened to a child.
struct child_start {
  input news{};
  std::string text{};
  std::shared_ptr<last_words> words{}; ///< with news::lingering
};

/// The supervisor's own clockwork.
struct control_plane {
  enum class tick : std::uint8_t {
    drain,    ///< all news that came together is in: take them
    deadline, ///< the time that the core asked for
  };

  tick what{};
};

/// Where a supervisor's messages arrive.
using supervisor_mailbox = typed_actor<caf::result<void>(control), caf::result<void>(child_start),
                                       caf::result<void>(control_plane)>;

} // namespace supervisor

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::control)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::child_start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::control_plane)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::situation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::decision)
