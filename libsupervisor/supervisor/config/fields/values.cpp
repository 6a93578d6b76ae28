#include "supervisor/config/fields/values.hpp"

#include "supervisor/text/duration.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace supervisor::config {

using showing::printable;
using showing::quoted;

std::string list(words some) {
  std::string text;
  for (const auto word : some)
    text += (text.empty() ? "" : ", ") + std::string{word};
  return text;
}

void wrong_kind(reading& r, const value& v, std::string_view must_be) {
  r.wrong(v, "is " + std::string{name_of(v.what)} + ", must be " + std::string{must_be});
}

namespace {

/// A long word is no slip of the pen, and costly to compare.
std::string suggestion(std::string_view word, words known) {
  return word.size() > 40 ? "" : did_you_mean(word, {known.begin(), known.end()});
}

std::optional<std::size_t> index_of(std::string_view word, words known) {
  const auto found = std::ranges::find(known, word);
  if (found == known.end())
    return {};
  return static_cast<std::size_t>(found - known.begin());
}

std::string or_one_of(words some) { return some.empty() ? "" : " or one of " + list(some); }

void read_bare_number(reading& r, const value& v) {
  const auto written = printable(v.text);
  r.wrong(v, v.number < 0 ? "is a negative number, must be a duration such as \"5s\""
                          : "is a bare number: write \"" + written + "s\", not " + written);
}

} // namespace

std::optional<std::size_t> read_word(reading& r, const value& v, words known) {
  if (v.what != value::kind::text) {
    wrong_kind(r, v, "one of " + list(known));
    return {};
  }
  const auto index = index_of(v.text, known);
  if (!index)
    r.wrong(v, quoted(v.text) + " is none of " + list(known) + suggestion(v.text, known));
  return index;
}

void read(reading& r, const value& v, std::string& to) {
  if (v.what != value::kind::text)
    return wrong_kind(r, v, "a string");
  if (v.text.empty())
    return r.wrong(v, "is empty");
  to = v.text;
}

namespace {

void read_texts(reading& r, const value& v, void (*read_one)(reading&, const value&, std::string&),
                std::vector<std::string>& to) {
  to.clear();
  if (v.what != value::kind::array)
    return wrong_kind(r, v, "an array of strings");
  for (const auto& element : r.file().in(v))
    read_one(r, element, to.emplace_back());
}

} // namespace

void read(reading& r, const value& v, std::vector<std::string>& to) { read_texts(r, v, read, to); }

void read_any_text(reading& r, const value& v, std::string& to) {
  if (v.what != value::kind::text)
    return wrong_kind(r, v, "a string");
  to = v.text;
}

void read_any_texts(reading& r, const value& v, std::vector<std::string>& to) {
  read_texts(r, v, read_any_text, to);
}

void read_umask(reading& r, const value& v, std::optional<std::uint32_t>& to) {
  constexpr auto octal = "up to \"0777\", such as \"022\"";
  if (v.what != value::kind::text)
    return wrong_kind(r, v, std::string{"a string of octal digits "} + octal);
  std::uint32_t mask = 0;
  for (const auto digit : v.text) {
    mask = mask * 8 + static_cast<std::uint32_t>(digit - '0');
    if (digit < '0' || digit > '7' || mask > most_umask)
      return r.wrong(v, quoted(v.text) + " is no umask, must be octal digits " + octal);
  }
  if (v.text.empty())
    return r.wrong(v, "is empty");
  to = mask;
}

void read_duration(reading& r, const value& v, words instead, nanoseconds& to) {
  if (v.what == value::kind::number)
    return read_bare_number(r, v);
  if (v.what != value::kind::text)
    return wrong_kind(r, v, "a duration such as \"5s\"" + or_one_of(instead));
  const auto length = duration_from(v.text);
  if (!length)
    return r.wrong(v, length.error().front().what + suggestion(v.text, instead));
  to = *length;
}

void read(reading& r, const value& v, nanoseconds& to) { read_duration(r, v, {}, to); }

void read(reading& r, const value& v, jitter& to) {
  constexpr jitter modes[] = {jitter::none(), jitter::full(), jitter::decorrelated()};
  const auto must_be = "a ratio from 0 to 1 or one of " + list(jitter_words);
  if (v.what == value::kind::text) {
    if (const auto i = read_word(r, v, jitter_words))
      to = modes[*i];
  } else if (v.what != value::kind::number) {
    wrong_kind(r, v, must_be);
  } else if (v.number >= 0 && v.number <= 1) {
    to = jitter::by(v.number);
  } else {
    r.wrong(v, printable(v.text) + " is out of range, must be " + must_be);
  }
}

void read(reading& r, const value& v, bool& to) {
  if (v.what == value::kind::boolean)
    to = v.text == "true";
  else
    wrong_kind(r, v, "true or false");
}

void read(reading& r, const value& v, double& to) {
  if (v.what == value::kind::number)
    to = v.number;
  else
    wrong_kind(r, v, "a number");
}

namespace {

/// Nothing if it is no whole number from `least` to `most`, which has been said then.
std::optional<double> whole(reading& r, const value& v, double least, double most,
                            std::string_view must_be) {
  if (v.what != value::kind::number)
    wrong_kind(r, v, must_be);
  else if (v.number >= least && v.number <= most && std::trunc(v.number) == v.number)
    return v.number;
  else
    r.wrong(v, printable(v.text) + " is out of range, must be " + std::string{must_be});
  return {};
}

void read_code(reading& r, const value& v, std::int32_t& to) {
  if (const auto code = whole(r, v, 0, most_exit_code, "a whole number from 0 to 255"))
    to = static_cast<std::int32_t>(*code);
}

} // namespace

void read(reading& r, const value& v, std::vector<std::int32_t>& to) {
  to.clear();
  if (v.what != value::kind::array)
    return wrong_kind(r, v, "an array of whole numbers");
  for (const auto& element : r.file().in(v))
    read_code(r, element, to.emplace_back());
}

void read_count(reading& r, const value& v, std::uint32_t& to) {
  if (const auto count = whole(r, v, 0, unlimited - 1, "a whole number"))
    to = static_cast<std::uint32_t>(*count);
}

void read_count(reading& r, const value& v, std::optional<std::uint32_t>& to) {
  read_count(r, v, to.emplace());
}

void read_count(reading& r, const value& v, std::optional<std::uint64_t>& to) {
  to.emplace();
  if (const auto count = whole(r, v, 0, static_cast<double>(most_in_file), "a whole number"))
    to = static_cast<std::uint64_t>(*count);
}

void read(reading& r, const value& v, std::uint32_t& limit) {
  if (v.what != value::kind::text) {
    if (const auto count = whole(r, v, 0, unlimited - 1, "a whole number or \"unlimited\""))
      limit = static_cast<std::uint32_t>(*count);
  } else if (read_word(r, v, unlimited_word)) {
    limit = unlimited;
  }
}

} // namespace supervisor::config
