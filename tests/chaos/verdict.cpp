#include "verdict.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chaos {

outcome verdict::came() const {
  if (error.empty() && thresholds.empty() && !left_out.empty())
    return outcome::skipped;
  const auto kept = [](const threshold& x) { return x.passed(); };
  return error.empty() && !thresholds.empty() && std::ranges::all_of(thresholds, kept)
           ? outcome::passed
           : outcome::failed;
}

std::string to_json(const verdict& x) {
  using json = nlohmann::ordered_json;
  json thresholds = json::object();
  for (const auto& t : x.thresholds)
    thresholds[t.name] = {{"value", t.value},
                          {"limit", t.limit},
                          {"direction", t.bound == direction::at_most ? "at_most" : "at_least"},
                          {"passed", t.passed()}};
  json line{{"scenario_id", x.scenario_id},
            {"semver", x.semver},
            {"passed", x.passed()},
            {"thresholds", std::move(thresholds)},
            {"started_at_unix_nanos", x.started_at_unix_nanos},
            {"duration_ns", x.duration_ns}};
  if (x.came() == outcome::skipped)
    line["skipped"] = true;
  if (!x.left_out.empty())
    line["left_out"] = x.left_out;
  if (!x.error.empty())
    line["error"] = x.error;
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string words_for_left_out(const std::string& json_line) {
  const auto line = nlohmann::json::parse(json_line, nullptr, false);
  if (!line.is_object() || !line.contains("left_out"))
    return "";
  std::string text;
  for (const auto& x : line["left_out"])
    text += (text.empty() ? " (left out: " : "; ") + x.get<std::string>();
  return text + ")";
}

} // namespace chaos
