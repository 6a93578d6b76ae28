#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace frozen {

/// One thing wrong with a spec, a file or a command: where it is, and what would be right.
struct fault {
  std::string where{};    ///< a JSON pointer into the spec, such as /children/2/backoff
  std::string what{};     ///< one sentence
  std::uint32_t line = 0; ///< of the file it was read from; 0 if it comes from no file

  friend bool operator==(const fault&, const fault&) = default;
};

using faults = std::vector<fault>;

/// "/children/2/backoff (line 14): ...", the empty pointer as "/".
std::string to_string(const fault&);

/// One line a fault.
std::string to_string(const faults&);

namespace detail {

/// Of a program that has not looked: std::logic_error, whose text says the faults.
[[noreturn]] void throw_no_value(const faults&);
[[noreturn]] void throw_no_fault();

} // namespace detail

/// A value, or all that is wrong with what it should have come from; never an empty list. Whoever takes
/// the one for the other gets a std::logic_error, which says the faults.
template <class T>
class [[nodiscard]] expected {
public:
  expected(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  expected(faults wrong) : held_(std::in_place_index<1>, std::move(wrong)) {
    assert(!error().empty());
  }
  expected(fault wrong) : expected(faults{std::move(wrong)}) {}

  explicit operator bool() const { return held_.index() == 0; }

  T& operator*() & { return *checked(); }
  const T& operator*() const& { return *checked(); }
  T&& operator*() && { return std::move(*checked()); }
  T* operator->() { return checked(); }
  const T* operator->() const { return checked(); }

  const faults& error() const {
    const auto* wrong = std::get_if<1>(&held_);
    if (!wrong)
      detail::throw_no_fault();
    return *wrong;
  }

private:
  const T* checked() const {
    const auto* value = std::get_if<0>(&held_);
    if (!value)
      detail::throw_no_value(error());
    return value;
  }

  T* checked() { return const_cast<T*>(std::as_const(*this).checked()); }

  std::variant<T, faults> held_;
};

/// The closest of `known` to `word`; empty if none is close.
std::string_view closest_to(std::string_view word, const std::vector<std::string_view>& known);

/// The same, as ", did you mean \"x\"?".
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

/// Whether a fault says so of a name.
bool has_guess(const fault&);

} // namespace frozen
