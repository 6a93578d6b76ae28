#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A tree in a process of its own, which somebody stops for a while.

namespace chaos {

/// What the tree is doing when the pause begins.
enum class pause_in : std::uint8_t { start, run, stop };

constexpr std::string_view label(pause_in x) noexcept {
  constexpr std::string_view words[] = {"starting", "running", "stopping"};
  return words[static_cast<int>(x)];
}

/// What each child has to do its next step in: to become ready, to beat, to end.
inline constexpr std::chrono::seconds time_of_child{2};

struct pause_plan {
  std::chrono::nanoseconds length{0};
  int children = 1; ///< that are well; beside them is one that is not
  pause_in when{};
};

struct pause_outcome {
  bool came = false;                  ///< it was heard to the end
  int restarts = 0;                   ///< of children that were well, failed starts included
  int killed = 0;                     ///< of them
  int not_graceful = 0;               ///< of them
  bool found = false;                 ///< that one was not well
  std::chrono::nanoseconds judged{0}; ///< from the end of the pause until that was known of all
};

/// Runs the tree, pauses it once and listens to what it says. Takes seconds.
pause_outcome pause_once(const pause_plan&);

/// Whether the program was called to be such a tree; then it is.
bool is_for_paused_tree(const std::vector<std::string>& words);
int be_paused_tree(const std::vector<std::string>& words);

} // namespace chaos
