#include "by_rules.hpp"

#include "spec_of.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>

namespace otp {

namespace {

enum class state : std::uint8_t {
  up,
  down,
  dead,    ///< and its supervisor has not looked so far
  waiting, ///< for its restart
};

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
  struct office;

  struct child {
    const seat* what = nullptr;
    std::string path{};
    state now = state::down;
    std::unique_ptr<office> below{};
    std::string last_word{};
    bool held = false; ///< by an operator
  };

  using children = std::vector<child*>;

  /// What a supervisor has to look at: the end of a child, or its next try.
  struct news {
    child* who = nullptr;
    bool again = false;
  };

  struct office {
    const seat& what;
    std::string path;
    std::list<child> all{}; ///< oldest first
    std::uint32_t strikes = 0;
    std::deque<news> mail{};
  };

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
        die(x);
        return "ok";
      case act::start:
        return on_office(x.path, [&](office& top) { return add(top, x); });
      case act::terminate:
        return on_child(x.path, [&](office& top, child& who) { return terminate(top, who); });
      case act::restart:
        return on_child(x.path, [&](office& top, child& who) { return restart(top, who); });
      case act::remove:
        return on_child(x.path, [&](office& top, child& who) { return remove(top, who); });
    }
    return {};
  }

  std::string on_office(const std::string& path, auto&& what) {
    auto* const top = find_office(path);
    return top ? what(*top) : "nobody";
  }

  std::string on_child(const std::string& path, auto&& what) {
    return on_office(std::string{above(path)}, [&](office& top) -> std::string {
      auto* const who = find(top, path);
      return who ? what(top, *who) : "not_found";
    });
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
    look(top.path);
    return "ok";
  }

  std::string remove(office& top, child& who) {
    if (who.now == state::up)
      return "running";
    forget(top, who);
    return "ok";
  }

  // -- ends, and what is made of them -----------------------------------------------------------------

  static void fell(office& top, child& who, const std::string& word) {
    who.now = state::dead;
    who.last_word = word;
    top.mail.push_back({&who});
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
    while (!top.mail.empty()) {
      ending over;
      if (top.mail.size() > 1 && has(deviation::together)) {
        over = decide_together(top);
      } else {
        const auto next = top.mail.front();
        top.mail.pop_front();
        if (next.who->now == (next.again ? state::waiting : state::dead))
          over = next.again ? try_again(top, *next.who) : decide(top, *next.who);
      }
      if (over)
        return over;
    }
    return {};
  }

  ending decide(office& top, child& who) {
    if (!wants_restart(who))
      return leave_down(top, who);
    return try_again(top, who);
  }

  static bool wants_restart(const child& who) {
    const auto well = who.last_word == "normal" || who.last_word == "shutdown";
    return who.what->when == restart::permanent || (who.what->when == restart::transient && !well);
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

  ending try_again(office& top, child& who) {
    who.now = state::dead;
    if (++top.strikes > top.what.restarts)
      return given_up();
    const auto touched = touched_by(top, who);
    for (const auto* x : touched) // their ends are not news any more
      std::erase_if(top.mail, [x](const news& y) { return y.who == x && !y.again; });
    if (touched.size() > 1)
      stop_all(touched);
    start_in_order(top, touched);
    return {};
  }

  ending given_up() const { return has(deviation::giving_up) ? "escalated" : "shutdown"; }

  static children touched_by(office& top, child& who) {
    children found;
    for (auto& x : top.all)
      if (&x == &who || top.what.strategy == strategy::one_for_all
          || (top.what.strategy == strategy::rest_for_one && !found.empty()))
        found.push_back(&x);
    return found;
  }

  /// Temporary ones do not come back, and nobody after one that failed is started.
  void start_in_order(office& top, const children& touched) {
    for (auto* who : touched)
      if (who->what->when == restart::temporary)
        forget(top, *who);
    for (auto* who : touched) {
      if (std::ranges::find(top.all, who, [](child& x) { return &x; }) == top.all.end())
        continue;
      if (who->held && has(deviation::held))
        continue;
      const auto came = start(*who);
      if (came == attempt::ignores && is_pool(top.what))
        forget(top, *who);
      if (came != attempt::fails)
        continue;
      who->now = state::waiting;
      top.mail.push_back({who, true});
      return;
    }
  }

  // -- ours: what comes together is decided together ---------------------------------------------------

  ending decide_together(office& top) {
    const auto fallen = fallen_in(top);
    children alone, group;
    for (auto* who : fallen) {
      if (std::ranges::count(group, who) > 0)
        continue;
      if (who->now == state::dead && !wants_restart(*who)) {
        if (auto over = leave_down(top, *who))
          return over;
        continue;
      }
      if (++top.strikes > top.what.restarts)
        return given_up();
      who->now = state::waiting;
      if (const auto touched = touched_by(top, *who); touched.size() > 1)
        group = touched;
      else
        alone.push_back(who);
    }
    stop_all(group);
    start_in_order(top, group);
    for (auto* who : alone)
      start_in_order(top, {who});
    return {};
  }

  static children fallen_in(office& top) {
    const auto mail = std::exchange(top.mail, {});
    children found;
    for (auto& x : top.all)
      if (x.now != state::up && std::ranges::count(mail, &x, &news::who) > 0)
        found.push_back(&x);
    return found;
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
    auto made = std::make_unique<office>(office{x, path});
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

  static children all_of(office& x) {
    children found;
    for (auto& who : x.all)
      found.push_back(&who);
    return found;
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

  // -- who is where --------------------------------------------------------------------------------------

  static void forget(office& top, const child& who) {
    std::erase_if(top.mail, [&who](const news& x) { return x.who == &who; });
    top.all.remove_if([&](const child& x) { return &x == &who; });
  }

  office* find_office(const std::string& path) {
    if (path.empty())
      return root_.get();
    auto* const top = find_office(std::string{above(path)});
    auto* const who = top ? find(*top, path) : nullptr;
    return who ? who->below.get() : nullptr;
  }

  static child* find(office& top, const std::string& path) {
    const auto found = std::ranges::find(top.all, path, &child::path);
    return found == top.all.end() ? nullptr : &*found;
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

  const story& story_;
  const rules ours_;
  std::unique_ptr<office> root_{};
  attempts_so_far attempts_;
  outcome step_{};
  trace told_{};
};

} // namespace

trace by_rules(const story& x, rules ours) { return teller{x, ours}.tell(); }

} // namespace otp
