#include "supervisor/process/process.hpp"

#include "supervisor/actors/node/exit_of.hpp"
#include "supervisor/os/environment/cgroup_leaf.hpp"
#include "supervisor/os/environment/variables.hpp"
#include "supervisor/os/process/exit_of_process.hpp"
#include "supervisor/process/output.hpp"

#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace supervisor {

namespace detail {

namespace {

/// What a tree has once for all of its programs.
struct outside final : tree_part, std::enable_shared_from_this<outside> {
  outside(output::sink to, const std::string& cgroup) : lines(std::move(to)) {
    if (!cgroup.empty())
      host.post([cgroup] { cgroup_leaf::clear_those_left(cgroup); });
  }

  void tree_has_ended(std::function<void()> then) override;
  void kill_those_left();

  void listen(std::function<void()> then) override { host.ref().after_a_round(std::move(then)); }

  /// Of each child, each remark once: it is the same in each of its lives.
  bool is_news(const std::string& path, const std::string& remark) {
    const std::scoped_lock held{lock};
    return remarks.emplace(path, remark).second;
  }

  output lines; ///< gone after the host, which writes to it
  std::mutex lock;
  std::vector<std::weak_ptr<class program>> all;         ///< with the lock held
  std::set<std::pair<std::string, std::string>> remarks; ///< likewise
  errand gives_up_{};                                    ///< the host's
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
    std::unique_lock lock{lock_};
    if (done_.killed) {
      end_ = ending{{exit_class::nonzero_exit, exit_detail::killed, failure_kind::recoverable, 0}};
      lock.unlock();
      return tell_end();
    }
    stop_signal_ = signal_number(spec.stop_signal);
    reload_signal_ = signal_number(spec.reload_signal);
    all_of_it_ = spec.stop_to == stop_target::main;
    lines_ = std::make_shared<output::source>(spec.max_lines_waiting, hold());
    process_.emplace(outside_->host, std::move(order),
                     callbacks(caf::actor_cast<caf::weak_actor_ptr>(actor)));
  }

  /// Asks all that belongs to it to end.
  void stop() {
    int number = 0;
    if (auto* mine = after([&] { done_.told = number = stop_signal_; }))
      mine->stop(number);
  }

  void kill() {
    if (auto* mine = after([&] { done_.killed = true; }))
      mine->kill();
  }

  void kill_in_haste() {
    if (auto* mine = after([] {}))
      mine->kill_in_haste();
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

  /// Its actor is gone, killed by a stranger: that is the end of it, as soon as nobody of it is left.
  void lose_actor(const child_exit& exit, std::string text) {
    {
      const std::scoped_lock lock{lock_};
      if (end_)
        return;
      main_end_ = ending{exit, text};
    }
    up_.tell(news::main_exited, exit, std::move(text));
    kill();
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
      .ended = [self, actor](const process_end& how) { self->ended(self->ending_of(how), actor); },
      .main_exited = [self](const process_end& how,
                            const some_processes& others) { self->main_has_exited(how, others); },
      .obstinate = [self](const some_processes& who) { self->cannot_be_killed(who); },
      .line
      = [self](
          process_line x) { self->say(x.stream == output_stream::err, std::move(x.text), x.cut); },
      .notified = [self](const process_notice& x, time_point at) { self->was_notified(x, at); },
      .refused = [self](std::size_t count,
                        const some_processes::one& first) { self->has_refused(count, first); },
      .note = [self](std::string remark) { self->remark(std::move(remark)); }};
  }

  void say(bool is_error, std::string text, bool cut = false) {
    outside_->lines.add(lines_, {.path = path_,
                                 .attempt = attempt_,
                                 .is_error = is_error,
                                 .cut = cut,
                                 .text = std::move(text)});
  }

  void has_started(pid_t pid) {
    note_.pid = pid;
    up_.note(note_);
    up_.tell(news::started);
  }

  void was_notified(const process_notice& x, time_point at) {
    if (x.ready)
      up_.tell(news::ready);
    if (x.heartbeat)
      up_.beat(at);
    if (x.status) {
      note_.status = *x.status;
      up_.note(note_);
    }
    if (x.trigger)
      is_unwell();
  }

  /// Both in its state and as a line, since few look at a state.
  void remark(std::string text) {
    if (outside_->is_news(path_, text))
      say(true, "supervisor: " + text);
    note_.remarks.push_back(std::move(text));
    up_.note(note_);
  }

  void has_refused(std::size_t count, const some_processes::one& first) {
    say(true, "supervisor: " + std::to_string(count)
                + (count == 1 ? " notice was refused: it" : " notices were refused: they")
                + " did not come from this program or what descends from it, but from "
                + (first.name.empty() ? "a process that has ended" : first.name) + " (pid "
                + std::to_string(first.pid) + ")");
  }

  void is_unwell() {
    if (auto* mine = after([&] { done_.unhealthy = true; }))
      mine->kill();
  }

