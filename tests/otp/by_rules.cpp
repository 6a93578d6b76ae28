#include "by_rules.hpp"

#include "ruled_office.hpp"
#include "spec_of.hpp"

#include <algorithm>
#include <optional>

namespace otp {

namespace {

using namespace ruled;

class teller {
public:
  teller(const story& x, rules ours) : story_(x), ours_(ours) {}

  trace tell() {
    root_ = start_supervisor(story_.root, "");
    close_step("ok");
    for (std::size_t i = 0; i < story_.steps.size() && root_; ++i)
      close_step(go_through(story_.steps[i]));
    return in_order(std::move(told_), story_);
  }

private:
  /// How a supervisor ends, if it does.
  using ending = std::optional<std::string>;

  bool has(deviation x) const { return ours_[static_cast<std::size_t>(x)]; }

  // -- steps -------------------------------------------------------------------------------------------

  std::string go_through(const otp::step& x) {
    switch (x.what) {
      case act::stop:
        end_root("shutdown");
        return "ok";
      case act::die:
        return die_and_hear(x);
      case act::start:
      case act::terminate:
      case act::restart:
      case act::remove:
        break;
    }
    auto* const top = find_office(supervisor_for(x));
    if (!top)
      return "nobody";
    auto answer = obey(*top, x);
    look(supervisor_for(x));
    return answer;
  }

  std::string die_and_hear(const otp::step& x) {
    if (x.meanwhile.empty()) {
      die(x);
      return "ok";
    }
    const auto& command = x.meanwhile.front();
    const auto* top = find_office(supervisor_for(command));
    meanwhile_ = {&command, top ? top->birth : 0, nullptr, {}};
    die(x);
    meanwhile_.command = nullptr;
    return words_of_meanwhile(meanwhile_.answer);
  }

  std::string obey(office& top, const otp::step& command) {
    if (command.what == act::start)
      return add(top, command);
    auto* const who = find(top, command.path);
    if (!who)
      return "not_found";
    if (command.what == act::terminate)
      return terminate(top, *who);
    return command.what == act::restart ? restart(top, *who) : remove(top, *who);
  }

  void die(const otp::step& x) {
    const auto top_path = std::string{above(x.victims.front().path)};
    auto* const top = find_office(top_path);
    if (!top)
      return;
    for (const auto& v : x.victims) {
      auto* const who = find(*top, v.path);
      if (!who || who->now != state::up)
        continue;
      note("end", who->path, word_of(v.how));
      if (who->below)
        leave_alone(*who->below);
      who->below = nullptr;
      fell(*top, *who, word_of(v.how));
    }
    look(top_path);
  }

  static std::string word_of(death how) {
    if (how == death::shutdown_because)
      return "shutdown";
    return how == death::kill ? "killed" : std::string{label(how)};
  }

  std::string add(office& top, const otp::step& x) {
    const auto* what = x.is_member ? &top.what.below.front() : &x.added;
    const auto path = top.path + "/" + x.added.id;
    if (const auto* there = find(top, path))
      return there->now == state::up ? "already_started" : "already_present";
    auto& who = top.all.emplace_back();
    who.what = what;
    who.path = path;
    switch (start(who)) {
      case attempt::works:
        return "ok";
      case attempt::ignores:
        if (is_pool(top.what) || what->when == restart::temporary)
          top.all.pop_back();
        return "ok";
      case attempt::fails:
        top.all.pop_back();
        return "error";
    }
    return {};
  }

  std::string terminate(office& top, child& who) {
    stop_all({&who});
    who.held = true;
    if (is_pool(top.what) || who.what->when == restart::temporary)
      forget(top, who);
    return "ok";
  }

  std::string restart(office& top, child& who) {
    if (who.now == state::up && !has(deviation::restart_running))
      return "running";
    if (who.now == state::waiting)
      return restart_waiting(top, who);
    const auto ran = who.now == state::up;
    stop_all({&who});
    who.held = false;
    const auto came = start(who);
    if (came == attempt::ignores && who.what->when == restart::temporary)
      forget(top, who);
    if (came != attempt::fails)
      return "ok";
    if (!ran && !has(deviation::restart_failing))
      return "error";
    fell(top, who, "error");
    return "ok";
  }

