#pragma once

#include "supervisor/config/values.hpp"
#include "supervisor/spec.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace supervisor::config {

/// What a field may hold.
enum class holds : std::uint8_t {
  version,
  id,
  ids,
  text,
  texts,
  anything, ///< an object that we hand on unread
  limit,
  word,
  duration,
  duration_or_word,
  jitter,
  shutdown,
  children,
  object,
};

/// One key of an object. The tables of these are all that decoder and schema know of a file.
template <class T>
struct field {
  std::string_view key{};
  holds what = holds::text;
  std::string_view doc{};
  std::string_view by_default{};                      ///< as JSON; empty: nothing to show
  void (*read)(reading&, const value&, T&) = nullptr; ///< null: not supported yet
  words one_of{};                                     ///< for words
  std::string_view object{};                          ///< for objects, its name
  bool required = false;
};

std::span<const field<backoff>> backoff_fields();
std::span<const field<intensity>> intensity_fields();
std::span<const field<stop_budget>> shutdown_fields();
std::span<const field<child_defaults>> defaults_fields();
std::span<const field<declared_child_spec>> child_fields();
std::span<const field<declared_spec>> supervisor_fields();
std::span<const field<declared_spec>> file_fields();

} // namespace supervisor::config
