#pragma once

// Whether two launchers start the same: internal to the templates of launcher.hpp.

#include "supervisor/actors/detail/cell.hpp"
#include "supervisor/spec/spec.hpp"

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace supervisor::detail {

/// What a launcher was made of.
class made_of {
public:
  virtual ~made_of() = default;

  /// Why `is` is not the same; empty if it is.
  virtual std::string difference(const made_of& is) const = 0;

  /// What was part of it from the beginning, and not said later.
  std::shared_ptr<const supervisor::while_down> down{};
};

// -- single values -----------------------------------------------------------------------------------

template <class T>
struct can_compare;

/// The containers of std have an == that does not compile for every element.
template <class T>
struct elements_can_compare : std::true_type {};

template <class T>
requires requires {
  typename T::value_type;
} &&(!std::same_as<typename T::value_type, T>)struct elements_can_compare<T>
  : can_compare<typename T::value_type> {
};

template <class... Ts>
struct elements_can_compare<std::tuple<Ts...>> : std::conjunction<can_compare<Ts>...> {};

template <class A, class B>
struct elements_can_compare<std::pair<A, B>> : std::conjunction<can_compare<A>, can_compare<B>> {};

template <class... Ts>
struct elements_can_compare<std::variant<Ts...>> : std::conjunction<can_compare<Ts>...> {};

template <class T>
struct can_compare
  : std::bool_constant<elements_can_compare<T>::value && std::equality_comparable<T>> {};

enum class likeness : std::uint8_t { same, other, unknown };

constexpr likeness likeness_of(bool equal) { return equal ? likeness::same : likeness::other; }

/// A lambda without captures is all in its type.
template <class T>
likeness alike(const T& a, const T& b) {
  if constexpr (std::is_empty_v<T>)
    return likeness::same;
  else if constexpr (can_compare<T>::value)
    return likeness_of(a == b);
  else
    return likeness::unknown;
}

template <class T>
likeness alike(const std::reference_wrapper<T>& a, const std::reference_wrapper<T>& b) {
  return likeness_of(&a.get() == &b.get());
}

std::string difference_of(likeness function, const std::vector<likeness>& args);

inline constexpr std::string_view runs_something_else = "start: it runs something else";

// -- functions and their arguments -------------------------------------------------------------------

/// Shared by all starts. `F` is a function, or the std::type_identity of an actor class.
template <task_kind Kind, class F, class... Args>
class parts final : public made_of {
public:
  explicit parts(F f, Args... xs) : body(std::move(f)), args(std::move(xs)...) {}

  std::string difference(const made_of& is) const override {
    const auto* other = dynamic_cast<const parts*>(&is);
    if (!other)
      return std::string{runs_something_else};
    return difference_of(alike(body, other->body),
                         compare(*other, std::index_sequence_for<Args...>{}));
  }

  const F body;
  const std::tuple<Args...> args;

private:
  template <std::size_t... I>
  std::vector<likeness> compare(const parts& is, std::index_sequence<I...>) const {
    return {alike(std::get<I>(args), std::get<I>(is.args))...};
  }
};

} // namespace supervisor::detail
