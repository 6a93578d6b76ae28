#include "supervisor/search/world.hpp"

#include "supervisor/simulate/ends.hpp"

#include <algorithm>
#include <utility>

namespace supervisor::searching {

using simulating::exit_of;
using simulating::killed;

world::world(const sites& all)
  : sites_(&all), lives_(all.size()), offices_(all.size()), said_(all.size()), orders_(all.size()) {
  start(0, 1);
}

// -- what can happen -----------------------------------------------------------------------------------

namespace {

constexpr nanoseconds length_of_a_pause = std::chrono::seconds{1};
static_assert(length_of_a_pause > tolerated_lateness);

/// It does something of its own accord.
bool is_alive(const creature& x) { return x.now != being::absent; }

template <class T>
T take_first(std::vector<T>& all) {
  const auto first = all.front();
  all.erase(all.begin());
  return first;
}

} // namespace

const office& world::office_of(std::uint32_t who) const {
  static const office closed{};
  return offices_[who] ? *offices_[who] : closed;
}

bool world::can(const act& x) const {
  const auto is = [&](being wanted) { return lives_[x.who].now == wanted; };
  switch (x.what) {
    case act::kind::shut_down:
      return begun_ && office_of(0).open && lives_[0].now != being::told;
    case act::kind::obey:
      return !orders_[x.who].empty();
    case act::kind::hear:
      return !said_[x.who].empty();
    case act::kind::hear_all:
      return office_of(x.who).open;
    case act::kind::wake:
      return std::ranges::any_of(office_of(x.who).wakes, [this](auto at) { return at <= now_; });
    case act::kind::pass_time:
    case act::kind::pause:
      return next_wake() != time_point::max();
    case act::kind::listened:
      return office_of(x.who).listens && !has_mail(x.who);
    case act::kind::loses_main:
      return is(being::up) && !place(x.who).is_supervisor() && !lives_[x.who].is_rest;
    case act::kind::starts:
      return is(being::starting) && !place(x.who).is_supervisor();
    case act::kind::is_ready:
      return is(being::up) && !place(x.who).is_supervisor();
    case act::kind::ends:
      return is_alive(lives_[x.who]) && !place(x.who).is_supervisor();
    case act::kind::echo:
      return place(x.who).above != nobody && office_of(place(x.who).above).open
             && lives_[x.who].number > 1;
    case act::kind::command:
      return place(x.who).above != nobody && office_of(place(x.who).above).open
             && (x.order == command::start_child) == is_to_be_added(x.who);
  }
  return false;
}

std::vector<act> world::errands() const {
  std::vector<act> all;
  for (std::uint32_t who = 0; who < lives_.size(); ++who) {
    for (const auto what : {act::kind::obey, act::kind::hear, act::kind::wake, act::kind::listened})
      if (const act x{.what = what, .who = who}; can(x))
        all.push_back(x);
  }
  return all;
}

bool world::owes_readiness(std::uint32_t who) const {
  const auto above = place(who).above;
  return office_of(above).open && place(above).by->of(place(who).seat).awaits_ready
         && !row_of(who).ready && said_by(who).empty();
}

time_point world::next_wake() const {
  auto next = time_point::max();
  for (const auto& x : offices_)
    if (x)
      for (const auto at : x->wakes)
        next = std::min(next, at);
  return next;
}

bool world::has_mail(std::uint32_t who) const {
  return std::ranges::any_of(
    said_, [who](const auto& all) { return !all.empty() && all.front().to == who; });
}

void world::happen(const act& x, turn_taken& out) {
  out.who = nobody;
  out.given.clear();
  out.report.clear();
  out.out.clear();
  switch (x.what) {
    case act::kind::shut_down:
      return stop(0);
    case act::kind::obey:
      return obey(x.who, out);
    case act::kind::hear:
      return hear(x.who, out);
    case act::kind::hear_all:
      return hear_all(x.who, out);
    case act::kind::wake:
      return wake(x.who, out);
    case act::kind::pass_time:
      return let_pass(next_wake());
    case act::kind::pause:
      return let_pass(next_wake() + length_of_a_pause);
    case act::kind::listened:
      offices_[x.who].make().listens = false;
      out.given.push_back({.what = news::listened});
      return decide(x.who, out);
    case act::kind::loses_main:
      lives_[x.who].is_rest = true;
      return say(x.who, {news::main_exited, life_of(x.who), x.exit});
    case act::kind::starts:
      lives_[x.who].now = being::up;
      return say(x.who, {.what = news::started, .who = life_of(x.who)});
    case act::kind::is_ready:
      return say(x.who, {.what = news::ready, .who = life_of(x.who)});
    case act::kind::ends:
      return end(x.who, x.exit);
    case act::kind::echo:
      return say(x.who, {.what = news::exited,
                         .who = {place(x.who).seat, lives_[x.who].number - 1},
                         .exit = x.exit});
    case act::kind::command:
      return say(x.who, {.what = x.order == command::start_child ? news::added : news::command,
                         .who = {place(x.who).seat, 0},
                         .count = ++commands_,
                         .order = x.order,
                         .audited = true});
  }
}

// -- what is said --------------------------------------------------------------------------------------

/// Whoever is gone hears nothing.
void world::say(std::uint32_t who, const input& what) {
  const auto to = place(who).above;
  if (to != nobody && office_of(to).open)
    said_[who].push_back({to, what});
}

/// Its supervisor may be gone: whoever is above that has to know who is still there.
void world::say_late(std::uint32_t who) {
  const auto above = place(who).above;
  if (above == nobody || office_of(above).open)
    return say(who, {.what = news::exited, .who = life_of(who), .exit = killed});
  for (auto x = above; place(x).above != nobody; x = place(x).above)
    if (const auto to = place(x).above; office_of(to).open) {
      said_[who].push_back({to, {.what = news::late_end, .who = life_of(x)}});
      return;
    }
}

void world::end(std::uint32_t who, const child_exit& exit) {
  const auto was = std::exchange(lives_[who].now, being::absent);
  if (std::exchange(lives_[who].left, false))
    return say_late(who);
  say(who,
      {.what = news::exited, .who = life_of(who), .exit = was == being::killed ? killed : exit});
}

/// Those who come later are not there.
state world::first_state(std::uint32_t who) const {
  auto made = make_state(*place(who).by);
  while (!made.children.empty() && place(place(who).below[made.children.size() - 1]).comes_later) {
    made.youngest = made.children.back().older;
    (made.youngest == nobody ? made.oldest : made.children[made.youngest].younger) = nobody;
    --made.members;
    --made.next_rank;
    made.children.pop_back();
  }
  return made;
}

bool world::is_to_be_added(std::uint32_t who) const {
  const auto& seats = office_of(place(who).above).mind.children;
  return place(who).comes_later
         && (place(who).seat >= seats.size() || seats[place(who).seat].now == phase::vacant);
}

// -- what supervisors do, as supervisor_actor.cpp does it ---------------------------------------------

void world::obey(std::uint32_t who, turn_taken& out) {
  const auto next = take_first(orders_[who]);
  if (next == order::kill)
    return kill_supervisor(who);
  if (next == order::begin) {
    begun_ = true;
    offices_[who] = office{.open = true, .mind = first_state(who)};
    for (const auto child : place(who).below)
      lives_[child].number = 0;
  }
  out.given.push_back({.what = next == order::begin ? news::begin : news::stop});
  decide(who, out);
}

void world::hear(std::uint32_t who, turn_taken& out) {
  const auto next = take_first(said_[who]);
  out.given.push_back(next.what);
  decide(next.to, out);
}

void world::hear_all(std::uint32_t who, turn_taken& out) {
  if (!orders_[who].empty() && orders_[who].front() == order::stop) {
    take_first(orders_[who]);
    out.given.push_back({.what = news::stop});
  }
  auto& wakes = offices_[who].make().wakes;
  if (const auto due = std::ranges::min_element(wakes); due != wakes.end() && *due <= now_) {
    wakes.erase(due);
    out.given.push_back({.what = news::deadline});
  }
  for (auto& all : said_)
    while (!all.empty() && all.front().to == who)
      out.given.push_back(take_first(all).what);
  decide(who, out);
}

void world::wake(std::uint32_t who, turn_taken& out) {
  auto& wakes = offices_[who].make().wakes;
  wakes.erase(std::ranges::min_element(wakes));
  out.given.push_back({.what = news::deadline});
  decide(who, out);
}

void world::decide(std::uint32_t who, turn_taken& out) {
  auto& mine = offices_[who].make();
  out.who = who;
  step(*place(who).by, mine.mind, mine.counts, out.given, now_, out.out);
  if (mine.mind.finished)
    out.report = mine.counts.outcomes;
  for (const auto& x : out.out.todo)
    carry_out(who, x);
}

void world::carry_out(std::uint32_t who, const effect& x) {
  const auto child = x.who.who == nobody ? nobody : place(who).below[x.who.who];
  switch (x.what) {
    case deed::start:
      return start(child, x.who.number);
    case deed::cancel:
      return stop(child);
    case deed::kill:
      return kill(child);
    case deed::abandon:
      lives_[child].left = is_alive(lives_[child]);
      return;
    case deed::wake:
      offices_[who].make().wakes.push_back(x.at);
      return;
    case deed::listen:
      offices_[who].make().listens = true;
      return;
    case deed::begun:
      lives_[who].now = lives_[who].now == being::starting ? being::up : lives_[who].now;
      return say(who, {.what = news::started, .who = life_of(who)});
    case deed::finish:
      return finish(who, x.why);
    case deed::wait:
    case deed::ask:
    case deed::check:
    case deed::swap:
    case deed::signal:
    case deed::answer:
    case deed::vacate:
      return; // what is only said, or asked of nobody here
  }
}

void world::start(std::uint32_t child, std::uint32_t number) {
  lives_[child] = {.now = being::starting, .number = number};
  if (place(child).is_supervisor())
    orders_[child].push_back(order::begin);
}

void world::stop(std::uint32_t child) {
  if (!is_alive(lives_[child]))
    return;
  lives_[child].now = being::told;
  if (place(child).is_supervisor())
    orders_[child].push_back(order::stop);
}

/// It overtakes whatever else was sent.
void world::kill(std::uint32_t child) {
  if (!is_alive(lives_[child]))
    return;
  lives_[child].now = being::killed;
  if (place(child).is_supervisor())
    orders_[child].insert(orders_[child].begin(), order::kill);
}

void world::finish(std::uint32_t who, aim why) {
  if (who == 0)
    over_ = why;
  leave(who, exit_of(why));
}

/// It says no more, and those below it end, or are left to whoever is above.
void world::kill_supervisor(std::uint32_t who) {
  std::vector<std::uint32_t> victims;
  for (const auto child : place(who).below)
    if (is_alive(lives_[child]) && !lives_[child].left) {
      lives_[child].left = true;
      victims.push_back(child);
    }
  leave(who, killed);
  for (const auto child : victims)
    kill(child);
}

/// Nobody is there any more to read what was sent to it.
void world::leave(std::uint32_t who, const child_exit& exit) {
  offices_[who] = {};
  orders_[who].clear();
  for (auto& all : said_)
    std::erase_if(all, [who](const letter& x) { return x.to == who; });
  std::uint32_t left = 0;
  for (const auto child : place(who).below)
    left += lives_[child].left;
  if (left > 0 && !lives_[who].left)
    say(who, {.what = news::lingering, .who = life_of(who), .count = left});
  end(who, exit);
}

} // namespace supervisor::searching
