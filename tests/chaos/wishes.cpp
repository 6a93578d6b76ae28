#include "wishes.hpp"

#include "number.hpp"

#include <string_view>

namespace chaos {

namespace {

void take_seconds(wishes& x, std::string_view text) {
  if (const auto n = as_number(text); n && *n > 0 && *n <= 3600)
    x.seconds = *n;
  else
    x.wrong = "--seconds: wants a number from 0 to 3600";
}

void take_patience(wishes& x, std::string_view text) {
  if (const auto n = as_number(text); n && *n >= 1 && *n <= 1000)
    x.patience = *n;
  else
    x.wrong = "--patience: wants a number from 1 to 1000";
}

void take_limit(wishes& x, std::string_view text) {
  const auto cut = text.find('=');
  const auto n = cut == text.npos ? std::nullopt : as_number(text.substr(cut + 1));
  if (n)
    x.limits[std::string{text.substr(0, cut)}] = *n;
  else
    x.wrong = "--limit: wants NAME=NUMBER";
}

} // namespace

wishes read_wishes(const std::vector<std::string>& words) {
  wishes x;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto next = [&]() -> std::string { return i + 1 < words.size() ? words[++i] : ""; };
    if (words[i] == "--list")
      x.list = true;
    else if (words[i] == "--here")
      x.here = true;
    else if (words[i] == "--seconds")
      take_seconds(x, next());
    else if (words[i] == "--patience")
      take_patience(x, next());
    else if (words[i] == "--limit")
      take_limit(x, next());
    else if (words[i].starts_with("-"))
      x.wrong = words[i] + ": no such option";
    else
      x.ids.push_back(words[i]);
  }
  return x;
}

} // namespace chaos
