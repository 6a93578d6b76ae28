#include "supervisor/search/key.hpp"

#include "supervisor/plan/make_plan.hpp"

#include <algorithm>
#include <cstring>

namespace supervisor::searching {

imprint& imprint::add(std::uint64_t x) {
  made_.a = detail::mixed(made_.a + detail::golden + x);
  made_.b = detail::mixed((made_.b ^ x) * 0xd6e8feb86659fd93u + 1);
  return *this;
}

namespace {

template <class T>
concept number_like = std::is_enum_v<T> || std::is_integral_v<T>;

/// One supervisor in one world. Every member of what it holds is named in a structured binding, so
/// that a new one does not compile before it is thought of here.
class portrait {
public:
  portrait(const world& w, std::uint32_t who, const overlooking& how)
    : world_(w), who_(who), how_(how), plan_(*w.where()[who].by), mind_(w.office_of(who).mind) {}

  key taken() {
    const auto& mine = world_.office_of(who_);
    all_.add(mine.open);
    if (mine.open) {
      add_children();
      add_mind();
      if (!how_.wakes)
        add_wakes(mine.wakes);
    }
    return all_.made();
  }

private:
  template <class... Ts>
  requires(number_like<Ts>&&...) static void add(imprint& to, Ts... xs) {
    (to.add(static_cast<std::uint64_t>(xs)), ...);
  }

  void add(imprint& to, time_point at) const {
    const auto ago = world_.now() - at;
    if (at == time_point::max() || at == time_point::min() || ago > how_.long_ago)
      add(to, at == time_point::max() ? 1 : 2);
    else
      add(to, ago.count());
  }

  static void add(imprint& to, const child_exit& x) {
    const auto& [what, detail, kind, code] = x;
    add(to, what, detail, kind, code);
  }

  static void add(imprint& to, const memory_slot& x) {
    auto rest = x.bytes();
    add(to, rest.size());
    while (!rest.empty()) {
      std::uint64_t some = 0;
      const auto size = std::min(rest.size(), sizeof some);
      std::memcpy(&some, rest.data(), size);
      to.add(some);
      rest = rest.subspan(size);
    }
  }

  static void add(imprint& to, const std::deque<slot>& x) {
    add(to, x.size());
    for (const auto who : x)
      add(to, who);
  }

  void add_wakes(std::vector<time_point> all) {
    std::ranges::sort(all);
    for (const auto at : all)
      add(all_, at);
    add(all_, mind_.armed);
  }

  /// One fence for all that is said of it: how far back that life is.
  std::uint64_t age_of(life x) const {
    if (x.who == nobody || x.who >= mind_.children.size())
      return x.number;
    return how_.numbers ? mind_.children[x.who].number - x.number : x.number;
  }

  // -- children --------------------------------------------------------------------------------------

public:
  key child(slot seat) const {
    imprint to;
    if (!are_twins() || has_relations(seat))
      add(to, seat);
    add_row(to, mind_.children[seat], seat);
    add(to, plan_.kind_of[seat]);
    const auto at = world_.where()[who_].below[seat];
    add_life(to, at);
    if (const auto& site = world_.where()[at]; site.is_supervisor())
      to.add(site.by->hash).add(portrait{world_, at, how_}.taken());
    return to.made();
  }

private:
  bool are_twins() const { return how_.twins && plan_.each_for_itself; }

  bool has_relations(slot seat) const {
    return !plan_.needs_of(seat).empty() || !plan_.dependents_of(seat).empty()
           || !plan_.followers_of(seat).empty();
  }

  void add_children() {
    std::vector<key> all;
    for (slot who = 0; who < mind_.children.size(); ++who)
      all.push_back(child(who));
    if (are_twins())
      std::ranges::sort(all);
    for (const auto& x : all)
      all_.add(x);
  }

  void add_life(imprint& to, std::uint32_t at) const {
    const auto& [now, left, is_rest, number] = world_.life_at(at);
    add(to, now, left, is_rest, age_of({world_.where()[at].seat, number}));
    for (const auto& said : world_.said_by(at)) {
      add(to, said.to == who_ ? 0 : said.to, said.what.what, said.what.order);
      add(to, said.to == who_ ? age_of(said.what.who) : said.what.who.number, said.what.count);
      add(to, said.what.exit);
    }
    for (const auto x : world_.told_to(at))
      add(to, x);
  }

  void add_row(imprint& to, const child_row& x, slot seat) const {
    const auto& [number, rank, older, younger, now, waits_for, fate, op, condemned, ready, ran,
                 unproven, done, awaits_dependency, unsettled, gone, lingers, added, joining,
                 leaving, pending, regroup, deadline, trouble, born, vital, since]
      = x;
    if (how_.numbers)
      add(to, std::min(number - born, 2u));
    else
      add(to, number, born);
    if (!how_.twins)
      add(to, rank, older, younger);
    for (const auto word :
         {static_cast<int>(now), static_cast<int>(waits_for), static_cast<int>(fate),
          static_cast<int>(op), static_cast<int>(condemned)})
      add(to, word);
    for (const bool yes : {ready, ran, unproven, done, awaits_dependency, unsettled, gone, lingers,
                           added, joining, leaving, pending})
      add(to, yes);
    add(to, regroup);
    if (deadline != nobody) {
      add(to, deadline_of(deadline));
      add(to, mercy_of(deadline));
    }
    if (how_.past)
      add_streak(to, x, seat);
    else {
      add(to, since);
      if (trouble != nobody)
        add_trouble(to, mind_.troubles[trouble]);
    }
    if (vital != nobody)
      add_vital(to, mind_.vitals[vital]);
  }

