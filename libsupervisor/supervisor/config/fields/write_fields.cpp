#include "supervisor/config/fields/write_fields.hpp"

#include <array>
#include <charconv>

namespace supervisor::config {

namespace {

template <class Number>
written number(Number x) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x);
  return written::raw({digits.data(), end.ptr});
}

struct unit {
  std::int64_t size = 1; ///< in nanoseconds
  std::int64_t from = 1; ///< so many of it are easier to read than more of a smaller unit
  const char* name = "ns";
};

constexpr std::array units{unit{3'600'000'000'000, 10, "h"}, unit{60'000'000'000, 10, "min"},
                           unit{1'000'000'000, 1, "s"}, unit{1'000'000, 1, "ms"},
                           unit{1'000, 1, "us"}};

std::string exact(nanoseconds x) {
  if (x == nanoseconds::zero())
    return "0s";
  for (const auto& u : units)
    if (x.count() % u.size == 0 && x.count() / u.size >= u.from)
      return std::to_string(x.count() / u.size) + u.name;
  return std::to_string(x.count()) + "ns";
}

} // namespace

written json_of(double x) { return number(x); }
written json_of(std::int32_t x) { return number(x); }
written json_of(std::uint64_t x) { return number(x); }
written json_of(std::uint32_t x) { return x == unlimited ? json_of(unlimited_word[0]) : number(x); }
written json_of(nanoseconds x) { return written::text(exact(x)); }

written json_of(const jitter& x) {
  switch (x.mode) {
    case policies::jitter_mode::disabled:
      return json_of(jitter_words[0]);
    case policies::jitter_mode::ratio:
      return json_of(x.ratio);
    case policies::jitter_mode::full:
      return json_of(jitter_words[1]);
    case policies::jitter_mode::decorrelated:
      return json_of(jitter_words[2]);
  }
  return {};
}

written json_of(const stop_budget& x) {
  constexpr stop_budget usual;
  if (x.abort_wait != usual.abort_wait)
    return json_of(fields_of(x), x);
  if (x.is_brutal() || x.is_unlimited())
    return json_of(stop_words[x.is_brutal() ? 0 : 1]);
  return json_of(x.graceful);
}

} // namespace supervisor::config
