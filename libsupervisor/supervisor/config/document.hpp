#pragma once

#include "supervisor/expected.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor::config {

/// One value of a file. All values of a file stand in one row, each followed by what is in it.
struct value {
  enum class kind : std::uint8_t { null, boolean, number, text, array, object };

  kind what = kind::null;
  std::uint32_t parent = 0;  ///< where in the row
  std::uint32_t next = 0;    ///< where in the row the first value is that is not in this one
  std::uint32_t ordinal = 0; ///< among its siblings
  std::size_t at = 0;        ///< where in the file it begins; for a text, where it ends
  double number = 0;
  std::string_view key{};  ///< if it is in an object
  std::string_view text{}; ///< what a text says; anything else as it is written
};

/// "a number", "an object".
std::string_view name_of(value::kind);

/// The members of an object or the elements of an array.
class members {
public:
  class iterator {
  public:
    iterator(const value* row, const value* at) : row_(row), at_(at) {}
    const value& operator*() const { return *at_; }
    iterator& operator++() {
      at_ = row_ + at_->next;
      return *this;
    }
    friend bool operator==(const iterator&, const iterator&) = default;

  private:
    const value* row_;
    const value* at_;
  };

  members(const std::vector<value>& row, const value& of)
    : row_(row.data()), first_(&of + 1), last_(row.data() + of.next) {}

  iterator begin() const { return iterator{row_, first_}; }
  iterator end() const { return iterator{row_, last_}; }

private:
  const value* row_;
  const value* first_;
  const value* last_;
};

/// A parsed file that knows where in the file everything is. Refers to the text it was read from.
class document {
public:
  static constexpr std::size_t max_depth = 200; // 66 supervisors in one another

  static expected<document> parse(std::string_view text);

  document(document&&) = default; // a copy would refer to the texts of the original
  document& operator=(document&&) = default;

  std::string_view source() const { return source_; }
  const value& root() const { return row_.front(); }
  members in(const value& x) const { return {row_, x}; }
  const value* find(const value& object, std::string_view key) const;

  std::string pointer(const value&) const;

  /// Members whose key an earlier member of the same object has.
  std::vector<const value*> repeated() const;

private:
  friend class builder;
  document() = default;

  std::string_view source_{};
  std::vector<value> row_{};
  std::deque<std::string> texts_{}; // those that are not in the source as they are
};

/// A pointer one step longer.
std::string below(std::string pointer, std::string_view key);

} // namespace supervisor::config
