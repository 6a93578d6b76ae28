#pragma once

#include "supervisor/search/key.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace supervisor::searching {

/// By how few crashes each world was reached. Tables with open addresses, which take no memory but
/// their own blocks, so that their size is known and not guessed. There are many of them, and they grow
/// one by one: a single table would exist twice while it grows.
class seen {
public:
  /// Null if the world is not there.
  std::uint32_t* find(const key& x) { return table_of(x).find(x); }

  /// One that is not there.
  void add(const key&, std::uint32_t crashes);

  std::uint64_t size() const { return size_; }
  std::uint64_t bytes() const { return bytes_; }

  /// How many more there are while this one is added.
  std::uint64_t more_bytes_to_add(const key&) const;

private:
  class table {
  public:
    std::uint32_t* find(const key&);
    void add(const key&, std::uint32_t crashes);
    void grow();
    bool is_full() const { return 4 * (size_ + 1) > 3 * keys_.size(); }
    std::uint64_t bytes() const { return keys_.size() * (sizeof(key) + sizeof(std::uint32_t)); }

  private:
    std::size_t place_of(const key&) const;

    static constexpr std::size_t first_places = 16; ///< a power of two, as all that follow

    std::vector<key> keys_ = std::vector<key>(first_places);
    std::vector<std::uint32_t> crashes_
      = std::vector<std::uint32_t>(first_places, nobody); ///< nobody: the place is free
    std::size_t size_ = 0;
  };

  static constexpr std::size_t tables = 64;

  table& table_of(const key& x) { return tables_[x.b % tables]; }
  const table& table_of(const key& x) const { return tables_[x.b % tables]; }

  std::array<table, tables> tables_{};
  std::uint64_t size_ = 0;
  std::uint64_t bytes_ = tables * tables_[0].bytes();
};

} // namespace supervisor::searching
