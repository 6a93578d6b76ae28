#include "on_actors.hpp"

#include "spec_of.hpp"

#include <supervisor/test/tree.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace otp {

namespace {

namespace sup = supervisor;

constexpr auto other_error = sup::failure::external_dependency;

std::string word_of(const caf::error& why) {
  if (!why)
    return "normal";
  if (why == caf::exit_reason::user_shutdown)
    return "shutdown";
  if (why == caf::exit_reason::kill)
    return "killed";
  const auto ours = sup::compat::code_of<sup::failure>(why).value_or(sup::failure::none);
  return ours == sup::failure::panic ? "crash" : ours == other_error ? "other" : sup::words(why);
}

std::string word_of(const sup::child_exit& exit) {
  if (exit.detail == sup::exit_detail::killed)
    return "killed";
  if (exit.detail == sup::exit_detail::escalated)
    return "escalated";
  const auto in_order = exit.what == sup::exit_class::external_cancel
                        || exit.what == sup::exit_class::success; // a supervisor has completed
  return in_order ? "shutdown" : std::string{label(exit.what)};
}

caf::error error_of(death how) {
  switch (how) {
    case death::normal:
      return {};
    case death::shutdown:
    case death::shutdown_because:
      return caf::exit_reason::user_shutdown;
    case death::crash:
      return sup::make_failure(sup::failure::panic, "as told");
    case death::kill:
      return caf::exit_reason::kill;
  }
  return {};
}

/// Ends when it is told how, and has its own manners when its supervisor wants it to stop.
caf::behavior leaf(caf::event_based_actor* self, manners stops) {
  sup::compat::on_exit_msg(self, [self, stops](const caf::exit_msg&) {
    if (stops == manners::obeys)
      self->quit(caf::exit_reason::user_shutdown);
    else if (stops == manners::fails)
      self->quit(sup::make_failure(other_error, "as told"));
  });
  return {[self](int how) { self->quit(error_of(static_cast<death>(how))); }};
}

class world {
public:
  explicit world(const story& x)
    : story_(x), maker_([this](const seat& s) { return start_of(s); },
                        [](sup::supervisor_spec below) { return sup::nested(std::move(below)); }) {}

  trace tell() {
    auto options = sup::test::tree::quiet();
    options.tap
      = [this](std::string_view path, const sup::plan&, std::span<const sup::input> inputs,
               sup::time_point, const sup::effects& out,
               const std::function<std::string_view(sup::slot)>& id_of) {
          hear(std::string{path}, inputs, out, id_of);
        };
    list_supervisors(story_.root, "");
    sup::test::tree tree{maker_.supervisor_of(story_.root), std::move(options)};
    tree_ = &tree;
    settle("ok");
    for (std::size_t i = 0; i < story_.steps.size() && !tree.ended(); ++i) {
      auto result = go_through(story_.steps[i]);
      for (const auto& command : story_.steps[i].meanwhile)
        result = words_of_meanwhile(hear_meanwhile(command));
      settle(std::move(result));
    }
    return in_order(std::exchange(told_, {}), story_);
  }

private:
  // -- the story ---------------------------------------------------------------------------------------

  std::string go_through(const otp::step& x) {
    since_ = births_;
    condemned_.clear();
    return do_it(x);
  }

  std::string do_it(const otp::step& x) {
    switch (x.what) {
      case act::stop:
        tree_->stop();
        return "ok";
      case act::die:
        die(x);
        return "ok";
      case act::start:
        return add(x);
      case act::terminate:
        return terminate(x);
      case act::restart:
        return result_of(x, tree_->restart_child(x.path));
      case act::remove:
        return result_of(x, tree_->delete_child(x.path));
    }
    return {};
  }

  /// If a restart fails in its supervisor, then while that waits for the next try. Its answer, or nothing.
  std::string hear_meanwhile(const otp::step& command) {
    const auto path = supervisor_for(command);
    if (!path.empty() && !up_.contains(path))
      return {};
    awaited_ = {path, birth_of(path)};
    for (int i = 0; i < most_tries * 4 && awaited_; ++i) {
      tree_->run();
      tree_->advance(wait_of_all / 4);
    }
    if (std::exchange(awaited_, {}))
      return {};
    tree_->advance(wait_of_all / 4); // whoever goes down since is down
    return tree_->ended() ? "nobody" : do_it(command);
  }

