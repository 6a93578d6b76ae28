#include "reader.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include <supervisor/text/printable.hpp>

namespace soak {

namespace {

using namespace std::chrono_literals;

constexpr auto slow_every = 20s, slow_for = 2s; ///< in the last part of that
constexpr auto rest = 10ms;                     ///< after a line, when it is slow
constexpr std::string_view begins_with = "line ";

bool is_fit(const std::string& shown) {
  return std::ranges::none_of(shown, [](char x) {
    const auto byte = static_cast<unsigned char>(x);
    return (byte < 0x20 && x != '\t') || byte == 0x7f;
  });
}

} // namespace

void reader::take(const sup::log_line& x) {
  ++lines_;
  unprintable_ += is_fit(sup::showing::printable(x.text, sup::showing::whole)) ? 0 : 1;
  take_number(x);
  take_a_rest();
}

void reader::take_number(const sup::log_line& x) {
  auto& last = last_[x.path];
  const auto is_rest = last.goes_on && last.attempt == x.attempt;
  last.goes_on = x.cut;
  if (is_rest || !x.text.starts_with(begins_with))
    return;
  const auto number = std::strtoull(x.text.c_str() + begins_with.size(), nullptr, 10);
  const auto wanted = last.attempt == x.attempt ? last.number + 1 : 0;
  gaps_ += number == wanted ? 0 : 1;
  last.attempt = x.attempt;
  last.number = number;
}

void reader::take_a_rest() {
  if ((std::chrono::steady_clock::now() - since_) % slow_every >= slow_every - slow_for)
    std::this_thread::sleep_for(rest);
}

} // namespace soak
