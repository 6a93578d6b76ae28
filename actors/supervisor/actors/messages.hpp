#pragma once

#include "supervisor/actors/type_ids.hpp"
#include "supervisor/report/control.hpp"
#include "supervisor/report/explain.hpp"

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <vector>

namespace supervisor {

namespace detail {

/// Other people's code must not end the tree: what it throws is printed.
void call_back(const std::function<void()>&) noexcept;

} // namespace detail

/// Collects the answers of a whole tree. Every supervisor that was asked holds it while it has not
/// answered; when the last one lets go, whether by answering or by dying, `done` is called.
struct state_query {
  supervisor_state root{};
  std::function<void(supervisor_state)> done{};

  ~state_query() {
    if (done)
      detail::call_back([this] { done(std::move(root)); });
  }
};

class launcher;

/// Finds the supervisor that can answer. Whoever holds it last calls `done`.
template <class Answer>
struct asked {
  std::optional<expected<Answer>> found{}; ///< nothing: nobody could answer
  std::function<void(expected<Answer>)> done{};

  static expected<Answer> no_answer() {
    return fault{{}, "nobody could answer: its supervisor or the tree is gone"};
  }

  ~asked() {
    if (done)
      detail::call_back([this] { done(found ? std::move(*found) : no_answer()); });
  }
};

/// What a child's callers may hold, and of which type its start makes it.
struct child_handle {
  caf::actor who{}; ///< null: it is down
  const std::type_info* type = nullptr;
};

using explain_query = asked<explanation>;
using child_query = asked<std::shared_ptr<const basic_child_spec<launcher>>>;
using where_query = asked<child_handle>;
using spec_query = asked<std::shared_ptr<const basic_supervisor_spec<launcher>>>;

/// A command on its way, with all that its kind needs.
struct command_query : asked<control_result> {
  supervisor::command what{};
  std::string path{};       ///< as it was asked for
  std::string command_id{}; ///< path of the supervisor that took it, and its count: "/shop#3"
  supervisor::audit audit{};
  std::shared_ptr<const basic_child_spec<launcher>> child{}; ///< start_child, not of a pool
  std::any args{};                                           ///< start_child of a pool
  std::string id{};                                          ///< of a pool's child; empty: any
  std::shared_ptr<const basic_supervisor_spec<launcher>> wanted{}; ///< apply
  bool must_hold = true;                                           ///< apply
  std::string wrong{};                                             ///< the faults of a declaration
  std::map<std::string, std::optional<const std::type_info*>> there{}; ///< whom its refs lead to
  int signal = 0;                                                      ///< signal_child
  life asker{};                  ///< the child that wants it, if one does
  std::shared_ptr<void> place{}; ///< among the commands that may be under way
};

/// What the outside asks of a supervisor.
struct control {
  enum class order : std::uint8_t {
    stop,    ///< by `requested_by`, because of `reason`
    state,   ///< of the supervisor `path`: fill in `node` and pass the question down
    bind,    ///< connect the cell of the child `path`
    explain, ///< the last decision about the child `path`
    command, ///< about the child `path`; start_child, apply, shutdown: the supervisor `path`
    where,   ///< the actor that is the child `path` now
    child,   ///< what the child `path` was declared as
    spec,    ///< what the supervisor `path` was declared as
  };

  order what{};
  std::string requested_by{};
  std::string reason{};
  std::string path{};
  std::shared_ptr<state_query> query{};
  supervisor_state* node = nullptr; ///< owned by `query`
  std::shared_ptr<explain_query> why{};
  std::shared_ptr<command_query> command{};
  std::shared_ptr<child_query> child{};
  std::shared_ptr<spec_query> spec{};
  std::shared_ptr<where_query> where{};
};

/// What a nested supervisor leaves behind: it comes before the news of its end.
struct last_words {
  event end{};       ///< if it was killed or broke: the fact that it could not decide any more
  std::string how{}; ///< and the text of it
  std::vector<child_report> outcomes{};
  std::vector<caf::actor> abandoned{};
};

/// What one life of a child was given at its start: see env_var and secret_ref.
struct belongings {
  std::map<std::string, std::string> environment{};
  std::map<std::string, std::string> secrets{};
};

/// What is to be seen of a child beside what its supervisor decides about it.
struct child_note {
  std::int32_t pid = 0;
  std::string status{};               ///< as it says itself
  std::vector<std::string> remarks{}; ///< limits that nobody keeps
  std::string left{};      ///< processes of it that outlive its main process, or their kill
  std::string waits_for{}; ///< a precondition
};

/// What happened to a child.
struct child_start {
  input news{};
  std::string text{};
  std::shared_ptr<last_words> words{};          ///< with news::lingering
  std::shared_ptr<const belongings> prepared{}; ///< with news::prepared
  std::shared_ptr<const child_note> note{};     ///< no news either
};

/// What came of a question of a preparer, which some other thread looked at.
struct preparation {
  std::uint32_t number = 0;                ///< of the question
  bool holds = false;                      ///< the precondition
  std::shared_ptr<const belongings> got{}; ///< or why not
  std::string why_not{};
  caf::error why{}; ///< who was asked has thrown
};

/// What a supervisor asks a child with a `health_check` or a `readiness_probe`. The child answers
/// with a bool: whether it is well, or ready. Of a health check every other answer will do, also that
/// it does not know the question: it came back to its mailbox in time.
struct health_question {
  std::uint32_t number = 0; ///< counts the questions to this child
};

/// The supervisor's own clockwork.
struct control_plane {
  enum class tick : std::uint8_t {
    drain,    ///< all news that came together is in: take them
    deadline, ///< the time that the core asked for
    go_on,    ///< with what was too much at once, if nobody has reported meanwhile
    listened, ///< all that had come from outside was passed on, or that took too long
    look,     ///< whether somebody waits for the end of the actor system
  };

  tick what{};
  std::uint32_t number = 0; ///< listened: of the question that this answers
};

/// Where a supervisor's messages arrive.
using supervisor_mailbox = typed_actor<caf::result<void>(control), caf::result<void>(child_start),
                                       caf::result<void>(control_plane)>;

} // namespace supervisor

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::control)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::child_start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::control_plane)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::preparation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::situation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::decision)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(supervisor::health_question)
