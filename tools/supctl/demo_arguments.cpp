#include "demo_arguments.hpp"

#include "supervisor/text/duration.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace supervisor {

demo_arguments::demo_arguments(std::string_view json)
  : args_(nlohmann::json::parse(json.empty() ? "{}" : json, nullptr, false)) {
  if (args_.is_object())
    return;
  found_.push_back({"", "must be an object"});
  args_ = nlohmann::json::object();
}

nanoseconds demo_arguments::duration(const std::string& key) {
  const auto* const value = find(key);
  if (!value)
    return {};
  if (!value->is_string()) {
    refuse(key, value->dump() + " is no duration: write one like \"3s\" or \"200ms\"");
    return {};
  }
  const auto read = duration_from(value->get_ref<const std::string&>());
  if (read)
    return *read;
  refuse(key, read.error().front().what);
  return {};
}

std::string demo_arguments::text(const std::string& key) {
  const auto* const value = find(key);
  if (value && value->is_string() && !value->get_ref<const std::string&>().empty())
    return *value;
  if (value)
    refuse(key, value->dump() + " is no text");
  return {};
}

std::uint32_t demo_arguments::count(const std::string& key) {
  const auto* const value = find(key);
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  if (value && value->is_number_unsigned() && *value > 0u && *value <= most)
    return *value;
  if (value)
    refuse(key, value->dump() + " is no count: write a whole number from 1 up");
  return {};
}

std::vector<std::string> demo_arguments::texts(const std::string& key) {
  const auto* const value = find(key);
  const auto is_text = [](const nlohmann::json& x) { return x.is_string(); };
  if (value && value->is_array() && !value->empty() && std::ranges::all_of(*value, is_text))
    return *value;
  if (value)
    refuse(key, value->dump() + " is no list of texts");
  return {};
}

faults demo_arguments::wrong() const {
  auto all = found_;
  for (const auto& [key, value] : args_.items())
    if (std::ranges::find(asked_, key) == asked_.end())
      all.push_back(
        {"/" + key, "unknown argument" + did_you_mean(key, {asked_.begin(), asked_.end()})});
  return all;
}

const nlohmann::json* demo_arguments::find(const std::string& key) {
  asked_.push_back(key);
  const auto at = args_.find(key);
  if (at != args_.end())
    return &*at;
  refuse(key, "is missing");
  return nullptr;
}

} // namespace supervisor