  std::string restart_waiting(office& top, child& who) {
    if (!has(deviation::restart_waiting))
      return "restarting";
    drop_news(top, who, about::next_try);
    post(top, {about::next_try, &who, top.now});
    return "ok";
  }

  std::string remove(office& top, child& who) {
    if (who.now == state::up)
      return "running";
    const auto comes_with_group
      = std::ranges::count(top.group, &who) > 0 && !who.held && has(deviation::delete_waiting);
    if (who.now == state::waiting || comes_with_group)
      return "restarting";
    forget(top, who);
    return "ok";
  }

  // -- ends, and what is made of them -----------------------------------------------------------------

  /// OTP tries again before it counts; we count first.
  void start_failed(office& top, child& who) {
    const auto waits = has(deviation::failing);
    if (meanwhile_.command && meanwhile_.whose == top.birth) {
      meanwhile_.answer = "nobody"; // unless it lives to hear of it
      meanwhile_.heard = std::exchange(meanwhile_.command, nullptr);
      post(top, {about::command, nullptr, waits ? top.now + half_a_wait : top.now});
    }
    if (waits)
      return fell(top, who, "error");
    who.now = state::waiting;
    post(top, {about::next_try, &who, top.now});
  }

  /// A supervisor reads its mail; when it ends by that, so does the one above.
  void look(const std::string& path) {
    auto* const top = find_office(path);
    if (!top)
      return;
    const auto over = read(*top);
    if (!over)
      return;
    if (path.empty())
      return end_root(*over);
    auto& up = *find_office(std::string{above(path)});
    auto& who = *find(up, path);
    end(who, *over);
    fell(up, who, *over);
    look(up.path);
  }

  ending read(office& top) {
    ending over;
    while (!top.mail.empty() && !over) {
      const auto next = top.mail.front();
      top.now = next.at;
      if (next.what == about::command)
        hear_command(top);
      else
        over = next.what == about::its_end ? decide(top, take_next(top))
                                           : try_again(top, take_next(top));
    }
    return over;
  }

  /// What the first news is about, and by our rules all who have the same, in start order.
  children take_next(office& top) const {
    const auto first = top.mail.front();
    const auto is_taken = [&](const news& x) {
      return x.what == first.what && x.at == first.at
             && (x.who == first.who || has(deviation::together));
    };
    children found;
    for (auto& who : top.all)
      if (std::ranges::any_of(top.mail,
                              [&](const news& x) { return x.who == &who && is_taken(x); }))
        found.push_back(&who);
    if (has(deviation::together))
      std::erase_if(top.mail, is_taken);
    else
      top.mail.pop_front();
    return found;
  }

  void hear_command(office& top) {
    top.mail.pop_front();
    meanwhile_.answer = obey(top, *meanwhile_.heard);
  }

  ending leave_down(office& top, child& who) {
    const auto is_last = std::ranges::none_of(top.all, [&](const child& x) {
      const auto counts = x.now == state::up || x.now == state::waiting
                          || (x.now == state::dead && !has(deviation::together));
      return &x != &who && x.what->significant && counts;
    });
    const auto ends = who.what->significant
                      && (top.what.ends == auto_shutdown::any_significant
                          || (top.what.ends == auto_shutdown::all_significant && is_last));
    who.now = state::down;
    if (is_pool(top.what) || who.what->when == restart::temporary)
      forget(top, who);
    return ends ? ending{"shutdown"} : ending{};
  }

  ending decide(office& top, const children& fallen) {
    restarted all;
    for (auto* who : fallen) {
      if (who->now != state::dead || all.has(who))
        continue;
      if (!wants_restart(*who)) {
        if (auto over = leave_down(top, *who))
          return over;
        continue;
      }
      if (++top.strikes > top.what.restarts)
        return given_up();
      all.add(top, *who);
    }
    has(deviation::failing) ? wait(top, all) : bring_up(top, all);
    return {};
  }

