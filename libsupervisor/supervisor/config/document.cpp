#include "supervisor/config/document.hpp"

#include "supervisor/text/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>

namespace supervisor::config {

using showing::printable;

namespace {

using nlohmann::json;

/// Reads a text for the parser, and leaves word of how far it came.
class cursor {
public:
  using iterator_category = std::input_iterator_tag;
  using difference_type = std::ptrdiff_t;
  using value_type = char;
  using pointer = const char*;
  using reference = const char&;

  cursor(const char* at, std::size_t& reached) : at_(at), reached_(&reached) {}

  reference operator*() const { return *at_; }
  cursor& operator++() {
    ++at_;
    ++*reached_;
    return *this;
  }
  friend bool operator==(const cursor& a, const cursor& b) { return a.at_ == b.at_; }

private:
  const char* at_;
  std::size_t* reached_;
};

bool is_in_number(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// The parser looks one character beyond a number to see its end.
std::string_view number_that_ends(std::string_view read) {
  auto end = read.size();
  while (end > 0 && !is_in_number(read[end - 1]))
    --end;
  auto begin = end;
  while (begin > 0 && is_in_number(read[begin - 1]))
    --begin;
  return read.substr(begin, end - begin);
}

std::string place(std::string_view read) {
  if (read.ends_with('\n'))
    read.remove_suffix(1);
  const auto line = 1 + std::ranges::count(read, '\n');
  const auto column = read.size() - (read.rfind('\n') + 1);
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// Without the names and places the parser puts before it.
std::string plain(std::string_view message) {
  if (const auto name = message.find("] "); message.starts_with('[') && name != message.npos)
    message.remove_prefix(name + 2);
  if (const auto at = message.find(": "); message.starts_with("parse error") && at != message.npos)
    message.remove_prefix(at + 2);
  return printable(message, 300);
}

} // namespace

// What nlohmann's parser reports to.
class builder {
public:
  builder(document& made, const std::size_t& reached) : made_(made), reached_(reached) {}

  const std::optional<fault>& trouble() const { return trouble_; }

  bool null() { return add(value::kind::null, read()); }
  bool boolean(bool x) { return add(value::kind::boolean, x ? "true" : "false"); }
  bool number_integer(json::number_integer_t x) { return number(static_cast<double>(x)); }
  bool number_unsigned(json::number_unsigned_t x) { return number(static_cast<double>(x)); }
  bool number_float(json::number_float_t x, const std::string&) { return number(x); }
  bool binary(json::binary_t&) { return false; } // not in a text
  bool string(std::string& x) { return add(value::kind::text, kept(x)); }
  bool key(std::string& x) {
    key_ = kept(x);
    return true;
  }

  bool start_object(std::size_t) { return open(value::kind::object); }
  bool start_array(std::size_t) { return open(value::kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  /// For the parser a text ends there, whatever comes behind it.
  void end_at_zero_byte() { stop("not JSON: " + place(read()) + ": a zero byte"); }

  bool parse_error(std::size_t, const std::string&, const json::exception& e) {
    return stop("not JSON: " + place(read()) + ": " + plain(e.what()));
  }

private:
  std::vector<value>& row() { return made_.row_; }
  std::string_view read() const { return made_.source_.substr(0, reached_); }

  bool stop(std::string what) {
    trouble_ = {open_.empty() ? "" : made_.pointer(row()[open_.back()]), std::move(what),
                static_cast<std::uint32_t>(1 + std::ranges::count(without_last(read()), '\n'))};
    return false;
  }

  static std::string_view without_last(std::string_view text) {
    return text.substr(0, text.empty() ? 0 : text.size() - 1);
  }

  /// The text in the source if it stands there as it is, else a copy.
  std::string_view kept(std::string& x) {
    if (reached_ > x.size()) {
      const auto raw = made_.source_.substr(reached_ - 1 - x.size(), x.size());
      if (raw == x)
        return raw;
    }
    return made_.texts_.emplace_back(std::move(x));
  }

  bool number(double x) {
    const auto text = number_that_ends(read());
    add(value::kind::number, text);
    row().back().number = x;
    row().back().at = static_cast<std::size_t>(text.data() - made_.source_.data());
    return true;
  }

  bool add(value::kind what, std::string_view text) {
    const auto parent = open_.empty() ? 0 : open_.back();
    const auto index = static_cast<std::uint32_t>(row().size());
    const auto ordinal = open_.empty() ? 0 : counts_.back()++;
    row().push_back({what, parent, index + 1, ordinal, reached_ - 1, 0, key_, text});
    key_ = {};
    return true;
  }

  bool open(value::kind what) {
    if (open_.size() == document::max_depth)
      return stop(place(read()) + ": nested deeper than " + std::to_string(document::max_depth)
                  + " levels");
    add(what, {});
    open_.push_back(row().back().next - 1);
    counts_.push_back(0);
    return true;
  }

  bool close() {
    auto& closed = row()[open_.back()];
    closed.next = static_cast<std::uint32_t>(row().size());
    closed.text = read().substr(closed.at);
    open_.pop_back();
    counts_.pop_back();
    return true;
  }

  document& made_;
  const std::size_t& reached_;
  std::string_view key_{};
  std::vector<std::uint32_t> open_{};   // containers around the current place
  std::vector<std::uint32_t> counts_{}; // how much is in each of them
  std::optional<fault> trouble_{};
};

std::string_view name_of(value::kind what) {
  switch (what) {
    case value::kind::null:
      return "null";
    case value::kind::boolean:
      return "a boolean";
    case value::kind::number:
      return "a number";
    case value::kind::text:
      return "a string";
    case value::kind::array:
      return "an array";
    case value::kind::object:
      return "an object";
  }
  return {};
}

expected<document> document::parse(std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max())
    return fault{{}, "larger than 4 GiB"};
  const auto zero = std::min(text.find('\0'), text.size());
  document made;
  made.source_ = text;
  std::size_t reached = 0;
  std::size_t unused = 0;
  builder sax{made, reached};
  const auto* const end = text.data() + text.size();
  const auto good = json::sax_parse(cursor{text.data(), reached}, cursor{end, unused}, &sax,
                                    json::input_format_t::json, true, true);
  if (!good && reached <= zero)
    return *sax.trouble();
  if (zero != text.size()) {
    reached = zero + 1;
    sax.end_at_zero_byte();
  }
  if (sax.trouble())
    return *sax.trouble();
  return made;
}

const value* document::find(const value& object, std::string_view key) const {
  for (const auto& member : in(object))
    if (member.key == key)
      return &member;
  return nullptr;
}

std::string document::pointer(const value& x) const {
  std::vector<const value*> path;
  for (const auto* v = &x; v != &root(); v = &row_[v->parent])
    path.push_back(v);
  std::ranges::reverse(path);
  std::string text;
  for (const auto* v : path)
    if (row_[v->parent].what == value::kind::array)
      text = below(std::move(text), std::to_string(v->ordinal));
    else
      text = below(std::move(text), v->key);
  return text;
}

std::vector<const value*> document::repeated() const {
  std::vector<const value*> result, same;
  for (const auto& object : row_) {
    if (object.what != value::kind::object)
      continue;
    same.clear();
    for (const auto& member : in(object))
      same.push_back(&member);
    std::ranges::sort(same, [](const value* a, const value* b) {
      return a->key != b->key ? a->key < b->key : a < b;
    });
    for (std::size_t i = 1; i < same.size(); ++i)
      if (same[i]->key == same[i - 1]->key)
        result.push_back(same[i]);
  }
  return result;
}

std::string below(std::string pointer, std::string_view key) {
  pointer += '/';
  for (const auto c : printable(key))
    if (c == '~' || c == '/')
      pointer += c == '~' ? "~0" : "~1";
    else
      pointer += c;
  return pointer;
}

} // namespace supervisor::config
