#include "supervisor/process/process.hpp"

#include "supervisor/actors/exit_of.hpp"
#include "supervisor/process/exit_of_process.hpp"
#include "supervisor/process/output.hpp"
#include "supervisor/process/variables.hpp"

#include <mutex>
#include <optional>

namespace supervisor {

namespace detail {

namespace {

/// What a tree has once for all of its programs.
struct outside final : tree_part {
  explicit outside(output::sink to) : lines(std::move(to)) {}

  void tree_has_ended() override { lines.close(); }

  output lines; ///< gone after the host, which writes to it
  supervisor::host host;
};

/// One program, as its actor, its supervisor and the host share it. All of it from any thread.
class program : public std::enable_shared_from_this<program> {
public:
  program(uplink up, std::string path, std::uint32_t attempt, std::shared_ptr<outside> where)
    : up_(std::move(up)), path_(std::move(path)), attempt_(attempt), outside_(std::move(where)) {}

  /// Once. Not if it was killed before: then that was its end.
  void start(process_order order, const caf::actor& actor) {
    const auto& spec = order.spec;
    const std::scoped_lock lock{lock_};
    if (done_.killed) {
      end_ = ending{{exit_class::nonzero_exit, exit_detail::killed, failure_kind::recoverable, 0}};
      return;
    }
    stop_signal_ = signal_number(spec.stop_signal);
    reload_signal_ = signal_number(spec.reload_signal);
    lines_ = std::make_shared<output::source>(spec.max_lines_waiting, hold());
    process_.emplace(outside_->host, std::move(order),
                     callbacks(caf::actor_cast<caf::weak_actor_ptr>(actor)));
  }

  /// Asks it to end.
  void stop() {
    int number = 0;
    if (auto* mine = after([&] { done_.told = number = stop_signal_; }))
      mine->signal(number);
  }

  void kill() {
    if (auto* mine = after([&] { done_.killed = true; }))
      mine->kill();
  }

  void signal(int number) {
    if (auto* mine = after([&] { number = number == 0 ? reload_signal_ : number; }))
      mine->signal(number);
  }

  /// How it ended, if it has.
  struct ending {
    child_exit exit{};
    std::string text{}; ///< what the exit does not say

    caf::error error() const {
      return make_failure(failure::recoverable, text.empty() ? words(exit) : text);
    }
  };

  std::optional<ending> end() const {
    const std::scoped_lock lock{lock_};
    return end_;
  }

private:
  /// Does that with the lock held. Null: it was not started so far.
  template <class F>
  os_process* after(F change) {
    const std::scoped_lock lock{lock_};
    change();
    return process_ ? &*process_ : nullptr;
  }

  /// Always on the host's thread: so a word that comes late cannot undo the one after it, and the
  /// thread that tells of lines never is the last to hold a program, and with that itself.
  output::control hold() {
    return {.hold_on = [me = weak_from_this()] { change_reading(me); },
            .go_on = [me = weak_from_this(),
                      on = outside_->host.ref()] { on.post([me] { change_reading(me); }); }};
  }

  static ending ending_of(const process_end& how, const done_to_process& done) {
    ending x{exit_of(how, done), words(how)};
    if (done.unhealthy)
      x.text = "it said so itself";
    else if (x.text == words(x.exit))
      x.text.clear();
    return x;
  }

  static void change_reading(const std::weak_ptr<program>& me) {
    const auto self = me.lock();
    auto* mine = self ? self->after([] {}) : nullptr;
    if (mine)
      self->outside_->lines.is_full(*self->lines_) ? mine->pause_output() : mine->resume_output();
  }

  /// They keep the program until it has ended, and its actor no longer than others do.
  process_callbacks callbacks(caf::weak_actor_ptr actor) {
    const auto self = shared_from_this();
    return {
      .started = [self](pid_t pid) { self->has_started(pid); },
      .failed =
        [self, actor](const fault& why) {
          self->ended(
            {{exit_class::nonzero_exit, exit_detail::start_failed, failure_kind::recoverable, 0},
             to_string(faults{why})},
            actor);
        },
      .ended
      = [self, actor](const process_end& how) { self->ended(ending_of(how, self->done()), actor); },
      .line =
        [self](process_line x) {
          self->outside_->lines.add(self->lines_, {.path = self->path_,
                                                   .attempt = self->attempt_,
                                                   .is_error = x.stream == output_stream::err,
                                                   .cut = x.cut,
                                                   .text = std::move(x.text)});
        },
      .notified = [self](const process_notice& x) { self->was_notified(x); },
      .note =
        [self](std::string remark) {
          self->note_.remarks.push_back(std::move(remark));
          self->up_.note(self->note_);
        }};
  }