  void main_has_exited(const process_end& how, const some_processes& others) {
    auto end = ending_of(how);
    if (!was_told_to_end())
      end.text += (end.text.empty() ? "" : "; ") + std::string{"its main process left "}
                  + (others.count == 1 ? "a process" : std::to_string(others.count) + " processes")
                  + " behind: " + to_string(others);
    {
      const std::scoped_lock lock{lock_};
      main_end_ = main_end_ ? main_end_ : end;
    }
    note_.left = to_string(others) + (others.count == 1 ? " is" : " are") + " left of it";
    up_.note(note_);
    up_.tell(news::main_exited, end.exit, end.text);
  }

  bool was_told_to_end() const {
    const std::scoped_lock lock{lock_};
    return done_.told != 0 || done_.killed || done_.unhealthy;
  }

  void cannot_be_killed(const some_processes& who) {
    note_.left = to_string(who) + " could not be killed";
    up_.note(note_);
  }

  /// How its main process ended counts, and what was done to it before that.
  ending ending_of(const process_end& how) const {
    const std::scoped_lock lock{lock_};
    if (main_end_) {
      auto x = *main_end_;
      if (const auto more = text_of(how, all_of_it_); !more.empty())
        x.text += (x.text.empty() ? "" : "; ") + more;
      return x;
    }
    ending x{exit_of(how, done_, all_of_it_), text_of(how, all_of_it_)};
    if (done_.unhealthy)
      x.text = "it said so itself";
    return x;
  }

  /// Its supervisor hears of it here, from the host: what came before has been passed on before.
  void ended(ending how, const caf::weak_actor_ptr& actor) {
    {
      const std::scoped_lock lock{lock_};
      end_ = std::move(how);
    }
    tell_end();
    if (const auto strong = actor.lock())
      compat::anon_send_exit(caf::actor_cast<caf::actor>(strong),
                             make_failure(failure::recoverable, "the program has ended"));
  }

  void tell_end() const {
    up_.fell(end_->error());
    up_.tell(news::exited, end_->exit, end_->text);
  }

  const uplink up_;
  const std::string path_;
  const std::uint32_t attempt_;
  const std::shared_ptr<outside> outside_;
  std::shared_ptr<output::source> lines_; ///< set before anybody writes
  int stop_signal_ = 0, reload_signal_ = 0;
  bool all_of_it_ = false;            ///< what its main process leaves is killed, as was asked for
  child_note note_;                   ///< the host's
  mutable std::mutex lock_;           ///< of all below
  std::optional<os_process> process_; ///< set once, and may be called without the lock
  done_to_process done_;
  std::optional<ending> main_end_; ///< its main process has ended before the others
  std::optional<ending> end_;      ///< set once
};

/// Those who are left were abandoned. A helper that is held by its program would let that live.
void outside::kill_those_left() {
  const std::scoped_lock held{lock};
  for (const auto& weak : all)
    if (const auto one = weak.lock(); one && !one->end())
      one->kill_in_haste();
}

/// On the thread of the host, behind all that it still has to do, and on the one that tells of lines.
void outside::tree_has_ended(std::function<void()> then) {
  kill_those_left();
  host.post([self = shared_from_this(), then = std::move(then)] {
    self->gives_up_
      = self->host.patiently(output::usual_patience, [self] { self->lines.give_up(); });
    self->lines.close([self, then] {
      self->host.post([self] { self->gives_up_.end(); });
      then();
    });
  });
}

class process_actor : public caf::event_based_actor {
public:
  process_actor(caf::actor_config& config, uplink up, std::shared_ptr<program> what,
                process_order order)
    : caf::event_based_actor(config), up_(std::move(up)), program_(std::move(what)),
      order_(std::move(order)) {}

  const char* name() const override { return "supervisor.process"; }

  /// Also when a stranger kills it: then the program is killed as well.
  void on_exit() override {
    if (!program_->end()) {
      up_.fell(make_failure(failure::recoverable, text_of(fail_state())));
      program_->lose_actor(exit_of(fail_state()), text_of(fail_state()));
    }
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
  return tree.shared<outside>(
    [&tree] { return std::make_shared<outside>(tree.options().log, tree.options().cgroup); });
}

process_order order_of(const birth& b, const process_spec& spec) {
  static const belongings nothing;
  const auto is_secret = [&b](const std::string& name) { return b.tree.secret_keys().has(name); };
  process_order order{
    .spec = spec, .cgroup = b.tree.options().cgroup, .soft_files = b.tree.options().soft_files};
  order.environment
    = variables_of(spec, is_secret, b.given ? b.given->environment : nothing.environment);
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
  const auto where = outside_of(b.tree);
  const auto what = std::make_shared<program>(b.up, b.above + "/" + b.id, b.attempt, where);
  {
    const std::scoped_lock lock{where->lock};
    std::erase_if(where->all, [](const auto& x) { return x.expired(); });
    where->all.push_back(what);
  }
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