  ending try_again(office& top, const children& due) {
    restarted all;
    top.group = {};
    for (auto* who : due) {
      const auto is_out = who->now != state::waiting; // by a command
      const auto others_go_on = takes_others_along(top) && has(deviation::go_on) && who->held;
      if (all.has(who) || (is_out && !others_go_on))
        continue;
      if (!has(deviation::failing) && ++top.strikes > top.what.restarts)
        return given_up();
      all.add(top, *who);
      if (is_out) {
        who->now = state::down;
        std::erase(all.group, who);
      }
    }
    bring_up(top, all);
    return {};
  }

  void bring_up(office& top, const restarted& all) {
    start_in_order(top, take_down(top, all.group));
    for (auto* who : all.alone)
      start_in_order(top, {who});
  }

  /// Ours, before it tries again. One who failed while its group waited comes up with that.
  void wait(office& top, const restarted& all) {
    if (all.culprit) {
      auto* culprit = all.culprit;
      if (!top.group.empty() && std::ranges::count(touched_by(top, *top.culprit), culprit) > 0)
        culprit = top.culprit;
      for (auto* who : top.group)
        drop_news(top, *who, about::next_try);
      top.group = take_down(top, touched_by(top, *culprit));
      top.culprit = culprit;
      culprit->now = state::waiting;
      post(top, {about::next_try, culprit, top.now + 2 * half_a_wait});
    }
    for (auto* who : all.alone)
      post(top, {about::next_try, who, top.now + 2 * half_a_wait});
  }

  /// Their ends are not news any more. Those are left who are to come up again: no temporary ones.
  children take_down(office& top, children whom) {
    for (const auto* who : whom)
      drop_news(top, *who, about::its_end);
    stop_all(whom);
    std::erase_if(whom, [&top](const child* who) {
      const auto is_gone = who->what->when == restart::temporary;
      if (is_gone)
        forget(top, *who);
      return is_gone;
    });
    return whom;
  }

  ending given_up() const { return has(deviation::giving_up) ? "escalated" : "shutdown"; }

  /// Nobody after one that failed is started.
  void start_in_order(office& top, const children& touched) {
    for (auto* who : touched) {
      if (who->held && has(deviation::held))
        continue;
      const auto came = start(*who);
      if (came == attempt::ignores && is_pool(top.what))
        forget(top, *who);
      if (came != attempt::fails)
        continue;
      if (takes_others_along(top) && !has(deviation::failing))
        top.group = touched;
      return start_failed(top, *who);
    }
  }

  // -- up and down -------------------------------------------------------------------------------------

  attempt start(child& who) {
    if (who.what->is_supervisor) {
      who.below = start_supervisor(*who.what, who.path);
      who.now = who.below ? state::up : state::down;
      return who.below ? attempt::works : attempt::fails;
    }
    constexpr std::string_view words[] = {"start", "error", "ignore"};
    const auto came = attempts_.next(*who.what, who.path);
    note(std::string{words[static_cast<int>(came)]}, who.path);
    who.now = came == attempt::works ? state::up : state::down;
    return came;
  }

  std::unique_ptr<office> start_supervisor(const seat& x, const std::string& path) {
    auto made = std::make_unique<office>(office{x, path, ++births_});
    for (const auto& below : x.below) {
      if (is_pool(x))
        break;
      auto& who = made->all.emplace_back();
      who.what = &below;
      who.path = path + "/" + below.id;
      const auto came = start(who);
      if (came == attempt::fails) {
        stop_all(all_of(*made));
        note("error", path);
        return nullptr;
      }
      if (came == attempt::ignores && below.when == restart::temporary)
        made->all.pop_back();
    }
    note("start", path);
    return made;
  }

  void end_root(const std::string& word) {
    stop_all(all_of(*root_));
    note("end", "", word);
    root_ = nullptr;
  }

