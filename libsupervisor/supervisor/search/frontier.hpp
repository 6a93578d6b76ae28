#pragma once

#include "supervisor/search/scene.hpp"

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>

// What a search keeps of all that it has reached: how to get there, which is little, and as many
// scenes as there is room for. A scene that was dropped is made again.

namespace supervisor::searching {

/// How a scene is reached: from which one, and who crashes then. nobody: time passes.
struct move_made {
  std::uint32_t before = nobody;
  std::uint32_t who = nobody;
};

/// All moves so far. The number of a move is that of the scene that it leads to.
class trail {
public:
  std::uint32_t add(const move_made&);
  std::uint32_t who_moved(std::uint32_t number) const { return moves_[number].who; }

  /// From the first scene to this one, both included.
  std::vector<std::uint32_t> path_to(std::uint32_t number) const;

  std::uint64_t bytes() const { return moves_.size() * sizeof(move_made); }

private:
  std::deque<move_made> moves_{};
};

/// A scene from which nobody has gone on so far.
struct open_end {
  std::uint32_t least = 0;   ///< crashes in all, that it may take until the root is down
  std::uint32_t crashes = 0; ///< that led here
  std::uint32_t number = 0;
};

/// The best first: the fewest crashes in all, then the most of them made, then the last one found.
class open_ends {
public:
  void add(const open_end&);
  bool empty() const { return ends_.empty(); }
  open_end take();

  /// The one that will be taken last, of those that were not named here before.
  std::optional<std::uint32_t> name_last();

  std::uint64_t bytes() const { return count_ * sizeof(std::uint32_t); }

private:
  struct rank {
    std::uint32_t least = 0, crashes = 0;

    bool operator<(const rank& x) const {
      return least != x.least ? least < x.least : crashes > x.crashes;
    }
  };

  struct stack {
    std::deque<std::uint32_t> numbers{};
    std::size_t named = 0; ///< of the first ones
  };

  std::map<rank, stack> ends_{};
  std::uint64_t count_ = 0;
};

/// Open ends, the way to each of them, and their scenes, as far as these fit into their memory.
class frontier {
public:
  frontier(walker& by, std::uint64_t memory_for_scenes)
    : walker_(by), memory_for_scenes_(memory_for_scenes) {}

  void add(const move_made&, std::uint32_t least, std::uint32_t crashes, scene);
  bool empty() const { return ends_.empty(); }

  struct taken {
    open_end end{};
    scene here;
  };

  taken take();

  const trail& ways() const { return ways_; }

  /// Of all but the scenes.
  std::uint64_t bytes() const { return ways_.bytes() + ends_.bytes(); }
  std::uint64_t bytes_of_scenes() const { return bytes_of_scenes_; }

private:
  /// A scene on the way to the one that was made again last.
  struct checkpoint {
    std::size_t depth = 0;
    std::uint32_t number = 0;
    scene was;
    std::uint64_t bytes = 0;
  };

  struct kept {
    scene was;
    std::uint64_t bytes = 0;
  };

  void make_room(std::uint64_t bytes);
  bool drop_one();
  scene made_again(std::uint32_t number);
  void leave_checkpoint(std::size_t depth, std::uint32_t number, const scene&);
  void drop_checkpoint();

  walker& walker_;
  std::uint64_t memory_for_scenes_;
  trail ways_{};
  open_ends ends_{};
  std::unordered_map<std::uint32_t, kept> scenes_{};
  std::vector<checkpoint> checkpoints_{}; ///< the deepest one last
  std::uint64_t bytes_of_scenes_ = 0;
};

} // namespace supervisor::searching
