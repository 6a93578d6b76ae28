#pragma once

#include "supervisor/config/consequences.hpp"
#include "supervisor/config/finder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace supervisor::config {

/// A fault, and where in the file what it is about stands.
struct located_fault {
  std::size_t at = 0;
  fault what{};
};

/// A file while it is decoded, and what is wrong with it so far.
class reading {
public:
  static constexpr std::size_t most_faults = 1000; // the rest is counted

  explicit reading(const document& file) : file_(file), places_(file) {}

  const document& file() const { return file_; }
  std::size_t count() const { return found_.size() + left_out_; }

  void wrong(const value& at, std::string what);

  /// For a key that `object` should have.
  void missing(const value& object, std::string_view key, std::string what);

  /// For a key that nobody knows; `meant` is the one that it may be, if there is one.
  void unknown(const value& at, std::string what, std::string_view meant);

  /// Faults of what was decoded, found without the file. Those that follow from others are dropped: at
  /// or inside a value that already has one, or about one that was held against a value that could not
  /// be read.
  void add(const faults& of_spec);

  /// Whether all children could be read, and their ids: else nobody knows whom a name means.
  bool knows_all_children() const { return !unread_.has_children(); }

  /// In the order of the file, with lines; if there are very many, the last one says how many more.
  faults in_order() const;

private:
  bool is_full() const { return found_.size() == most_faults; }
  void note(const value& at, std::string where, std::string what);

  const document& file_;
  finder places_;
  std::vector<located_fault> found_{};
  std::vector<std::string> meant_{}; ///< places of keys that may be misspelt
  unread_places unread_{};
  std::size_t left_out_ = 0;
};

/// Whatever else is to be said of a file, likewise: nothing is dropped.
faults in_order(const document&, const faults&);

} // namespace supervisor::config
