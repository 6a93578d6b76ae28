#include "supervisor/config/fields/fields.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/text/duration.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace supervisor {

namespace config {

namespace {

using json = nlohmann::ordered_json;

constexpr auto id_pattern = "^[A-Za-z_][A-Za-z0-9_-]*$";

json reference(std::string_view name) { return {{"$ref", "#/definitions/" + std::string{name}}}; }

json one_of(words some) { return {{"enum", some}}; }

json any_of(json a, json b) { return {{"anyOf", json::array({std::move(a), std::move(b)})}}; }

json array_of(json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

json id() { return {{"type", "string"}, {"pattern", id_pattern}}; }

json text() { return {{"type", "string"}, {"minLength", 1}}; }

json text(const std::string& pattern) {
  return {{"type", "string"}, {"pattern", "^" + pattern + "$"}};
}

constexpr auto variable_pattern = "[A-Za-z_][A-Za-z0-9_]*";

json reference_to_secret() { return text("\\$\\{" + std::string{variable_pattern} + "\\}"); }

json argv() {
  auto form = array_of({{"type", "string"}});
  form["minItems"] = 1;
  return form;
}

json signal() {
  std::string pattern;
  for (const auto name : signal_names())
    pattern += std::string{name.substr(3)} + "|";
  return text("(SIG)?(" + pattern + "RTMIN(\\+([1-9]|[12][0-9]|30))?)");
}

json number(json least, json most) {
  return {{"type", "number"}, {"minimum", std::move(least)}, {"maximum", std::move(most)}};
}

json integer(json least, json most) {
  return {{"type", "integer"}, {"minimum", std::move(least)}, {"maximum", std::move(most)}};
}

json codes() {
  auto form = array_of(integer(0, most_exit_code));
  form["minItems"] = 1;
  return form;
}

json share() { return {{"type", "number"}, {"minimum", 0}, {"exclusiveMaximum", 1}}; }

json rate() { return {{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 1000}}; }

template <class T>
json form_of(const field<T>& f) {
  switch (f.what) {
    case holds::version:
      return {{"const", 1}};
    case holds::id:
      return id();
    case holds::ids:
      return array_of(id());
    case holds::text:
      return text();
    case holds::texts:
      return array_of(text());
    case holds::any_text:
      return {{"type", "string"}};
    case holds::argv:
      return argv();
    case holds::variable:
      return text(variable_pattern);
    case holds::variables:
      return array_of(text(variable_pattern));
    case holds::reference:
      return reference_to_secret();
    case holds::address:
      return text("(\\[[^ \\[\\]]+\\]|[^ :\\[\\]]+):[0-9]+");
    case holds::umask:
      return text("0*[0-7]{1,3}");
    case holds::signal:
      return signal();
    case holds::signals:
      return array_of(signal());
    case holds::anything:
      return {{"type", "object"}};
    case holds::boolean:
      return {{"type", "boolean"}};
    case holds::codes:
      return codes();
    case holds::count:
      return integer(f.least, f.most);
    case holds::count_or_word:
      return any_of(integer(f.least, f.most), one_of(f.one_of));
    case holds::rate:
      return rate();
    case holds::share:
      return share();
    case holds::word:
      return one_of(f.one_of);
    case holds::duration:
      return {{"allOf", json::array({reference("duration")})}};
    case holds::duration_or_word:
      return any_of(reference("duration"), one_of(f.one_of));
    case holds::jitter:
      return any_of(number(0, 1), one_of(f.one_of));
    case holds::shutdown: {
      auto form = any_of(reference("duration"), one_of(f.one_of));
      form["anyOf"].push_back(reference(f.object));
      return form;
    }
    case holds::object:
      return {{"allOf", json::array({reference(f.object)})}};
    case holds::object_or_word:
      return any_of(reference(f.object), one_of(f.one_of));
    case holds::objects:
      return array_of(reference(f.object));
  }
  return {};
}

/// As JSON; empty if there is nothing to show.
template <class T>
std::string default_of(const field<T>& f) {
  if (!f.by_default.empty() || !f.is.by_default || f.required)
    return std::string{f.by_default};
  const auto said = f.is.by_default();
  return said.is_nothing() ? "" : said.dump();
}

template <class T>
json property_of(const field<T>& f) {
  json property{{"description", f.doc}};
  if (const auto said = default_of(f); !said.empty())
    property["default"] = json::parse(said);
  property.update(form_of(f));
  return property;
}

template <class T>
json object_of(std::span<const field<T>> fields) {
  json object{{"type", "object"}, {"properties", json::object()}};
  for (const auto& f : fields) {
    if (!f.is.read)
      continue;
    object["properties"][std::string{f.key}] = property_of(f);
    if (f.required)
      object["required"].push_back(f.key);
  }
  object["additionalProperties"] = false;
  return object;
}

json required(std::string_view key) { return {{"required", json::array({key})}}; }

json required_one_of(std::initializer_list<std::string_view> keys) {
  auto forms = json::array();
  for (const auto key : keys)
    forms.push_back(required(key));
  return forms;
}

json child() {
  auto object = object_of(fields_of(declared_child_spec{}));
  object["oneOf"] = required_one_of({"factory", "supervisor", "process"});
  object["dependencies"] = {{"args", json::array({"factory"})}};
  return object;
}

json env_var() {
  auto object = object_of(fields_of(supervisor::env_var{}));
  object["oneOf"] = required_one_of({"value", "secret_ref"});
  return object;
}

json precondition() {
  auto object = object_of(fields_of(supervisor::precondition{}));
  object["oneOf"] = required_one_of({"path", "tcp", "check"});
  return object;
}

json recycle() {
  auto object = object_of(fields_of(recycle_policy{}));
  object["anyOf"] = required_one_of({"max_age", "max_count"});
  return object;
}

json duration() {
  return {{"description", "A length of time with its unit: 10ms, 1.5s, 2min, 1m30s."},
          {"type", "string"},
          {"pattern", duration_pattern}};
}

json definitions() {
  return {{"supervisor", object_of(fields_of_supervisor())},
          {"child", child()},
          {"defaults", object_of(fields_of(child_defaults{}))},
          {"intensity", object_of(fields_of(intensity{}))},
          {"backoff", object_of(fields_of(backoff{}))},
          {"shutdown", object_of(fields_of(stop_budget{}))},
          {"child_limits", object_of(fields_of(child_limits{}))},
          {"group_limits", object_of(fields_of_group_limits())},
          {"supervisor_limits", object_of(fields_of_supervisor_limits())},
          {"failure_window", object_of(fields_of(failure_window{}))},
          {"restart_limit", object_of(fields_of(restart_limit{}))},
          {"cold_start", object_of(fields_of(cold_start{}))},
          {"hot_loop", object_of(fields_of(hot_loop{}))},
          {"meltdown", object_of(fields_of(meltdown_fuse{}))},
          {"restart_budget", object_of(fields_of(token_bucket{}))},
          {"group_strategy", object_of(fields_of(group_strategy{}))},
          {"child_strategy_override", object_of(fields_of(child_strategy_override{}))},
          {"group_config", object_of(fields_of(group_config{}))},
          {"group_dependency", object_of(fields_of(group_dependency{}))},
          {"severity_defaults", object_of(fields_of(severity_defaults{}))},
          {"sidecar_config", object_of(fields_of(sidecar_config{}))},
          {"health_policy", object_of(fields_of(health_policy{}))},
          {"health_check", object_of(fields_of(health_check{}))},
          {"readiness", object_of(fields_of(readiness_probe{}))},
          {"stall_watchdog", object_of(fields_of(stall_watchdog{}))},
          {"process", object_of(fields_of(process_spec{}))},
          {"resource_limits", object_of(fields_of(resource_limits{}))},
          {"command_permissions", object_of(fields_of(command_permissions{}))},
          {"env_var", env_var()},
          {"secret_ref", object_of(fields_of(secret_ref{}))},
          {"precondition", precondition()},
          {"recycle", recycle()},
          {"dynamic_supervisor_policy", object_of(fields_of(dynamic_supervisor_policy{}))},
          {"duration", duration()}};
}

} // namespace

} // namespace config

std::string schema() {
  config::json whole{{"$schema", "http://json-schema.org/draft-07/schema#"},
                     {"title", "A supervision tree"}};
  whole.update(config::object_of(config::fields_of_file()));
  whole["definitions"] = config::definitions();
  return whole.dump(2) + '\n';
}

} // namespace supervisor
