#include "frozen/expected.hpp"

#include "frozen/text/printable.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string_view>

namespace frozen {

std::string to_string(const fault& x) {
  auto text = x.where.empty() ? std::string{"/"} : showing::printable(x.where, showing::whole);
  if (x.line != 0)
    text += " (line " + std::to_string(x.line) + ")";
  return text + ": " + showing::printable(x.what, showing::whole);
}

std::string to_string(const faults& xs) {
  std::string text;
  for (const auto& x : xs)
    text += (text.empty() ? "" : "\n") + to_string(x);
  return text;
}

void detail::throw_no_value(const faults& wrong) {
  throw std::logic_error{"there is no value, because of " + to_string(wrong)};
}

void detail::throw_no_fault() { throw std::logic_error{"there is no fault, but a value"}; }

namespace {

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other:
/// Damerau's distance, restricted to one edit a place.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] != b[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

} // namespace

std::string_view closest_to(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  auto least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : known)
    if (const auto d = distance(word, candidate); d < least) {
      least = d;
      best = candidate;
    }
  return best;
}

namespace {

constexpr std::string_view guess = ", did you mean \"";

} // namespace

bool has_guess(const fault& x) { return x.what.find(guess) != std::string::npos; }

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  const auto best = closest_to(word, known);
  return best.empty() ? "" : std::string{guess} + showing::printable(best) + "\"?";
}

} // namespace frozen