  /// How many failures in a row the next one would see, and until when.
  void add_streak(imprint& to, const child_row& x, slot seat) const {
    if (x.trouble == nobody)
      return;
    const auto& mine = mind_.troubles[x.trouble];
    const auto stable = plan_.each_for_itself
                        && x.now == phase::up // else a sibling may take it down
                        && world_.now() - x.since >= plan_.of(seat).stable_after;
    add(to, mine.lingering);
    add_strikes(to, mine.strikes);
    if (mine.streak == 0 || stable)
      return;
    add(to, mine.streak);
    if (x.now == phase::up)
      add(to, x.since);
  }

  time_point deadline_of(std::uint32_t seat) const { return mind_.deadlines.at(seat).at; }
  std::uint32_t mercy_of(std::uint32_t seat) const { return mind_.deadlines.at(seat).mercy_ms; }

  template <class Strikes>
  void add_strikes(imprint& to, const Strikes& all) const {
    for (const auto at : all)
      if (!plan_.intensity.forgets(at, world_.now()))
        add(to, at);
  }

  void add_trouble(imprint& to, const supervisor::trouble& x) const {
    const auto& [streak, lingering, last_wait, memory, limits, exit, uptime, again, asked, strikes]
      = x;
    add_strikes(to, strikes);
    add(to, streak, lingering, last_wait.count(), again, asked);
    add(to, memory);
    add(to, limits);
    add(to, exit);
    add(to, std::min(uptime, how_.long_ago).count());
  }

  void add_vital(imprint& to, const supervisor::vital& x) const {
    const auto& [start_by, end_by, beat_by, check_at, recycle_at, last_beat, asked, failures,
                 awaits_answer, health]
      = x;
    for (const auto& by : {start_by, end_by, beat_by, check_at}) {
      add(to, by.at);
      add(to, by.mercy.count());
    }
    for (const auto at : {recycle_at, last_beat})
      add(to, at);
    add(to, asked, failures, awaits_answer, health);
  }

  // -- the supervisor itself -------------------------------------------------------------------------

  void add_mind() {
    const auto& [children, troubles, vitals, asides, promises, revising, regroups, deadlines,
                 groups, limits, limit, strikes, line, lined_up, oldest, youngest, next_rank,
                 members, starting, armed, late_by, stage, ending, begun, finished,
                 lost_significant]
      = mind_;
    for (const auto& x : asides)
      add_aside(x);
    for (const auto& x : promises)
      add_promise(x);
    add(all_, revising.on, revising.joining, revising.regroup);
    for (const auto& x : regroups)
      add_regroup(x);
    for (const auto& x : groups)
      add_group(x);
    add(all_, limits);
    add(all_, limit);
    add_strikes(all_, strikes);
    add(all_, line);
    if (!how_.twins)
      add(all_, oldest, youngest);
    add(all_, next_rank, members, starting, stage, ending, begun, finished, lost_significant,
        lined_up);
    add(all_, late_by.count());
  }

  void add_aside(const aside& x) {
    const auto& [who, number, now, is_next, deadline] = x;
    add(all_, who, age_of({who, number}), now, is_next);
    if (deadline != nobody) {
      add(all_, deadline_of(deadline));
      add(all_, mercy_of(deadline));
    }
  }

  void add_promise(const promise& x) {
    const auto& [who, order, key, before, cancelled] = x;
    add(all_, who, order, before, cancelled);
  }

  void add_regroup(const supervisor::regroup& x) {
    const auto& [open, down, rising, begins, failed, widens, then, members, still_up, cursor,
                 awaited, first, last, culprit, needed_by, resume, deadline]
      = x;
    add(all_, open, down, rising, begins, failed, widens, then, members, still_up);
    add(all_, cursor, awaited, first, last, culprit, needed_by);
    if (open && resume > world_.now())
      add(all_, resume);
    if (deadline != nobody)
      add(all_, deadline_of(deadline));
  }

  void add_group(const group_row& x) {
    const auto& [limits, paused_until, starting, line] = x;
    add(all_, limits);
    if (paused_until > world_.now())
      add(all_, paused_until);
    add(all_, starting);
    add(all_, line);
  }

  const world& world_;
  std::uint32_t who_;
  const overlooking& how_;
  const plan& plan_;
  const state& mind_;
  imprint all_{};
};

} // namespace

key key_of(const world& w, const overlooking& how) {
  imprint to;
  for (const auto x : w.told_to(0))
    to.add(static_cast<std::uint64_t>(x));
  to.add(static_cast<std::uint64_t>(w.is_over()));
  to.add(portrait{w, 0, how}.taken());
  return to.made();
}

key key_of_child(const world& w, std::uint32_t who, const overlooking& how) {
  const auto& site = w.where()[who];
  imprint to;
  to.add(site.above).add(portrait{w, site.above, how}.child(site.seat));
  return to.made();
}

} // namespace supervisor::searching
