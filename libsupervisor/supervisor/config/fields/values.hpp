#pragma once

#include "supervisor/config/reading.hpp"
#include "supervisor/spec/spec.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// Each `read` decodes one value, or says what is wrong with it and leaves `to` as good as it was.

namespace supervisor::config {

/// The words of an enumeration, in its order.
template <class Enum, std::size_t Count>
constexpr std::array<std::string_view, Count> labels() {
  std::array<std::string_view, Count> words{};
  for (std::size_t i = 0; i < Count; ++i)
    words[i] = label(static_cast<Enum>(i));
  return words;
}

template <class Enum>
inline constexpr std::array<std::string_view, 0> words_of{};
template <>
inline constexpr auto words_of<strategy> = labels<strategy, 5>();
template <>
inline constexpr auto words_of<restart> = labels<restart, 3>();
template <>
inline constexpr auto words_of<readiness> = labels<readiness, 2>();
template <>
inline constexpr auto words_of<criticality> = labels<criticality, 2>();
template <>
inline constexpr auto words_of<task_role> = labels<task_role, 5>();
template <>
inline constexpr auto words_of<severity_class> = labels<severity_class, 3>();
template <>
inline constexpr auto words_of<escalation_policy> = labels<escalation_policy, 3>();
template <>
inline constexpr auto words_of<propagation> = labels<propagation, 3>();
template <>
inline constexpr auto words_of<on_success_action> = labels<on_success_action, 3>();
template <>
inline constexpr auto words_of<on_failure_action> = labels<on_failure_action, 3>();
template <>
inline constexpr auto words_of<on_manual_stop_action> = labels<on_manual_stop_action, 2>();
template <>
inline constexpr auto words_of<on_timeout_action> = labels<on_timeout_action, 2>();
template <>
inline constexpr auto
  words_of<on_budget_exhausted_action> = labels<on_budget_exhausted_action, 2>();
template <>
inline constexpr auto words_of<failure_window_mode> = labels<failure_window_mode, 2>();
template <>
inline constexpr auto words_of<auto_shutdown> = labels<auto_shutdown, 3>();
template <>
inline constexpr auto words_of<on_stall_action> = labels<on_stall_action, 2>();
template <>
inline constexpr auto words_of<env_inheritance> = labels<env_inheritance, 3>();
template <>
inline constexpr auto words_of<stop_target> = labels<stop_target, 3>();

inline constexpr std::array<std::string_view, 3> jitter_words{"disabled", "full", "decorrelated"};
inline constexpr std::array<std::string_view, 2> stop_words{"brutal_kill", "unlimited"};
inline constexpr std::array<std::string_view, 1> unlimited_word{"unlimited"};
inline constexpr std::array<std::string_view, 1> guarded_word{"guarded"};

using words = std::span<const std::string_view>;

/// "restart, backoff, shutdown".
std::string list(words);

/// Says that a value is of the wrong kind: "is a number, must be ...".
void wrong_kind(reading&, const value&, std::string_view must_be);

std::optional<std::size_t> read_word(reading&, const value&, words);

/// A duration or, where `word` says so, a word for one that never ends.
void read_duration(reading&, const value&, words instead, nanoseconds& to);

void read(reading&, const value&, std::string& to);
void read(reading&, const value&, std::vector<std::string>& to);
void read(reading&, const value&, nanoseconds& to);
void read(reading&, const value&, jitter& to);
void read(reading&, const value&, bool& to);
void read(reading&, const value&, double& to);
void read(reading&, const value&, std::vector<std::int32_t>& to);

/// A whole number or "unlimited".
void read(reading&, const value&, std::uint32_t& limit);

/// A whole number.
void read_count(reading&, const value&, std::uint32_t& to);
void read_count(reading&, const value&, std::optional<std::uint32_t>& to);
void read_count(reading&, const value&, std::optional<std::uint64_t>& to);

/// The largest whole number that a file can say exactly.
inline constexpr std::uint64_t most_in_file = (std::uint64_t{1} << 53) - 1;

/// Texts that may be empty.
void read_any_text(reading&, const value&, std::string& to);
void read_any_texts(reading&, const value&, std::vector<std::string>& to);

/// "022"; at most 0777.
void read_umask(reading&, const value&, std::optional<std::uint32_t>& to);

template <class Enum>
requires std::is_enum_v<Enum>
void read(reading& r, const value& v, Enum& to) {
  if (const auto i = read_word(r, v, words_of<Enum>))
    to = static_cast<Enum>(*i);
}

} // namespace supervisor::config
