#include "transcript.hpp"

#include <bit>
#include <charconv>

namespace supervisor {

namespace {

/// Numbers with a space before each.
class numbers {
public:
  template <class... Xs>
  void add(const Xs&... xs) {
    (put(xs), ...);
  }

  void mark(char what) { text_ += what; }

  std::string text() && { return std::move(text_); }

private:
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void put(T x) {
    if constexpr (std::is_same_v<T, bool>) {
      text_ += x ? " 1" : " 0";
    } else {
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(x));
      text_ += ' ';
      text_.append(digits, end.ptr);
    }
  }

  void put(double x) { put(std::bit_cast<std::int64_t>(x)); }
  void put(nanoseconds x) { put(x.count()); }
  void put(time_point x) { put(x.time_since_epoch().count()); }
  void put(const life& x) { add(x.who, x.number); }
  void put(const child_exit& x) { add(x.what, x.detail, x.cause, x.code); }
  void put(const decision& x) { add(x.what, x.because, x.wait); }
  void put(const situation& x) {
    add(x.exit, x.streak, x.recent, x.uptime, x.last_wait, x.now, x.luck, x.severity, x.again);
  }

  std::string text_{};
};

void add(numbers& to, const input& x) {
  to.mark('\n');
  to.mark('<');
  to.add(x.what, x.who, x.exit, x.count, x.then, x.order, x.well, x.vague, x.audited, x.asker,
         x.signal, x.at);
}

void add(numbers& to, const effect& x) {
  to.mark('\n');
  to.mark('>');
  to.add(x.what, x.why, x.who, x.index, x.at);
}

void add(numbers& to, const event& x) {
  to.mark('\n');
  to.mark('!');
  to.add(x.seq, x.at, x.who, x.generation, x.what, x.from, x.to, x.exit, x.wait, x.whom, x.why,
         x.group, x.from_group, x.severity, x.tie, x.order, x.was, x.is, x.no, x.key, x.count,
         x.decided, x.given, x.then);
}

void add(numbers& to, const control_outcome& x) {
  to.mark('\n');
  to.mark('=');
  to.add(x.key, x.order, x.who, x.before, x.after, x.no, x.idempotent, x.cancel_delivered, x.stop,
         x.had_attempt, x.fence, x.generation, x.attempt, x.target_generation, x.exit);
}

} // namespace

std::string transcript_of(std::span<const input> inputs, const effects& out) {
  numbers all;
  for (const auto& x : inputs)
    add(all, x);
  for (const auto& x : out.todo)
    add(all, x);
  for (const auto& x : out.facts)
    add(all, x);
  for (const auto& x : out.outcomes)
    add(all, x);
  return std::move(all).text();
}

} // namespace supervisor