  std::uint64_t birth_of(const std::string& path) const {
    const auto found = up_.find(path);
    return found == up_.end() ? 0 : found->second;
  }

  void start_failed(const std::string& path) {
    note("error", path);
    const auto top = std::string{above(path)};
    if (awaited_ && awaited_->path == top && awaited_->birth == birth_of(top))
      awaited_ = {};
  }

  void die(const otp::step& x) {
    std::vector<std::pair<caf::actor, death>> found;
    for (const auto& v : x.victims)
      if (const auto who = tree_->whereis(v.path)) {
        found.emplace_back(*who, v.how);
        if (up_.contains(v.path))
          condemn(v.path, *who);
      }
    for (const auto& [who, how] : found)
      if (how == death::kill)
        sup::compat::anon_send_exit(who, caf::exit_reason::kill);
      else
        sup::compat::anon_send(who, static_cast<int>(how));
  }

  /// Nobody has to hear of it: the time of its death is known.
  void condemn(const std::string& path, const caf::actor& who) {
    condemned_.push_back(path);
    known_.push_back(path);
    caf::actor_cast<caf::strong_actor_ptr>(who)->get()->attach_functor(
      [this, path](const caf::error& why) { note("end", path, word_of(why)); });
  }

  std::string add(const otp::step& x) {
    if (x.is_member)
      return result_of(x, tree_->command({.what = sup::command::start_child,
                                          .path = shown(x.path),
                                          .audit = {"test", "test"},
                                          .id = x.added.id}));
    if (x.added.is_supervisor)
      list_supervisors(x.added, x.path + "/" + x.added.id);
    return result_of(x, tree_->start_child(shown(x.path), maker_.child_of(x.added)));
  }

  /// Of one that has ended for good we say that nothing is left to do: "terminate twice" in
  /// docs/deviations.md.
  std::string terminate(const otp::step& x) {
    const auto told = tree_->terminate_child(x.path);
    const auto cut = x.path.rfind('/');
    const auto listed = tree_->which_children(cut == 0 ? "/" : x.path.substr(0, cut));
    const auto is_listed
      = listed && std::ranges::any_of(*listed, [&](const auto& c) { return c.path == x.path; });
    return told && told->idempotent && !is_listed ? "not_found" : result_of(x, told);
  }

  static std::string result_of(const otp::step& x, const sup::expected<sup::control_result>& told) {
    if (!told)
      return word_of_fault(x, told.error());
    if (!told->failure)
      return "ok";
    if (told->failure->phase == "start")
      return "error";
    for (const auto no :
         {sup::objection::not_found, sup::objection::running, sup::objection::restarting})
      if (told->failure->reason == words(no))
        return std::string{label(no)};
    return told->failure->reason;
  }

  static std::string word_of_fault(const otp::step& x, const sup::faults& no) {
    const auto text = to_string(no);
    const auto says = [&text](const char* words) { return text.find(words) != std::string::npos; };
    if (says("already started"))
      return "already_started";
    if (says("already present"))
      return "already_present";
    if (says("names no child") && no.front().where == x.path && x.what != act::start)
      return "not_found";
    return says("names no") || says("is down") ? "nobody" : text;
  }

  // -- starts and ends -----------------------------------------------------------------------------------

  sup::launcher start_of(const seat& x) {
    return sup::custom([this, x](caf::local_actor& parent, const sup::child& me) -> sup::launched {
      return start(x, me.path(), parent);
    });
  }

  sup::launched start(const seat& x, const std::string& path, caf::local_actor& parent) {
    switch (attempts_.next(x, path)) {
      case attempt::works:
        break;
      case attempt::fails:
        start_failed(path);
        return sup::make_failure(sup::failure::start_failed, "as told");
      case attempt::ignores:
        note("ignore", path);
        return sup::launched::ignore();
    }
    note("start", path);
    // who is told to stop first runs first, even if it never ran before
    const auto who = parent.spawn<caf::lazy_init>(leaf, x.stops);
    caf::actor_cast<caf::strong_actor_ptr>(who)->get()->attach_functor(
      [this, path, birth = ++births_](const caf::error& why) {
        note_end(path, birth, word_of(why));
      });
    return who;
  }

  void note_end(const std::string& path, std::uint64_t birth, const std::string& how) {
    const auto gone = birth <= since_ && std::ranges::any_of(condemned_, [&](const auto& top) {
                        return is_below(path, top);
                      });
    gone ? note("gone", path) : note("end", path, how);
  }

