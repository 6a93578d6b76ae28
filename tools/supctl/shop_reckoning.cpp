#include "shop_reckoning.hpp"

#include <algorithm>
#include <numeric>
#include <ostream>
#include <utility>

namespace supervisor::shop {

bool book::write(entry x) {
  if (!orders_.insert(x.order).second) {
    ++refused_;
    return false;
  }
  entries_.push_back(std::move(x));
  return true;
}

namespace {

using fate = order_slip::fate;

std::map<std::int64_t, int> times_booked(const bookshelf& shelf) {
  std::map<std::int64_t, int> times;
  for (const auto& book : shelf)
    for (const auto& entry : book->entries())
      ++times[entry.order];
  return times;
}

std::uint64_t refused(const bookshelf& shelf) {
  return std::accumulate(shelf.begin(), shelf.end(), std::uint64_t{0},
                         [](auto sum, const auto& book) { return sum + book->refused(); });
}

/// What is wrong with one order; empty if nothing is.
std::string disagreement(const order_slip& slip, int times) {
  if (times > 1)
    return "is in the books " + std::to_string(times) + " times";
  if (slip.came_of_it == fate::booked && times == 0)
    return "was lost: its booking was confirmed, but is in no book";
  if (slip.came_of_it == fate::rejected && times == 1)
    return "was rejected, but is booked";
  return {};
}

std::vector<std::string> disagreements(const import_progress& done, const bookshelf& shelf) {
  const auto times = times_booked(shelf);
  std::vector<std::string> all;
  for (const auto& slip : done.slips) {
    const auto found = times.find(slip.id);
    auto what = disagreement(slip, found == times.end() ? 0 : found->second);
    if (what.empty() && done.complete && slip.came_of_it == fate::open)
      what = "was forgotten: neither booked nor rejected";
    if (!what.empty())
      all.push_back("order " + std::to_string(slip.id) + " " + what);
  }
  return all;
}

void print_balance(std::ostream& out, const import_progress& done) {
  const auto count
    = [&](fate x) { return std::ranges::count(done.slips, x, &order_slip::came_of_it); };
  out << done.slips.size() << " orders read = " << count(fate::booked) << " booked + "
      << count(fate::rejected) << " rejected";
  if (const auto open = count(fate::open))
    out << " + " << open << " open";
}

void print_healing(std::ostream& out, const import_progress& done, const bookshelf& shelf) {
  std::uint64_t again = 0;
  std::string why;
  for (const auto& [error, times] : done.sent_again) {
    again += times;
    why += (why.empty() ? " (" : ", ") + std::to_string(times) + " " + error;
  }
  out << "  crashes seen by the importer: " << done.crashes << ", by poison orders\n"
      << "  orders sent again that were only near: " << again << why << (why.empty() ? "" : ")")
      << "\n"
      << "  second bookings refused by the ledger: " << refused(shelf) << "\n";
}

} // namespace

bool reckon(std::ostream& out, const import_progress& done, const bookshelf& shelf) {
  const auto wrong = disagreements(done, shelf);
  out << "reckoning: " << (wrong.empty() ? "" : "UNBALANCED: ");
  print_balance(out, done);
  if (wrong.empty())
    out << "; nothing lost, nothing twice";
  if (!done.complete)
    out << "; stopped before the end";
  out << "\n";
  for (const auto& what : wrong)
    out << "  " << what << "\n";
  print_healing(out, done, shelf);
  return wrong.empty();
}

} // namespace supervisor::shop
