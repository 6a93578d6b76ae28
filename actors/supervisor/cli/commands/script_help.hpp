#pragma once

namespace supervisor {

/// The language of scripts on one screen: see simulate/script.hpp.
inline constexpr auto script_help = R"(A script has a line for each wish, and comments from # on:
  crash CHILD at 10s [as END]
  crash CHILD every 2s [from 1min] [until 5min] [as END]
  crash CHILD after 300ms [as END]    of running, after each of its starts
  start CHILD takes 2s | fails [3 times]
  stop  CHILD takes 4s | never
  kill  CHILD takes 1s | never
  ready CHILD after 5s | never        if its readiness_policy is explicit
CHILD is a path such as checkout/cart; * stands for any one step of it. Where a
length of time stands, two may stand with luck between them: every 500ms..2s.
END is panic (if nothing is said), normal end, killed, timeout, exit code N,
recoverable, fatal_bug, fatal_config, external_dependency or unhealthy.
A crash misses a child that does not run at that moment; misses are counted.

Exit code: 0 it held out, 1 it gave up, could not start, or would never end,
2 bad file, script or usage, 3 children are left behind that cannot be stopped.)";

} // namespace supervisor
