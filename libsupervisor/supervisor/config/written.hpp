#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace supervisor::config {

/// A piece of JSON that is to be written: nothing, a text, an array or an object.
class written {
public:
  written() = default; ///< nothing: a key with this value is left out

  /// A value that is JSON already, on one line.
  static written raw(std::string json);
  /// A string. Bytes that are no UTF-8 are replaced.
  static written text(std::string_view);
  static written array() { return written{kind::array, {}}; }
  static written object() { return written{kind::object, {}}; }

  bool is_nothing() const { return kind_ == kind::nothing; }

  void add(written element) { parts_.emplace_back(std::string{}, std::move(element)); }
  /// Leaves the key out if there is nothing to write.
  void add(std::string_view key, written value);

  /// Two spaces a level; arrays of plain values and empty objects on one line.
  std::string dump() const;

private:
  enum class kind { nothing, raw, array, object };

  written(kind what, std::string raw) : kind_(what), raw_(std::move(raw)) {}

  bool is_short() const;
  void dump(std::string& to, std::size_t level) const;

  kind kind_ = kind::nothing;
  std::string raw_{};
  std::vector<std::pair<std::string, written>> parts_{};
};

} // namespace supervisor::config
