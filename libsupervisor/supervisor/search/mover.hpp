#pragma once

#include "supervisor/search/world.hpp"

namespace supervisor::searching {

/// Lets a world go on until nothing happens in it without a crash or time: children start, are ready
/// and stop as they should.
class mover {
public:
  void settle(world&);
  void wait(world&, time_point until);
  void strike(world&, std::uint32_t who);

  /// Whether what was decided is kept in `facts` and `of_whom`.
  bool keeps = false;
  std::vector<event> facts{};
  std::vector<std::uint32_t> of_whom{}; ///< whose turns they were

private:
  bool happen(world&, const act&);
  bool oblige(world&, std::uint32_t who);

  turn_taken turn_{};
};

} // namespace supervisor::searching
