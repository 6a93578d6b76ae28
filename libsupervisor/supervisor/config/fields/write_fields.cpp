#include "supervisor/config/fields/write_fields.hpp"

#include "supervisor/spec/setting_words.hpp"

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

} // namespace

written json_of(double x) { return number(x); }
written json_of(std::int32_t x) { return number(x); }
written json_of(std::uint64_t x) { return number(x); }
written json_of(std::uint32_t x) { return x == unlimited ? json_of(unlimited_word[0]) : number(x); }
written json_of(nanoseconds x) { return written::text(detail::words(x)); }

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
