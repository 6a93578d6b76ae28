#pragma once

// How two settings are held against each other, and what is said of those that differ: internal to
// the library.

#include "supervisor/changes/make_changes.hpp"
#include "supervisor/spec/setting_words.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <concepts>
#include <map>
#include <type_traits>

namespace supervisor::detail {

template <class T>
std::string text(const T& x) {
  if constexpr (std::same_as<T, bool>)
    return x ? "yes" : "no";
  else if constexpr (std::same_as<T, std::uint32_t>)
    return x == unlimited ? "unlimited" : std::to_string(x);
  else if constexpr (std::is_enum_v<T>)
    return words(label(x));
  else
    return words(x);
}

template <class T>
std::string text(const std::optional<T>& x) {
  return x ? text(*x) : "none";
}

/// Where two long texts become worth reading.
inline std::size_t first_of_interest(const std::string& a, const std::string& b) {
  const auto same = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  return same < 40 ? 0 : same - 20;
}

inline std::string excerpt(const std::string& x, std::size_t from) {
  return x.empty() ? "none" : (from > 0 ? "..." : "") + showing::printable(x.substr(from));
}

using named = std::map<std::string, std::string>;

inline std::string found_in(const named& all, const std::string& name) {
  const auto at = all.find(name);
  return at == all.end() ? "none" : at->second;
}

/// Collects what is not the same.
struct findings {
  reasons why{};

  void say(const std::string& field, const std::string& was, const std::string& is) {
    why.push_back(field + ": " + was + " -> " + is);
  }

  /// What has the same words does the same.
  void compare_words(const std::string& field, const std::string& was, const std::string& is) {
    if (was != is)
      say(field, was, is);
  }

  template <class T>
  void compare(const std::string& field, const T& was, const T& is) {
    if (was != is)
      compare_words(field, text(was), text(is));
  }

  /// Of any length.
  void compare_texts(const std::string& field, const std::string& was, const std::string& is) {
    if (was == is)
      return;
    const auto from = first_of_interest(was, is);
    say(field, excerpt(was, from), excerpt(is, from));
  }

  /// In any order they are the same.
  void compare_names(const std::string& field, std::vector<std::string> was,
                     std::vector<std::string> is) {
    std::ranges::sort(was);
    std::ranges::sort(is);
    if (was != is)
      say(field, words(was), words(is));
  }

  /// The same, by their names.
  void compare_each_text(const std::string& field, const named& was, const named& is) {
    auto all = was;
    all.insert(is.begin(), is.end());
    for (const auto& [name, ignored] : all)
      compare_texts(field + " " + showing::quoted(name), found_in(was, name), found_in(is, name));
  }

  void compare_policies(const std::string& field, const std::optional<restart_policy>& was,
                        const std::optional<restart_policy>& is) {
    if (was && is && *was != *is)
      why.push_back(field + ": another one");
    else
      compare_words(field, was ? "its own" : "none", is ? "its own" : "none");
  }

  /// By what they are about.
  void compare_each(const std::string& field, const named& was, const named& is) {
    auto all = was;
    all.insert(is.begin(), is.end());
    for (const auto& [name, ignored] : all)
      compare_words(field + " " + showing::quoted(name), found_in(was, name), found_in(is, name));
  }
};

} // namespace supervisor::detail
