#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

/// Ends the program if it does not hold: that is what libFuzzer looks for.
inline void must(bool holds, const std::string& what) {
  if (holds)
    return;
  std::fprintf(stderr, "not true: %s\n", what.c_str());
  std::abort();
}
