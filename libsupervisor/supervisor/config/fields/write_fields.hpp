#pragma once

// How the tables of fields.hpp are written, as templates: for those who fill them in, and for nobody
// else.

#include "supervisor/config/fields/fields.hpp"
#include "supervisor/config/written.hpp"

#include <concepts>
#include <map>
#include <optional>
#include <type_traits>
#include <vector>

namespace supervisor::config {

/// A struct with a table of its own, and not one that only becomes such a struct.
template <class T>
concept has_fields = requires(const T& x) {
  { fields_of(x) } -> std::same_as<std::span<const field<T>>>;
};

// -- one value, by its type ----------------------------------------------------------------------------

inline written json_of(const std::string& x) { return written::text(x); }
inline written json_of(std::string_view x) { return written::text(x); }
inline written json_of(bool x) { return written::raw(x ? "true" : "false"); }
written json_of(double);
written json_of(std::int32_t);
/// Or "unlimited".
written json_of(std::uint32_t limit);
written json_of(std::uint64_t);
/// Exactly, as `words` says it.
written json_of(nanoseconds);
written json_of(const jitter&);
written json_of(const stop_budget&);

template <class Enum>
requires std::is_enum_v<Enum> written json_of(Enum x) { return written::text(label(x)); }

template <class T>
written json_of(std::span<const field<T>> fields, const T& x) {
  auto made = written::object();
  for (const auto& f : fields)
    if (f.is.write)
      made.add(f.key, f.is.write(x));
  return made;
}

template <class T>
requires requires(const T& x) {
  fields_of(x);
} &&(!std::same_as<T, stop_budget>)written json_of(const T& x) {
  return json_of(fields_of(x), x);
}

template <class T>
written json_of(const std::vector<T>& all) {
  auto made = written::array();
  for (const auto& x : all)
    made.add(json_of(x));
  return made;
}

// -- one field -------------------------------------------------------------------------------------------

template <class X>
inline constexpr bool is_optional = false;
template <class X>
inline constexpr bool is_optional<std::optional<X>> = true;

/// A list says that it can be compared, whether its elements can or not.
template <class X>
inline constexpr bool is_comparable = std::equality_comparable<X>;
template <class X>
inline constexpr bool is_comparable<std::vector<X>> = std::equality_comparable<X>;

/// What a member says; nothing where it says what is so anyway. `all`: numbers that belong together are
/// written together.
template <class X>
written said(const X& x, const X& otherwise, bool all) {
  if constexpr (is_optional<X>)
    return x ? json_of(*x) : written{};
  else if constexpr (is_comparable<X>)
    return all || x != otherwise ? json_of(x) : written{};
  else
    return x.empty() ? written{} : json_of(x);
}

/// A struct whose fields are read together or not at all: see `read_numbers`.
template <class T>
inline constexpr bool is_numbers = std::is_trivially_copyable_v<T>;
template <>
inline constexpr bool is_numbers<child_defaults> = false;

template <auto Member, class T>
written from(const T& x) {
  static const T fresh{};
  return said(x.*Member, fresh.*Member, is_numbers<T>);
}

/// What a fresh struct says; nothing where that is nothing, an empty text or an object, whose own keys say it.
template <auto Member, class T>
written of_fresh() {
  static const T fresh{};
  const auto& x = fresh.*Member;
  using type = std::remove_cvref_t<decltype(x)>;
  if constexpr (is_optional<type> || has_fields<type>)
    return {};
  else if constexpr (std::same_as<type, std::string>)
    return x.empty() ? written{} : json_of(x);
  else
    return json_of(x);
}

template <auto Member, class T>
written from_more(const T& x) {
  using details = std::remove_cvref_t<decltype(*x.more)>;
  static const details fresh{};
  return x.more ? said((*x.more).*Member, fresh.*Member, false) : written{};
}

} // namespace supervisor::config
