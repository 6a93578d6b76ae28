#include "supervisor/config/written.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace supervisor::config {

namespace {

std::string as_json(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void new_line(std::string& to, std::size_t level) { to += '\n' + std::string(2 * level, ' '); }

} // namespace

written written::raw(std::string json) { return {kind::raw, std::move(json)}; }
written written::text(std::string_view text) { return raw(as_json(text)); }

void written::add(std::string_view key, written value) {
  if (!value.is_nothing())
    parts_.emplace_back(key, std::move(value));
}

bool written::is_short() const {
  return parts_.empty() || (kind_ == kind::array && std::ranges::all_of(parts_, [](const auto& x) {
                              return x.second.kind_ == kind::raw;
                            }));
}

std::string written::dump() const {
  std::string text;
  dump(text, 0);
  return text + '\n';
}

void written::dump(std::string& to, std::size_t level) const {
  if (kind_ == kind::raw || kind_ == kind::nothing) {
    to += kind_ == kind::raw ? raw_ : "null";
    return;
  }
  to += kind_ == kind::array ? '[' : '{';
  auto first = true;
  for (const auto& [key, value] : parts_) {
    if (!std::exchange(first, false))
      to += is_short() ? ", " : ",";
    if (!is_short())
      new_line(to, level + 1);
    if (kind_ == kind::object)
      to += as_json(key) + ": ";
    value.dump(to, level + 1);
  }
  if (!is_short())
    new_line(to, level);
  to += kind_ == kind::array ? ']' : '}';
}

} // namespace supervisor::config
