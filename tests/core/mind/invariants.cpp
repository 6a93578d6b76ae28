#include "invariants.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace supervisor {

namespace {

class invariants {
public:
  invariants(const state& s, const plan& p, std::size_t owed) : state_(s), plan_(p), owed_(owed) {}

  std::string broken() {
    check_gates();
    check_order();
    check_rows();
    check_promises();
    if (goes_on())
      check_who_waits();
    check_regroups();
    check_asides();
    check_deadlines();
    return what_;
  }

private:
  void must(bool holds, std::string_view rule, slot who = nobody) {
    if (!holds && what_.empty())
      what_ = std::string{rule} + (who == nobody ? "" : ", seat " + std::to_string(who));
  }

  bool goes_on() const { return !state_.finished && state_.ending == in_none; }

  static bool is_alive(const child_row& r) {
    return r.now == phase::starting || r.now == phase::up || r.now == phase::stopping
           || r.now == phase::killing;
  }

  static bool is_there(const child_row& r) {
    return r.now != phase::forgotten && r.now != phase::vacant;
  }

  void check_gates() {
    std::uint32_t starting = 0;
    std::vector<std::uint32_t> of_group(state_.groups.size());
    for (slot i = 0; i < state_.children.size(); ++i)
      if (state_.children[i].now == phase::starting) {
        ++starting;
        if (const auto g = plan_.of(i).group; g != plan::none)
          ++of_group[g];
      }
    must(starting == state_.starting, "as many are starting as are counted");
    std::size_t lined_up = 0;
    for (std::size_t g = 0; g < of_group.size(); ++g) {
      must(of_group[g] == state_.groups[g].starting, "as many of a group start as are counted");
      lined_up += state_.groups[g].line.size();
    }
    must(lined_up == state_.lined_up, "as many stand in line as are counted");
  }

  /// Forwards and backwards.
  void check_order() {
    std::size_t listed = 0;
    auto older = nobody;
    for (auto who = state_.oldest; who != nobody && listed <= state_.children.size();
         who = state_.children[who].younger) {
      const auto& r = state_.children[who];
      must(r.older == older, "the start order is the same from both ends", who);
      must(older == nobody || state_.children[older].rank < r.rank, "ranks grow", who);
      must(r.rank < state_.next_rank, "the next rank is a new one", who);
      must(is_there(r), "only those who are there have a place in the order", who);
      older = who;
      ++listed;
    }
    must(state_.youngest == older, "the start order ends with the youngest");
    must(listed == state_.members, "as many have a place as are counted");
    must(listed == static_cast<std::size_t>(std::ranges::count_if(state_.children, is_there)),
         "everybody who is there has a place");
  }

  /// What is said of a child in several places.
  void check_rows() {
    std::vector<std::uint8_t> troubles(state_.troubles.size()), vitals(state_.vitals.size());
    const auto take = [](std::vector<std::uint8_t>& rows, std::uint32_t which) {
      return which < rows.size() && !std::exchange(rows[which], 1);
    };
    for (slot i = 0; i < state_.children.size(); ++i) {
      const auto& r = state_.children[i];
      if (r.trouble != nobody)
        must(take(troubles, r.trouble), "troubles are nobody else's", i);
      if (r.vital != nobody)
        must(take(vitals, r.vital), "signs of life are nobody else's", i);
      must(!r.ready || is_alive(r), "who is ready lives", i);
      if (!is_there(r))
        must(r.regroup == in_none && !r.joining && !r.pending && !r.awaits_dependency
               && r.deadline == nobody,
             "who is gone wants nothing", i);
      else if (goes_on())
        check_hold(r, i);
    }
  }

  void check_hold(const child_row& r, slot who) {
    const auto on_its_way = is_alive(r) && r.regroup != in_none && r.fate != fate::rise;
    if (r.op != operation::active)
      must(r.now == phase::parked || r.now == phase::abandoned || on_its_way,
           "who is held is down or on its way", who);
    if (r.op == operation::active)
      must(r.now != phase::parked || r.leaving, "somebody holds whoever is parked", who);
    if (r.pending)
      must(is_alive(r) || r.now == phase::abandoned || r.now == phase::waiting
             || r.regroup != in_none,
           "a restart that is pending waits for something", who);
  }

  /// It goes on as long as somebody is to come up or to go down, and no longer.
  void check_revision() {
    const auto& now = state_.revising;
    const auto regroups = now.regroup != in_none;
    must(!regroups || (now.on && state_.regroups[now.regroup].open),
         "a revision knows its regroup");
    const auto still_goes
      = [](const child_row& r) { return r.leaving && (is_alive(r) || r.regroup != in_none); };
    const auto goes_down = std::ranges::any_of(state_.children, still_goes);
    must(!now.on || now.joining > 0 || regroups || goes_down, "a revision waits for somebody");
    must(now.on || now.joining == 0, "nobody joins a revision that is over");
  }

  bool was_asked_for(slot who) const {
    return std::ranges::any_of(state_.promises, [who](const promise& x) {
      return x.who == who && x.order == command::start_child;
    });
  }

