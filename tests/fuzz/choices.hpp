#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

/// What a target takes its decisions from: the bytes of the input, and zeros after them.
class choices {
public:
  explicit choices(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }

  std::uint8_t byte() {
    if (rest_.empty())
      return 0;
    const auto first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }

  /// Below `sides`, which is at most 256.
  std::uint32_t roll(std::size_t sides) { return static_cast<std::uint32_t>(byte() % sides); }

  /// Never once the bytes are used up.
  bool maybe() { return byte() % 2 == 1; }

  template <class T>
  T one_of(std::initializer_list<T> all) {
    return *(all.begin() + roll(all.size()));
  }

  /// One of the first `count` values of an enum.
  template <class Enum>
  Enum word(std::size_t count) {
    return static_cast<Enum>(roll(count));
  }

  std::string text(std::size_t most) {
    std::string made;
    for (auto n = roll(most + 1); n > 0; --n)
      made += static_cast<char>(byte());
    return made;
  }

  std::span<const std::uint8_t> rest() const { return rest_; }

private:
  std::span<const std::uint8_t> rest_;
};
