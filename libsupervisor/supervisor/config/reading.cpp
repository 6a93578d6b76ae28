#include "supervisor/config/reading.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>

namespace supervisor::config {

void reading::wrong(const value& at, std::string what) {
  auto where = file_.pointer(at);
  unread_.add(where);
  note(at, std::move(where), std::move(what));
}

void reading::missing(const value& object, std::string_view key, std::string what) {
  auto where = below(file_.pointer(object), key);
  unread_.add(where);
  note(object, std::move(where), std::move(what));
}

void reading::unknown(const value& at, std::string what, std::string_view meant) {
  auto where = file_.pointer(at);
  if (!meant.empty()) {
    meant_.push_back(below(where.substr(0, where.rfind('/')), meant));
    unread_.add(meant_.back());
  }
  note(at, std::move(where), std::move(what));
}

namespace {

/// Whether `pointer` or what is around it is one of `some`; the whole file does not count.
bool is_within(const std::unordered_set<std::string>& some, std::string pointer) {
  while (!pointer.empty()) {
    if (some.contains(pointer))
      return true;
    pointer.erase(pointer.rfind('/'));
  }
  return false;
}

} // namespace

void reading::add(const faults& of_spec) {
  if (is_full())
    return; // which of these to drop is no longer known
  std::unordered_set<std::string> told{meant_.begin(), meant_.end()};
  for (const auto& x : found_)
    told.insert(x.what.where);
  for (const auto& x : of_spec)
    if (!is_within(told, x.where) && !unread_.may_explain(x))
      note(is_full() ? file_.root() : places_.nearest(x.where), x.where, x.what);
}

void reading::note(const value& at, std::string where, std::string what) {
  if (is_full())
    ++left_out_;
  else
    found_.push_back({at.at, {std::move(where), std::move(what)}});
}

// -- in the order of the file ----------------------------------------------------------------------------

namespace {

faults with_lines(std::string_view text, std::span<const located_fault* const> in_order) {
  faults result;
  std::size_t counted = 0;
  std::uint32_t line = 1;
  for (const auto* x : in_order) {
    line += static_cast<std::uint32_t>(
      std::ranges::count(text.substr(counted, x->at - counted), '\n'));
    counted = x->at;
    result.push_back(x->what);
    result.back().line = line;
  }
  return result;
}

std::vector<const located_fault*> sorted(const std::vector<located_fault>& some) {
  std::vector<const located_fault*> all;
  for (const auto& x : some)
    all.push_back(&x);
  std::ranges::stable_sort(all, {}, &located_fault::at);
  return all;
}

} // namespace

faults reading::in_order() const {
  auto result = with_lines(file_.source(), sorted(found_));
  if (left_out_ != 0)
    result.push_back({{}, "and " + std::to_string(left_out_) + " more faults"});
  return result;
}

faults in_order(const document& file, const faults& some) {
  finder places{file};
  std::vector<located_fault> all;
  for (const auto& x : some)
    all.push_back({places.nearest(x.where).at, x});
  const auto by_line = sorted(all);
  const auto told = std::min(by_line.size(), reading::most_faults);
  auto result = with_lines(file.source(), std::span{by_line}.first(told));
  if (told < all.size())
    result.push_back({{}, "and " + std::to_string(all.size() - told) + " more"});
  return result;
}

} // namespace supervisor::config
