#include "supervisor/config/reading.hpp"

#include <algorithm>
#include <utility>

namespace supervisor::config {

void reading::wrong(const value& at, std::string what) {
  note(at, file_.pointer(at), std::move(what));
}

void reading::missing(const value& object, std::string_view key, std::string what) {
  note(object, below(file_.pointer(object), key), std::move(what));
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
  std::unordered_set<std::string> unread;
  for (const auto& x : found_)
    unread.insert(x.what.where);
  for (const auto& x : of_spec)
    if (!is_within(unread, x.where))
      note(is_full() ? file_.root() : file_.nearest(x.where), x.where, x.what);
}

void reading::note(const value& at, std::string where, std::string what) {
  if (is_full())
    ++left_out_;
  else
    found_.push_back({at.at, {std::move(where), std::move(what)}});
}

faults reading::in_order() && {
  std::ranges::stable_sort(found_, {}, &finding::at);
  const auto text = file_.source();
  faults result;
  std::size_t counted = 0;
  std::uint32_t line = 1;
  for (auto& [at, what] : found_) {
    line
      += static_cast<std::uint32_t>(std::ranges::count(text.substr(counted, at - counted), '\n'));
    counted = at;
    what.line = line;
    result.push_back(std::move(what));
  }
  if (left_out_ != 0)
    result.push_back({{}, "and " + std::to_string(left_out_) + " more faults"});
  return result;
}

} // namespace supervisor::config
