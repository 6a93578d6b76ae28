#pragma once

#include <vector>

namespace supervisor {

/// The terminals that a program had when it began: the one that controls it, and those among its
/// standard input, output and error.
class terminals_at_start {
public:
  terminals_at_start();

  /// Whether one of them has gone since: its window was closed, or the connection to it is lost.
  bool are_gone() const;

private:
  bool controlled_;
  std::vector<int> standard_{};
};

} // namespace supervisor
