#pragma once

#include "choices.hpp"
#include "must.hpp"

#include "../core/mind/invariants.hpp"

#include <supervisor/plan/roster.hpp>

#include <algorithm>
#include <set>

namespace supervisor {

/// What happens in one supervisor whose children do as the choices say, until it is over.
class story {
public:
  story(const declared_spec& spec, choices& from)
    : roster_(std::make_shared<const declared_spec>(spec), 1), choices_(from),
      state_(make_state(roster_.plan())) {}

  void tell() {
    feed({.what = news::begin});
    for (int i = 0; i < 100 && !choices_.empty() && !finished_; ++i)
      happen();
    end();
  }

  /// Becomes another one on the way.
  void tell_and_become(const declared_spec& wanted) {
    feed({.what = news::begin});
    for (int i = 0; i < 20 && !choices_.empty() && !finished_; ++i)
      happen();
    const auto must_hold = choices_.maybe();
    if (!finished_ && objection_to_revision(state_, must_hold) == objection::none) {
      roster_.revise(std::make_shared<const declared_spec>(wanted), must_hold);
      feed({.what = news::revised, .count = ++commands_, .audited = true});
    }
    for (int i = 0; i < 100 && !choices_.empty() && !finished_; ++i)
      happen();
    end();
  }

private:
  static constexpr child_exit ends[]
    = {{},
       {exit_class::external_cancel},
       {exit_class::panic, exit_detail::none, failure_kind::panic, 0},
       {exit_class::nonzero_exit, exit_detail::code, failure_kind::recoverable, 3},
       {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_bug, 0},
       {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_config, 0},
       {exit_class::timeout, exit_detail::none, failure_kind::timeout, 0}};

  static constexpr command orders[]
    = {command::pause_child,      command::resume_child,  command::restart_child,
       command::quarantine_child, command::release_child, command::terminate_child,
       command::remove_child,     command::delete_child};

  // -- what may happen -----------------------------------------------------------------------------

  void happen() {
    switch (choices_.roll(8)) {
      case 0:
        return pass_time();
      case 1:
        return end_one();
      case 2:
        return give_sign();
      case 3:
        return command_one();
      default:
        return do_as_told();
    }
  }

  void do_as_told() {
    if (owed_.empty())
      return pass_time();
    const auto next = owed_.begin() + static_cast<std::ptrdiff_t>(choices_.roll(owed_.size()));
    const auto x = *next;
    owed_.erase(next);
    feed(x);
  }

  void end_one() {
    if (!alive_.empty())
      feed({.what = news::exited,
            .who = alive_[choices_.roll(alive_.size())],
            .exit = ends[choices_.roll(std::size(ends))]});
  }

  void give_sign() {
    if (alive_.empty())
      return;
    const auto who = alive_[choices_.roll(alive_.size())];
    constexpr news signs[] = {news::ready, news::heartbeat, news::worn, news::stalled};
    feed({.what = signs[choices_.roll(std::size(signs))],
          .who = who,
          .then = {verdict::restart, 0, std::chrono::seconds{1}}});
  }

  void command_one() {
    if (roster_.size() == 0)
      return;
    const auto who = static_cast<slot>(choices_.roll(roster_.size()));
    if (!roster_.is_vacant(who))
      feed({.what = news::command,
            .who = {who, 0},
            .count = ++commands_,
            .order = orders[choices_.roll(std::size(orders))],
            .audited = true});
  }

  /// To the next wake-up, if a steady clock gets there.
  void pass_time() {
    if (wakes_.empty() || *wakes_.begin() > last_moment)
      return;
    now_ = std::max(now_, *wakes_.begin());
    wakes_.erase(wakes_.begin());
    feed({.what = news::deadline});
  }

  /// Who is told to stop stops; then nothing but time is needed.
  void end() {
    if (!finished_)
      feed({.what = news::stop});
    for (std::size_t i = 0; !finished_; ++i) {
      must(i < 1000 + 20 * roster_.size(), "a supervisor ends when it is told to");
      if (owed_.empty())
        pass_time();
      for (const auto& x : std::exchange(owed_, {}))
        feed(x);
    }
    must(answered_ == commands_, "every command was answered");
  }

  // -- one step --------------------------------------------------------------------------------------

  void feed(const input& x) {
    if (x.what == news::exited)
      std::erase(alive_, x.who);
    effects out;
    step(roster_.plan(), state_, tally_, std::span{&x, 1}, now_, out);
    const auto broken = broken_invariant(state_, roster_.plan(), commands_ - answered(out));
    must(broken.empty(), broken);
    for (const auto& fact : out.facts)
      must(fact.seq == ++events_, "events have numbers without gaps");
    for (const auto& todo : out.todo)
      carry_out(todo);
  }

  std::uint32_t answered(const effects& out) {
    for (const auto& x : out.outcomes)
      must(keys_.insert(x.key).second, "a command is answered once");
    answered_ += static_cast<std::uint32_t>(out.outcomes.size());
    return answered_;
  }

  void carry_out(const effect& x) {
    must(!finished_ || x.what == deed::answer || x.what == deed::vacate,
         "nothing is done after the end");
    if (x.what == deed::start)
      alive_.push_back(x.who);
    if (x.what == deed::start)
      owed_.push_back({.what = news::started, .who = x.who});
    else if (x.what == deed::cancel || x.what == deed::kill)
      owed_.push_back({.what = news::exited, .who = x.who, .exit = {exit_class::external_cancel}});
    else if (x.what == deed::check)
      owed_.push_back(
        {.what = news::checked, .who = x.who, .count = x.index, .well = choices_.maybe()});
    else if (x.what == deed::wake)
      wakes_.insert(x.at);
    else if (x.what == deed::vacate)
      roster_.vacate(x.who.who);
    else if (x.what == deed::finish)
      finished_ = true;
  }

  static constexpr time_point first_moment{std::chrono::hours{1}};
  static constexpr time_point last_moment = first_moment + std::chrono::hours{24 * 365 * 100};

  detail::roster<declared_start> roster_;
  choices& choices_;
  supervisor::state state_;
  supervisor::tally tally_{};
  time_point now_ = first_moment;
  std::vector<life> alive_{};
  std::vector<input> owed_{}; ///< what children will say
  std::multiset<time_point> wakes_{};
  std::uint64_t events_ = 0;
  std::uint32_t commands_ = 0, answered_ = 0;
  std::set<std::uint32_t> keys_{};
  bool finished_ = false;
};

/// Of the tree and of each tree in it.
inline void tell_all(const declared_spec& spec, choices& from) {
  story{spec, from}.tell();
  for (const auto& child : spec.children)
    if (const auto* below = child.start.tree())
      tell_all(*below, from);
}

} // namespace supervisor