  void end(child& who, const std::string& word) {
    if (who.below)
      stop_all(all_of(*who.below));
    who.below = nullptr;
    note("end", who.path, word);
  }

  using milliseconds = std::uint64_t;

  /// The youngest first. By our rules those that are left when the largest patience is over are told
  /// together, and then their ends come in the order of their patience.
  void stop_all(const children& whom) {
    struct leaving {
      milliseconds at = 0;
      child* who = nullptr;
    };
    std::vector<leaving> ends;
    const auto limit = patience_of(whom);
    milliseconds now = 0;
    for (auto who = whom.rbegin(); who != whom.rend(); ++who) {
      if ((*who)->now != state::up) {
        (*who)->now = state::down;
        continue;
      }
      const auto told = limit ? std::min(now, *limit) : now;
      now = told + time_of((*who)->what);
      ends.push_back({now, *who});
    }
    std::ranges::stable_sort(ends, {}, &leaving::at);
    for (const auto& x : ends) {
      end(*x.who, word_of_stop(*x.who));
      x.who->now = state::down;
    }
  }

  static milliseconds time_of(const seat* x) {
    return !x->is_supervisor && x->stops == manners::ignores ? x->patience_ms : 0;
  }

  std::optional<milliseconds> patience_of(const children& whom) const {
    milliseconds longest = 0;
    for (const auto* who : whom) {
      if (who->now == state::up && who->what->is_supervisor)
        return {};
      if (who->now == state::up)
        longest = std::max<milliseconds>(longest, who->what->patience_ms);
    }
    return has(deviation::stopping) ? std::optional{longest} : std::nullopt;
  }

  static std::string word_of_stop(const child& who) {
    if (who.what->is_supervisor)
      return "shutdown";
    if (who.what->patience_ms == 0 || who.what->stops == manners::ignores)
      return "killed";
    return who.what->stops == manners::fails ? "other" : "shutdown";
  }

  void leave_alone(office& x) {
    for (auto& who : x.all) {
      if (who.now != state::up)
        continue;
      note("gone", who.path);
      if (who.below)
        leave_alone(*who.below);
    }
  }

  office* find_office(const std::string& path) {
    if (path.empty())
      return root_.get();
    auto* const top = find_office(std::string{above(path)});
    auto* const who = top ? find(*top, path) : nullptr;
    return who ? who->below.get() : nullptr;
  }

  // -- the trace -----------------------------------------------------------------------------------------

  void note(const std::string& what, const std::string& path, const std::string& how = "") {
    step_.events.push_back(what + " " + shown(path) + (how.empty() ? "" : " " + how));
  }

  void close_step(std::string result) {
    step_.result = std::move(result);
    if (root_)
      describe(*root_);
    told_.push_back(std::exchange(step_, {}));
  }

  void describe(const office& x) {
    std::size_t active = 0, supervisors = 0;
    for (const auto& who : x.all) {
      const auto is_up = who.now == state::up;
      active += is_up;
      supervisors += who.what->is_supervisor;
      step_.states.push_back("is " + who.path + (is_up ? " up" : " down"));
      if (who.below)
        describe(*who.below);
    }
    step_.states.push_back("count " + shown(x.path) + " "
                           + std::to_string(is_pool(x.what) ? 1 : x.all.size()) + " "
                           + std::to_string(active) + " " + std::to_string(supervisors) + " "
                           + std::to_string(x.all.size() - supervisors));
  }

  struct {
    const otp::step* command = nullptr; ///< until a restart fails
    std::uint64_t whose = 0;            ///< its supervisor's birth
    const otp::step* heard = nullptr;
    std::string answer{};
  } meanwhile_{};

  const story& story_;
  const rules ours_;
  std::uint64_t births_ = 0;
  std::unique_ptr<office> root_{};
  attempts_so_far attempts_;
  outcome step_{};
  trace told_{};
};

} // namespace

trace by_rules(const story& x, rules ours) { return teller{x, ours}.tell(); }

} // namespace otp
