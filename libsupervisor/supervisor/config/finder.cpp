#include "supervisor/config/finder.hpp"

#include <charconv>

namespace supervisor::config {

namespace {

std::string unescaped(std::string_view step) {
  std::string key;
  for (std::size_t i = 0; i < step.size(); ++i)
    if (step[i] == '~' && i + 1 < step.size())
      key += step[++i] == '1' ? '/' : '~';
    else
      key += step[i];
  return key;
}

} // namespace

const value& finder::nearest(std::string_view pointer) {
  const auto* at = &file_.root();
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    const auto* const found
      = at->what == value::kind::array ? element(*at, step) : member(*at, unescaped(step));
    if (!found)
      return *at;
    at = found;
  }
  return *at;
}

const value* finder::element(const value& array, std::string_view step) {
  auto& all = arrays_[&array];
  if (all.empty())
    for (const auto& x : file_.in(array))
      all.push_back(&x);
  std::size_t ordinal = all.size();
  std::from_chars(step.data(), step.data() + step.size(), ordinal);
  return ordinal < all.size() ? all[ordinal] : nullptr;
}

/// The first one of that name.
const value* finder::member(const value& object, std::string_view key) {
  auto& all = objects_[&object];
  if (all.empty())
    for (const auto& x : file_.in(object))
      all.emplace(x.key, &x);
  const auto found = all.find(key);
  return found == all.end() ? nullptr : found->second;
}

} // namespace supervisor::config