  /// Answers that are still owed, and what they wait for.
  void check_promises() {
    must(state_.promises.size() + state_.revising.on == owed_,
         "every command is answered or remembered");
    must(goes_on() || owed_ == 0, "nothing is owed at the end");
    std::uint32_t joining = 0;
    for (slot i = 0; i < state_.children.size(); ++i)
      joining += state_.children[i].joining && !was_asked_for(i);
    must(!goes_on() || joining == state_.revising.joining, "as many join as are counted");
    check_revision();
    for (const auto& x : state_.promises) {
      const auto& r = state_.children[x.who];
      must(is_alive(r) || r.now == phase::waiting || r.regroup != in_none,
           "who is owed an answer may still get one", x.who);
    }
  }

  /// Whoever waits is waited for by somebody: a deadline, a line or a dependency.
  void check_who_waits() {
    for (slot i = 0; i < state_.children.size(); ++i) {
      const auto& r = state_.children[i];
      must(!r.awaits_dependency || !has_what_it_needs(i), "nobody waits for what is there", i);
      must(!passed_over(r) || r.awaits_dependency, "who is passed over is told of its dependencies",
           i);
      if (r.now != phase::waiting)
        continue;
      if (r.waits_for == wait_reason::turn)
        must(stands_in_line(i), "who waits for its turn stands in a line", i);
      else if (r.waits_for == wait_reason::dependencies)
        must(r.awaits_dependency, "who waits for its dependencies is told of them", i);
      else
        must(r.deadline != nobody, "nobody waits for ever", i);
    }
  }

  bool has_what_it_needs(slot who) const {
    const auto is_met = [this](slot need) {
      const auto& r = state_.children[need];
      return r.done || (r.ready && !plan_.of(need).is_job);
    };
    return !state_.children[who].lingers && std::ranges::all_of(plan_.needs_of(who), is_met);
  }

  /// All but those who wait for others have come up.
  bool passed_over(const child_row& r) const {
    if (r.regroup == in_none || state_.finished)
      return false;
    const auto& g = state_.regroups[r.regroup];
    return g.rising && g.awaited == nobody
           && (g.cursor == nobody || !state_.children[g.cursor].lingers);
  }

  bool stands_in_line(slot who) const {
    const auto in = [who](const std::deque<slot>& x) { return std::ranges::count(x, who) > 0; };
    const auto g = plan_.of(who).group;
    return in(state_.line) || (g != plan::none && in(state_.groups[g].line));
  }

  void check_regroups() {
    for (std::uint32_t me = 0; me < state_.regroups.size(); ++me) {
      const auto& g = state_.regroups[me];
      std::uint32_t members = 0, up = 0;
      for (const auto& r : state_.children)
        if (g.open && r.regroup == me) {
          ++members;
          up += is_alive(r);
        }
      if (g.open && g.rising && !state_.finished)
        must(g.awaited != nobody || members > 0, "a regroup on its way up waits for somebody");
      must(!(g.open && g.begins && state_.begun), "begun is the end of the beginning");
      must(members == g.members, "a regroup knows its members");
      must(up == g.still_up, "a regroup knows who is still up");
    }
  }

  /// The next life of a child that runs and is ready, or one before it.
  void check_asides() {
    for (const auto& x : state_.asides) {
      if (x.who == nobody)
        continue;
      const auto& r = state_.children[x.who];
      const auto comes_up = x.is_next && (x.now == phase::starting || x.now == phase::up);
      const auto goes_down = x.now == phase::stopping || x.now == phase::killing;
      must(x.number != r.number, "two lives have two numbers", x.who);
      must(!comes_up || (r.now == phase::up && r.ready && r.op == operation::active),
           "the next life is for one that serves", x.who);
      must(!comes_up || x.deadline != nobody, "the next life has its time", x.who);
      must(comes_up || goes_down || x.now == phase::abandoned || x.now == phase::down,
           "a second life comes up or goes down", x.who);
      must(std::ranges::count(state_.asides, x.who, &aside::who) == 1, "no three lives", x.who);
    }
  }

  void check_deadlines() {
    const auto has_one = [](const auto& x) { return x.deadline != nobody; };
    const auto all = std::ranges::count_if(state_.children, has_one)
                     + std::ranges::count_if(state_.regroups, has_one)
                     + std::ranges::count_if(state_.asides, has_one);
    must(static_cast<std::size_t>(all) == state_.deadlines.size(), "a deadline is somebody's");
    if (state_.finished)
      return;
    const auto due = state_.deadlines.empty() ? time_point::max() : state_.deadlines.first().at;
    must(state_.armed <= due || state_.late_by > nanoseconds{0}, "somebody will wake it in time");
  }

  const state& state_;
  const plan& plan_;
  std::size_t owed_;
  std::string what_;
};

} // namespace

std::string broken_invariant(const state& s, const plan& p, std::size_t owed) {
  return invariants{s, p, owed}.broken();
}

} // namespace supervisor