  void has_started(pid_t pid) {
    note_.pid = pid;
    up_.note(note_);
    up_.tell(news::started);
  }

  void was_notified(const process_notice& x) {
    if (x.ready)
      up_.tell(news::ready);
    if (x.heartbeat)
      up_.tell(news::heartbeat);
    if (x.status) {
      note_.status = *x.status;
      up_.note(note_);
    }
    if (x.trigger)
      is_unwell();
  }

  void is_unwell() {
    if (auto* mine = after([&] { done_.unhealthy = true; }))
      mine->kill();
  }

  done_to_process done() const {
    const std::scoped_lock lock{lock_};
    return done_;
  }

  void ended(ending how, const caf::weak_actor_ptr& actor) {
    {
      const std::scoped_lock lock{lock_};
      end_ = std::move(how);
    }
    if (const auto strong = actor.lock())
      compat::anon_send_exit(caf::actor_cast<caf::actor>(strong),
                             make_failure(failure::recoverable, "the program has ended"));
  }

  const uplink up_;
  const std::string path_;
  const std::uint32_t attempt_;
  const std::shared_ptr<outside> outside_;
  std::shared_ptr<output::source> lines_; ///< set before anybody writes
  int stop_signal_ = 0, reload_signal_ = 0;
  child_note note_;                   ///< the host's
  mutable std::mutex lock_;           ///< of all below
  std::optional<os_process> process_; ///< set once, and may be called without the lock
  done_to_process done_;
  std::optional<ending> end_;
};

class process_actor : public caf::event_based_actor {
public:
  process_actor(caf::actor_config& config, uplink up, std::shared_ptr<program> what,
                process_order order)
    : caf::event_based_actor(config), up_(std::move(up)), program_(std::move(what)),
      order_(std::move(order)) {}

  const char* name() const override { return "supervisor.process"; }

  /// Also when a stranger kills it: then the program is killed as well.
  void on_exit() override {
    const auto end = program_->end();
    if (!end)
      program_->kill();
    const auto exit = end ? end->exit : exit_of(fail_state());
    const auto text = end ? end->text : text_of(fail_state());
    up_.fell(end ? end->error() : make_failure(failure::recoverable, text));
    up_.tell(news::exited, exit, text);
    program_ = nullptr;
  }

protected:
  caf::behavior make_behavior() override {
    guard(this);
    compat::ignore_errors(this);
    compat::drop_unexpected(this);
    compat::on_exit_msg(this, [this](const caf::exit_msg& x) {
      if (program_->end())
        quit(program_->end()->error());
      else if (x.reason != caf::exit_reason::kill)
        program_->stop();
    });
    program_->start(std::move(order_), caf::actor{this});
    if (program_->end())
      quit(program_->end()->error());
    return {[](const health_question&) { return true; }};
  }

private:
  const uplink up_;
  std::shared_ptr<program> program_;
  process_order order_;
};

std::shared_ptr<outside> outside_of(tree_core& tree) {
  return tree.shared<outside>([&tree] { return std::make_shared<outside>(tree.options().log); });
}

process_order order_of(const birth& b, const process_spec& spec) {
  static const belongings nothing;
  process_order order{.spec = spec, .cgroup = b.tree.options().cgroup};
  order.environment = variables_of(spec, b.given ? b.given->environment : nothing.environment);
  if (b.said.resource_limits)
    order.limits = *b.said.resource_limits;
  if (b.said.health_policy)
    order.watchdog = b.said.health_policy->stale_after;
  order.notify = b.says_when_ready || b.said.health_policy;
  return order;
}

launched launch(birth& b, const process_spec& spec) {
  if (b.fakes_threads())
    return spawn_fake(b.parent, b.up);
  const auto what
    = std::make_shared<program>(b.up, b.above + "/" + b.id, b.attempt, outside_of(b.tree));
  const auto who = b.parent->spawn<process_actor>(b.up, what, order_of(b, spec));
  return {who, {.kill = [what] { what->kill(); }, .signal = [what](int n) { what->signal(n); }}};
}

} // namespace

} // namespace detail

launcher process(process_spec spec) {
  const auto what = std::make_shared<const process_spec>(std::move(spec));
  return launcher{{
    .kind = task_kind::process,
    .label = "process",
    .launch = [what](detail::birth& b) { return detail::launch(b, *what); },
    .program = what,
    .tells_of_its_end = true,
  }};
}

} // namespace supervisor
