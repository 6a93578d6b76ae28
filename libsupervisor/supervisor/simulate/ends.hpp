#pragma once

#include "supervisor/mind/core.hpp"

// How a model of children and supervisors has them end, as the actors do.

namespace supervisor::simulating {

inline constexpr child_exit killed{exit_class::nonzero_exit, exit_detail::killed,
                                   failure_kind::recoverable, 0};
inline constexpr child_exit no_start{exit_class::nonzero_exit, exit_detail::start_failed,
                                     failure_kind::recoverable, 0};
inline constexpr child_exit crashed{exit_class::panic, exit_detail::none, failure_kind::panic, 0};
inline constexpr child_exit as_told{exit_class::external_cancel, exit_detail::none,
                                    failure_kind::cancelled, 0};

/// What a supervisor actor that finished for this reason ends with.
constexpr child_exit exit_of(aim why) noexcept {
  constexpr auto failed = [](exit_detail how) {
    return child_exit{exit_class::nonzero_exit, how, failure_kind::recoverable, 0};
  };
  switch (why) {
    case aim::give_up:
      return failed(exit_detail::escalated);
    case aim::end_tree:
      return failed(exit_detail::shutdown_tree);
    case aim::roll_back:
      return failed(exit_detail::start_failed);
    case aim::completed:
      return {exit_class::success, exit_detail::none, failure_kind::none, 0};
    case aim::stop:
    case aim::auto_shutdown:
    case aim::begin:
    case aim::restart:
      break;
  }
  return as_told;
}

} // namespace supervisor::simulating
