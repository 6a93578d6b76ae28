#pragma once

#include <utility>

#include <unistd.h>

namespace supervisor {

/// Owns a file descriptor.
class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() { close(); }

  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

  descriptor& operator=(descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

  void close() {
    if (const auto number = std::exchange(number_, -1); number >= 0)
      ::close(number);
  }

private:
  int number_ = -1;
};

} // namespace supervisor
