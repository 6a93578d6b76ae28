// A tree becomes another one: supervisor by supervisor, from the root down, or not at all.

#include "supervisor/actors/tree.hpp"
#include "supervisor/plan/roster.hpp"

#include <algorithm>

namespace supervisor {

namespace {

using spec_ptr = std::shared_ptr<const supervisor_spec>;

/// One supervisor that has to become another.
struct revision {
  std::string path{};
  spec_ptr before{}, after{};
};

bool touches(const std::vector<change>& changes, const std::string& supervisor) {
  return std::ranges::any_of(changes, [&](const change& x) {
    const auto itself = x.path == (supervisor.empty() ? "/" : supervisor);
    return x.what != change_kind::nothing && (itself || x.path.starts_with(supervisor + "/"));
  });
}

/// Those that are there before and after, parents first: a nested supervisor that is started again
/// meanwhile starts as what it is to become.
void list_steps(const spec_ptr& before, const spec_ptr& after, const std::string& path,
                const std::vector<change>& changes, std::vector<revision>& all) {
  if (!touches(changes, path))
    return;
  all.push_back({path, before, after});
  for (const auto& child : after->children) {
    const auto was = std::ranges::find(before->children, child.id, &child_spec::id);
    if (was != before->children.end() && was->start.tree() && child.start.tree()
        && detail::goes_on(was->start, child.start))
      list_steps(was->start.recipe().tree, child.start.recipe().tree, path + "/" + child.id,
                 changes, all);
  }
}

/// The steps on their way. Keeps itself alive until `done` was called.
class applying : public std::enable_shared_from_this<applying> {
public:
  applying(std::shared_ptr<detail::tree_core> core, std::vector<revision> steps,
           control_result record, command_done done, std::shared_ptr<void> turn)
    : core_(std::move(core)), steps_(std::move(steps)), record_(std::move(record)),
      done_(std::move(done)), turn_(std::move(turn)) {}

  void go_on() {
    if (next_ == steps_.size())
      return finish();
    const auto& x = steps_[next_];
    send(x, x.after, true, [self = shared_from_this()](expected<control_result> came) {
      self->on_answer(std::move(came));
    });
  }

private:
  /// Whoever is told may want to change the tree again at once.
  void finish() {
    turn_ = nullptr;
    done_(record_);
  }

  void on_answer(expected<control_result> came) {
    if (came && came->ok()) {
      record_.command_id = came->command_id;
      ++next_;
      return go_on();
    }
    const auto& path = steps_[next_].path;
    record_.failure
      = came ? *came->failure : control_failure{"admission", to_string(came.error()), true};
    record_.failure->reason = (path.empty() ? "/" : path) + ": " + record_.failure->reason;
    record_.changed.clear();
    if (came) { // it has begun, so it is taken back like those before it
      record_.command_id = came->command_id;
      ++next_;
    }
    take_back();
  }

  void take_back() {
    if (next_ == 0)
      return finish();
    const auto& x = steps_[--next_];
    send(x, x.before, false, [self = shared_from_this()](const expected<control_result>& came) {
      self->on_taken_back(came);
    });
  }

  void on_taken_back(const expected<control_result>& came) {
    if (!came)
      record_.failure->reason += "; and it could not be taken back: " + to_string(came.error());
    else if (!came->ok())
      record_.failure->reason += "; and it could not be taken back: " + came->failure->reason;
    take_back();
  }

  void send(const revision& x, const spec_ptr& wanted, bool must_hold, command_done then) {
    auto query = std::make_shared<command_query>();
    query->what = command::apply;
    query->audit = record_.audit;
    query->wanted = wanted;
    query->must_hold = must_hold;
    query->done = std::move(then);
    if (const auto root = core_->root())
      compat::anon_send(
        root,
        control{.what = control::order::command, .path = x.path, .command = std::move(query)});
  }

  std::shared_ptr<detail::tree_core> core_;
  std::vector<revision> steps_;
  std::size_t next_ = 0;
  control_result record_;
  command_done done_;
  std::shared_ptr<void> turn_; ///< of this tree to be changed
};

std::vector<std::string> lines(const std::vector<change>& changes) {
  std::vector<std::string> text;
  for (const auto& x : changes) {
    if (x.what == change_kind::nothing)
      continue;
    auto line = std::string{label(x.what)} + " " + x.path;
    for (const auto& why : x.why)
      line += (&why == &x.why.front() ? ": " : "; ") + why;
    text.push_back(std::move(line));
  }
  return text;
}

} // namespace

void tree::plan_for(supervisor_spec wanted, std::function<void(expected<change_plan>)> done) const {
  if (auto wrong = detail::all_faults(wanted); !wrong.empty())
    return done(std::move(wrong));
  const auto after = std::make_shared<const supervisor_spec>(std::move(wanted));
  ask_for_spec("", [after, done = std::move(done)](expected<spec_ptr> running) {
    if (!running)
      return done(running.error());
    if (!detail::goes_on(nested(**running), nested(*after)))
      return done(fault{"/strategy", "the root cannot become a pool, or cease to be one: stop the "
                                     "tree and start another"});
    done(change_plan{supervisor::changes(**running, *after), *running, after});
  });
}

void tree::apply(const change_plan& what, audit by, command_done done) const {
  if (auto wrong = check(by); !wrong.empty())
    return done(std::move(wrong));
  control_result record{.command = command::apply, .path = "/", .audit = std::move(by)};
  record.changed = lines(what.changes);
  record.idempotent = what.is_empty();
  auto turn = core_->turn_to_apply();
  if (!turn)
    return done(fault{"/", "busy: the tree is becoming another one already"});
  std::vector<revision> steps;
  list_steps(what.running, what.wanted, "", what.changes, steps);
  ask_for_spec("", [core = core_, was = what.running, steps = std::move(steps),
                    record = std::move(record), turn = std::move(turn),
                    done = std::move(done)](expected<spec_ptr> running) mutable {
    if (!running)
      return done(running.error());
    if (*running != was)
      return done(fault{"/", "the tree was changed since this was planned: plan anew"});
    std::make_shared<applying>(core, std::move(steps), std::move(record), std::move(done),
                               std::move(turn))
      ->go_on();
  });
}

} // namespace supervisor
