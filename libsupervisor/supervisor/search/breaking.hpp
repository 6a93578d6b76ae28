#pragma once

#include "supervisor/search/key.hpp"
#include "supervisor/search/survival.hpp"

namespace supervisor::searching {

/// `thorough`: takes no two worlds for one, and does not foresee how many crashes are left. Finds the
/// same, in much longer time.
survival try_to_break(const sites&, const survival_options&, bool thorough = false);

/// Whether nobody looks at anything but how a child ended, how often in a row, and how many restarts
/// there were within the period.
bool is_plain(const sites&);

/// Whether luck has a say in how long somebody waits.
bool rolls_dice(const sites&);

/// How long any limit remembers a crash; 0: there are none.
nanoseconds longest_window(const sites&);

/// When something changes by itself, if nothing happens before; time_point::max(): never.
time_point next_instant(const world&, const std::vector<time_point>& crashes);

} // namespace supervisor::searching
