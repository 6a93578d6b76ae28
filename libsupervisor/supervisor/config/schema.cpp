#include "supervisor/config/duration.hpp"
#include "supervisor/config/fields.hpp"
#include "supervisor/config/json.hpp"

#include <nlohmann/json.hpp>

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

json number(json least, json most) {
  return {{"type", "number"}, {"minimum", std::move(least)}, {"maximum", std::move(most)}};
}

json limit() { return {{"type", "integer"}, {"minimum", 0}, {"maximum", unlimited - 1}}; }

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
    case holds::anything:
      return {{"type", "object"}};
    case holds::limit:
      return any_of(limit(), one_of(f.one_of));
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
    case holds::children:
      return array_of(reference(f.object));
    case holds::object:
      return {{"allOf", json::array({reference(f.object)})}};
  }
  return {};
}

template <class T>
json property_of(const field<T>& f) {
  json property{{"description", f.doc}};
  if (!f.by_default.empty())
    property["default"] = json::parse(f.by_default);
  property.update(form_of(f));
  return property;
}

template <class T>
json object_of(std::span<const field<T>> fields) {
  json object{{"type", "object"}, {"properties", json::object()}};
  for (const auto& f : fields) {
    if (!f.read)
      continue;
    object["properties"][std::string{f.key}] = property_of(f);
    if (f.required)
      object["required"].push_back(f.key);
  }
  object["additionalProperties"] = false;
  return object;
}

json required(std::string_view key) { return {{"required", json::array({key})}}; }

json child() {
  auto object = object_of(child_fields());
  object["oneOf"] = json::array({required("factory"), required("supervisor")});
  object["dependencies"] = {{"args", json::array({"factory"})}};
  return object;
}

json duration() {
  return {{"description", "A length of time with its unit: 10ms, 1.5s, 2min, 1m30s."},
          {"type", "string"},
          {"pattern", duration_pattern}};
}

json definitions() {
  return {{"supervisor", object_of(supervisor_fields())},
          {"child", child()},
          {"defaults", object_of(defaults_fields())},
          {"intensity", object_of(intensity_fields())},
          {"backoff", object_of(backoff_fields())},
          {"shutdown", object_of(shutdown_fields())},
          {"duration", duration()}};
}

} // namespace

} // namespace config

std::string schema() {
  config::json whole{{"$schema", "http://json-schema.org/draft-07/schema#"},
                     {"title", "A supervision tree"}};
  whole.update(config::object_of(config::file_fields()));
  whole["definitions"] = config::definitions();
  return whole.dump(2) + '\n';
}

} // namespace supervisor
