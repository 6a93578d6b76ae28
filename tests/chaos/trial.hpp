#pragma once

#include "latencies.hpp"
#include "verdict.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Everything in this folder takes real time, and is bounded by the length of its trial.

namespace chaos {

template <class T>
concept number = std::integral<T> || std::floating_point<T>;

/// What one run of a scenario may take, and what it measures.
class trial {
public:
  explicit trial(nanoseconds length) : length_(length) {}

  /// How long it is to inject.
  nanoseconds length() const { return length_; }

  void at_most(std::string name, number auto value, number auto limit) {
    add(std::move(name), static_cast<double>(value), static_cast<double>(limit),
        direction::at_most);
  }

  void at_least(std::string name, number auto value, number auto limit) {
    add(std::move(name), static_cast<double>(value), static_cast<double>(limit),
        direction::at_least);
  }

  /// A part of it that cannot run here, and why. A trial that leaves out all it has is skipped.
  void leave_out(const std::string& what, const std::string& why) {
    left_out_.push_back(what + ": " + why);
  }

  const std::vector<threshold>& thresholds() const { return thresholds_; }
  const std::vector<std::string>& left_out() const { return left_out_; }

private:
  void add(std::string name, double value, double limit, direction bound) {
    thresholds_.push_back({std::move(name), value, limit, bound});
  }

  nanoseconds length_;
  std::vector<threshold> thresholds_{};
  std::vector<std::string> left_out_{};
};

struct scenario {
  std::string_view id{};
  void (*run)(trial&) = nullptr;
};

// -- one family each, in the file of that name ---------------------------------------------------

std::vector<scenario> crashing();
std::vector<scenario> allocating();
std::vector<scenario> stuck();
std::vector<scenario> subscribing();
std::vector<scenario> commanding();
std::vector<scenario> running_programs();
std::vector<scenario> telling_time();
std::vector<scenario> in_hierarchies();
std::vector<scenario> freezing();
std::vector<scenario> pausing();
std::vector<scenario> without_threads();
std::vector<scenario> writing();
std::vector<scenario> resolving();
std::vector<scenario> forking();

} // namespace chaos
