#include "verdict.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chaos {

bool verdict::passed() const {
  return error.empty() && !thresholds.empty()
         && std::ranges::all_of(thresholds, [](const threshold& x) { return x.passed(); });
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
  if (!x.error.empty())
    line["error"] = x.error;
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace chaos