  /// Supervisors start and end when the one above hears of it.
  void hear(const std::string& path, std::span<const sup::input> inputs, const sup::effects& out,
            const std::function<std::string_view(sup::slot)>& id_of) {
    for (const auto& x : inputs)
      if (x.who.who != sup::nobody)
        if (const auto below = path + "/" + std::string{id_of(x.who.who)};
            supervisors_.contains(below))
          hear_of(below, x);
    for (const auto& x : out.todo)
      if (path.empty() && x.what == sup::deed::begun)
        note("start", "");
      else if (path.empty() && x.what == sup::deed::finish)
        x.why == sup::aim::roll_back ? note("error", "") : note("end", "", word_of_finish(x.why));
  }

  static std::string word_of_finish(sup::aim why) {
    return why == sup::aim::give_up ? "escalated" : "shutdown";
  }

  void hear_of(const std::string& path, const sup::input& x) {
    if (x.what == sup::news::started) {
      up_[path] = ++births_;
      note("start", path);
    } else if (x.what == sup::news::exited) {
      if (x.exit.detail == sup::exit_detail::start_failed)
        start_failed(path);
      else if (std::erase(known_, path) == 0)
        note_end(path, births_ + 1, word_of(x.exit));
      for (auto one = up_.begin(); one != up_.end();) {
        const auto lost = is_below(one->first, path);
        if (lost)
          note_end(one->first, one->second, "unheard");
        one = lost || one->first == path ? up_.erase(one) : std::next(one);
      }
    }
  }

  void list_supervisors(const seat& x, const std::string& path) {
    if (!path.empty())
      supervisors_.insert(path);
    for (const auto& below : x.below)
      if (below.is_supervisor)
        list_supervisors(below, path + "/" + below.id);
  }

  // -- the trace -----------------------------------------------------------------------------------------

  void note(const std::string& what, const std::string& path, const std::string& how = "") {
    step_.events.push_back(what + " " + shown(path) + (how.empty() ? "" : " " + how));
  }

  void settle(std::string result) {
    tree_->run();
    tree_->advance(wait_of_all * most_tries);
    step_.result = std::move(result);
    if (!tree_->ended())
      describe(tree_->state(), story_.root.strategy);
    told_.push_back(std::exchange(step_, {}));
  }

  void describe(const sup::supervisor_state& x, sup::strategy how) {
    std::size_t specs = 0, active = 0, supervisors = 0;
    for (const auto& child : x.children) {
      if (child.forgotten)
        continue;
      ++specs;
      active += child.status.has_value();
      supervisors += child.kind == sup::task_kind::supervisor;
      step_.states.push_back("is " + child.path + (child.status ? " up" : " down"));
      if (child.below)
        describe(*child.below, child.below->strategy);
    }
    if (how == sup::strategy::simple_one_for_one)
      specs = 1;
    step_.states.push_back("count " + shown(x.path) + " " + std::to_string(specs) + " "
                           + std::to_string(active) + " " + std::to_string(supervisors) + " "
                           + std::to_string(workers_in(x)));
  }

  static std::size_t workers_in(const sup::supervisor_state& x) {
    return static_cast<std::size_t>(std::ranges::count_if(x.children, [](const auto& child) {
      return !child.forgotten && child.kind != sup::task_kind::supervisor;
    }));
  }

  /// Of supervisors in supervisors, each of which restarts four times at most.
  static constexpr int most_tries = 5 * 5 * 5;

  struct failing_restart {
    std::string path{}; ///< of its supervisor
    std::uint64_t birth = 0;
  };

  const story& story_;
  const spec_maker<sup::launcher> maker_;
  sup::test::tree* tree_ = nullptr;
  attempts_so_far attempts_;
  std::set<std::string> supervisors_;       ///< paths of those that are ever declared
  std::map<std::string, std::uint64_t> up_; ///< supervisors, with their births
  std::vector<std::string> condemned_;      ///< supervisors that are killed in this step
  std::vector<std::string> known_;          ///< those of whose end nothing was heard so far
  std::uint64_t births_ = 0, since_ = 0;
  std::optional<failing_restart> awaited_{};
  outcome step_{};
  trace told_{};
};

} // namespace

trace on_actors(const story& x) { return world{x}.tell(); }

} // namespace otp
