#pragma once

#include <supervisor/spec/spec.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace otp {

using supervisor::auto_shutdown;
using supervisor::restart;
using supervisor::strategy;

/// What comes of one attempt to start a child.
enum class attempt : std::uint8_t { works, fails, ignores };

/// What a child makes of being told to stop.
enum class manners : std::uint8_t { obeys, fails, ignores };

/// How a child ends by itself, or is ended by a stranger.
enum class death : std::uint8_t { normal, shutdown, shutdown_because, crash, kill };

/// One child as it is declared, or the root. Leaves have their own patience and manners; supervisors
/// are waited for as long as they take.
struct seat {
  std::string id{};
  restart when = restart::permanent;
  bool significant = false;
  bool is_supervisor = false;

  // of a leaf
  std::uint32_t patience_ms = 5000; ///< 0: it is killed at once
  manners stops = manners::obeys;
  std::vector<attempt> starts{}; ///< by attempt; those after the last one work

  // of a supervisor
  supervisor::strategy strategy = strategy::one_for_one;
  std::uint32_t restarts = 1;
  supervisor::auto_shutdown ends = auto_shutdown::never;
  std::vector<seat> below{}; ///< of a pool: its template
};

enum class act : std::uint8_t { die, terminate, restart, remove, start, stop };

struct victim {
  std::string path{};
  death how{};
};

struct step {
  act what{};
  std::string path{};            ///< of the child; start: of its supervisor
  std::vector<victim> victims{}; ///< siblings, in the order of their deaths
  seat added{};
  bool is_member = false; ///< of a pool: only the id of `added` counts

  /// die: nothing, or one command. If a restart fails in the supervisor that the command is for, that
  /// supervisor hears it after the first failure and before the next try, and does so in the life that
  /// it had when the step began.
  std::vector<step> meanwhile{};
};

/// A tree and what happens to it. Every step waits until the one before has had all its effects, and
/// no period ever passes.
struct story {
  std::uint64_t seed = 0;
  seat root{};
  std::vector<step> steps{};
};

/// The same seed makes the same story, on every machine.
story make_story(std::uint64_t seed);

/// As one Erlang term, without the dot.
std::string term_of(const story&);

/// For people, a line for each child and each step.
std::string text_of(const story&);

inline bool is_pool(const seat& x) {
  return x.is_supervisor && x.strategy == strategy::simple_one_for_one;
}

inline std::string_view above(std::string_view path) { return path.substr(0, path.rfind('/')); }
inline std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

inline bool is_below(std::string_view path, std::string_view top) {
  return path.size() > top.size() && path.starts_with(top) && path[top.size()] == '/';
}

/// Of the supervisor that a command is for.
inline std::string supervisor_for(const step& command) {
  return command.what == act::start ? command.path : std::string{above(command.path)};
}

/// What a step that has a command comes to, in words; `answer` is empty if nobody was asked.
inline std::string words_of_meanwhile(const std::string& answer) {
  return answer.empty() ? "not_asked" : "meanwhile " + answer;
}

/// Every step, and every command that is heard during one.
void for_each_step(const story&, const std::function<void(const step&)>&);

std::string_view label(death) noexcept;
std::string_view label(act) noexcept;

} // namespace otp
