#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace supervisor::shop {

/// What a ledger has written down.
class book {
public:
  struct entry {
    std::int64_t order = 0;
    std::string item{};
    std::int64_t cents = 0;
  };

  /// False, and nothing is written, if the order is in the book already.
  bool write(entry);

  const std::vector<entry>& entries() const { return entries_; }
  std::uint64_t refused() const { return refused_; }

private:
  std::vector<entry> entries_;
  std::set<std::int64_t> orders_;
  std::uint64_t refused_ = 0;
};

/// What an importer knows of one order.
struct order_slip {
  enum class fate : std::uint8_t { open, booked, rejected };

  std::int64_t id = 0;
  std::string line{};
  fate came_of_it = fate::open;
  std::uint32_t crashes = 0; ///< of workers that had taken it
};

/// What an importer has done.
struct import_progress {
  std::vector<order_slip> slips{}; ///< one for each line read, in order
  bool complete = false;
  std::uint64_t crashes = 0;
  std::map<std::string, std::uint64_t> sent_again{}; ///< through no fault of the order, by error
};

using bookshelf = std::vector<std::shared_ptr<const book>>;

/// Compares what the importer believes with what is in the books, and says so. False if they
/// disagree.
bool reckon(std::ostream&, const import_progress&, const bookshelf&);

} // namespace supervisor::shop
