#include "explorer.hpp"

#include <supervisor/simulate/ends.hpp>

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace supervisor::searching {

namespace {

using simulating::as_told;
using simulating::crashed;
using simulating::no_start;

/// Something that can happen, and what it costs of the misfortunes that there may be.
struct choice {
  act what{};
  std::uint32_t cost = 0;
};

struct node {
  world now;
  promises kept;
  std::uint32_t left = 0; ///< misfortunes
};

sites sites_in(const trial& x) {
  auto all = sites_of(x.tree, 1);
  for (auto& site : all)
    site.comes_later = site.path == x.added;
  return all;
}

class explorer {
public:
  explicit explorer(const trial& x)
    : trial_(x), sites_(sites_in(x)), root_{world{sites_}, promises{sites_}, x.events} {}

  findings depth_first() {
    go_on(root_);
    return std::move(found_);
  }

  findings breadth_first(std::uint32_t events) {
    root_.left = events;
    std::deque<std::pair<node, std::uint32_t>> todo;
    todo.emplace_back(root_, nobody);
    is_new(root_);
    while (!todo.empty() && found_.broken.empty()) {
      const auto [from, by] = std::move(todo.front());
      todo.pop_front();
      const auto all = choices(from);
      if (!found_.broken.empty())
        return tell(by);
      for (const auto& x : all) {
        auto next = tried(from, x);
        ways_.push_back({by, x.what});
        const auto me = static_cast<std::uint32_t>(ways_.size() - 1);
        if (!found_.broken.empty())
          return tell(me);
        if (is_new(next))
          todo.emplace_back(std::move(next), me);
      }
    }
    return std::move(found_);
  }

private:
  struct way {
    std::uint32_t before = nobody;
    act what{};
  };

  void go_on(const node& from) {
    if (!is_new(from))
      return;
    const auto all = choices(from);
    if (!found_.broken.empty())
      return;
    for (const auto& x : all) {
      const auto next = tried(from, x);
      if (!found_.broken.empty())
        return;
      go_on(next);
      if (!found_.broken.empty())
        return;
    }
  }

  /// Not seen before, or with fewer misfortunes left.
  bool is_new(const node& x) {
    imprint all;
    all.add(key_of(x.now, {})).add(std::uint64_t{0});
    x.kept.add_to(all, x.now);
    const auto [at, fresh] = seen_.emplace(all.made(), x.left + 1);
    found_.states += fresh;
    if (!fresh && at->second >= x.left + 1)
      return false;
    at->second = x.left + 1;
    return true;
  }

  node tried(const node& from, const choice& x) {
    auto next = from;
    next.left -= x.cost;
    next.now.happen(x.what, turn_);
    ++found_.transitions;
    found_.broken = next.kept.broken_by(from.now, turn_, next.now);
    return next;
  }

  std::vector<choice> choices(const node& from) {
    std::vector<choice> all;
    for (std::uint32_t who = 0; who < sites_.size(); ++who)
      add_those_of(from.now, who, all);
    add_time(from.now, from.kept, all);
    if (from.now.can({.what = act::kind::shut_down, .who = 0}))
      all.push_back({{.what = act::kind::shut_down, .who = 0}, 1});
    std::erase_if(all, [&](const choice& x) { return x.cost > from.left; });
    return all;
  }

  void add_those_of(const world& w, std::uint32_t who, std::vector<choice>& all) const {
    const auto add = [&](act::kind what, std::uint32_t cost, child_exit exit = {}, command x = {}) {
      const act made{.what = what, .who = who, .exit = exit, .order = x};
      if (w.can(made))
        all.push_back({made, cost});
    };
    add(act::kind::obey, 0);
    add(act::kind::hear, 0);
    add(act::kind::wake, 0);
    add(act::kind::listened, 0);
    if (sites_[who].is_supervisor() && waiting_for(w, who) > 1)
      add(act::kind::hear_all, 0);
    if (sites_[who].above == nobody || sites_[who].is_supervisor())
      return;
    switch (w.life_at(who).now) {
      case being::absent:
        break;
      case being::starting:
        add(act::kind::starts, 0);
        add(act::kind::ends, 1, no_start);
        break;
      case being::up:
        if (w.owes_readiness(who))
          add(act::kind::is_ready, 0);
        add(act::kind::ends, 1, crashed);
        add(act::kind::ends, 1);
        if (trial_.programs)
          add(act::kind::loses_main, 1, crashed);
        break;
      case being::told:
        add(act::kind::ends, 0, as_told);
        add(act::kind::ends, 1, crashed);
        break;
      case being::killed:
        add(act::kind::ends, w.life_at(who).left, as_told);
        break;
    }
    add(act::kind::echo, 1, crashed);
    for (const auto order : trial_.commands)
      add(act::kind::command, 1, {}, order);
  }

  static std::size_t waiting_for(const world& w, std::uint32_t who) {
    std::size_t found = w.can({.what = act::kind::wake, .who = who});
    found += !w.told_to(who).empty() && w.told_to(who).front() == order::stop;
    for (std::uint32_t i = 0; i < w.where().size(); ++i)
      found += !w.said_by(i).empty() && w.said_by(i).front().to == who;
    return found;
  }

  /// As long as somebody has something to do, it is a misfortune that time passes. Where no deadline
  /// is set, nobody would come for those who do nothing.
  void add_time(const world& w, const promises& kept, std::vector<choice>& all) {
    const auto busy = std::ranges::any_of(all, [](const choice& x) { return x.cost == 0; });
    if (w.next_wake() > w.now() && w.next_wake() != time_point::max()) {
      all.push_back({{.what = act::kind::pass_time, .who = 0}, busy});
      if (trial_.pauses)
        all.push_back({{.what = act::kind::pause, .who = 0}, 1});
    } else if (w.at_rest() && !lingers(w) && found_.broken.empty()) {
      found_.broken = kept.broken_at_rest(w);
    }
  }

  /// Those who have been given up, and live.
  bool lingers(const world& w) const {
    for (std::uint32_t who = 0; who < sites_.size(); ++who)
      if (w.life_at(who).left)
        return true;
    return false;
  }

  findings tell(std::uint32_t last) {
    for (auto x = last; x != nobody; x = ways_[x].before)
      found_.trace.push_back(words(ways_[x].what));
    std::ranges::reverse(found_.trace);
    return std::move(found_);
  }

  std::string words(const act& x) const {
    constexpr std::string_view said[] = {"the root is told to stop",
                                         "does as it was told",
                                         "is heard",
                                         "hears all at once",
                                         "takes a deadline",
                                         "time passes",
                                         "all supervisors are paused",
                                         "has heard what came before",
                                         "loses its main process",
                                         "runs",
                                         "is ready",
                                         "ends",
                                         "ends a second time",
                                         "is commanded"};
    auto text = std::string{said[static_cast<int>(x.what)]};
    if (x.what == act::kind::ends)
      text += ": " + std::string{label(x.exit.what)};
    if (x.what == act::kind::command)
      text += ": " + std::string{label(x.order)};
    return x.what == act::kind::pass_time || x.what == act::kind::pause
               || x.what == act::kind::shut_down
             ? text
             : sites_[x.who].path + " " + text;
  }

  const trial& trial_;
  const sites sites_;
  node root_;
  findings found_{};
  turn_taken turn_{};
  std::unordered_map<key, std::uint32_t, key_hash> seen_{}; ///< misfortunes left, and one more
  std::vector<way> ways_{};
};

} // namespace

findings explore(const trial& x) { return explorer{x}.depth_first(); }

findings shortest_way_to_break(const trial& x) {
  findings found;
  for (std::uint32_t events = 0; events <= x.events && found.broken.empty(); ++events)
    found = explorer{x}.breadth_first(events);
  return found;
}

} // namespace supervisor::searching
