#include "supervisor/search/survival.hpp"

#include "supervisor/report/report.hpp"
#include "supervisor/search/breaking.hpp"

#include <algorithm>
#include <ostream>

namespace supervisor {

std::string_view label(survival_outcome x) noexcept {
  constexpr std::string_view words[] = {"survives", "falls", "not_all_tried"};
  return words[static_cast<int>(x)];
}

std::string_view label(survival_bound x) noexcept {
  constexpr std::string_view words[] = {"none", "states", "memory"};
  return words[static_cast<int>(x)];
}

survival try_to_break(const declared_spec& tree, const survival_options& how) {
  return searching::try_to_break(searching::sites_of(tree, how.seed), how);
}

namespace {

std::string crashes(std::uint32_t n) {
  return std::to_string(n) + (n == 1 ? " crash" : " crashes");
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string words(nanoseconds at) { return at == nanoseconds{0} ? "0s" : to_string(at); }

std::string bound_met(survival_bound x) {
  switch (x) {
    case survival_bound::none:
      return "";
    case survival_bound::states:
      return ", because no more states may be looked at";
    case survival_bound::memory:
      return ", because no more memory may be used";
  }
  return "";
}

std::string headline(const survival& x) {
  switch (x.how) {
    case survival_outcome::survives:
      return crashes(x.crashes) + " or fewer do not bring it down";
    case survival_outcome::falls:
      return crashes(x.crashes) + std::string{x.crashes == 1 ? " brings" : " bring"}
             + " it down, and no fewer";
    case survival_outcome::not_all_tried:
      return crashes(x.crashes)
             + " or fewer do not bring it down; what more of them do was not all tried"
             + bound_met(x.bound);
  }
  return "";
}

} // namespace

std::string to_string(const survival& x) {
  auto text
    = headline(x) + " (" + std::to_string(x.states) + (x.states == 1 ? " state" : " states");
  if (x.rolls_dice)
    text += ", with the luck of seed " + std::to_string(x.seed);
  text += ")\n";
  std::size_t width = 0;
  for (const auto& blow : x.trace)
    width = std::max(width, blow.child.size());
  for (std::size_t i = 0; i < x.trace.size(); ++i) {
    const auto& blow = x.trace[i];
    text += padded("  " + std::to_string(i + 1), 5) + " " + padded(words(blow.at), 10) + " "
            + padded(blow.child, width) + "  " + blow.then + "\n";
  }
  return text;
}

std::ostream& operator<<(std::ostream& to, const survival& x) { return to << to_string(x); }

} // namespace supervisor
