#pragma once

#include "story.hpp"

#include <algorithm>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <vector>

/// What `by_rules` knows of a supervisor and its children.
namespace otp::ruled {

struct office;

enum class state : std::uint8_t {
  up,
  down,
  dead,    ///< and its supervisor has not looked so far
  waiting, ///< for its restart
};

struct child {
  const seat* what = nullptr;
  std::string path{};
  state now = state::down;
  std::unique_ptr<office> below{};
  std::string last_word{};
  bool held = false; ///< by an operator
};

using children = std::vector<child*>;

enum class about : std::uint8_t { its_end, next_try, command };

/// OTP's supervisor reads its mail as it comes. Ours hears of the next try when the wait is over, and of
/// a command before that.
using instant = int;
inline constexpr instant half_a_wait = 1;

struct news {
  about what{};
  child* who = nullptr; ///< not of a command
  instant at = 0;
};

/// One life of a supervisor.
struct office {
  const seat& what;
  std::string path;
  std::uint64_t birth;
  std::list<child> all{}; ///< oldest first
  std::uint32_t strikes = 0;
  std::deque<news> mail{}; ///< as it is due
  instant now = 0;
  child* culprit = nullptr; ///< of the group that waits
  children group{};         ///< with it
};

inline bool takes_others_along(const office& top) {
  return !supervisor::is_for_itself(top.what.strategy);
}

inline children all_of(office& x) {
  children found;
  for (auto& who : x.all)
    found.push_back(&who);
  return found;
}

/// By the restart of this child, in start order.
inline children touched_by(office& top, const child& who) {
  children found;
  for (auto& x : top.all)
    if (&x == &who || top.what.strategy == strategy::one_for_all
        || (top.what.strategy == strategy::rest_for_one && !found.empty()))
      found.push_back(&x);
  return found;
}

inline child* find(office& top, const std::string& path) {
  const auto found = std::ranges::find(top.all, path, &child::path);
  return found == top.all.end() ? nullptr : &*found;
}

inline void forget(office& top, const child& who) {
  std::erase_if(top.mail, [&who](const news& x) { return x.who == &who; });
  std::erase(top.group, &who);
  top.all.remove_if([&](const child& x) { return &x == &who; });
}

inline void post(office& top, const news& x) {
  top.mail.insert(std::ranges::upper_bound(top.mail, x.at, {}, &news::at), x);
}

inline void drop_news(office& top, const child& who, about what) {
  std::erase_if(top.mail, [&](const news& x) { return x.who == &who && x.what == what; });
}

inline void fell(office& top, child& who, const std::string& word) {
  who.now = state::dead;
  who.last_word = word;
  post(top, {about::its_end, &who, top.now});
}

inline bool wants_restart(const child& who) {
  const auto well = who.last_word == "normal" || who.last_word == "shutdown";
  return who.what->when == restart::permanent || (who.what->when == restart::transient && !well);
}

/// Whom a restart is about: each who comes up alone, and the group of one who takes others along.
struct restarted {
  children alone{}, group{};
  child* culprit = nullptr;

  bool has(child* x) const { return std::ranges::count(group, x) > 0; }

  void add(office& top, child& who) {
    who.now = state::waiting;
    if (!takes_others_along(top))
      return alone.push_back(&who);
    group = touched_by(top, who);
    culprit = &who;
  }
};

} // namespace otp::ruled
