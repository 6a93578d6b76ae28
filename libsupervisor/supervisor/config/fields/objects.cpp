#include "supervisor/config/fields/objects.hpp"

#include "supervisor/config/fields/access.hpp"
#include "supervisor/effective/effective.hpp"
#include "supervisor/text/printable.hpp"

#include <array>
#include <memory>
#include <utility>

namespace supervisor::config {

using showing::printable;
using showing::quoted;

void refuse_unknown(reading& r, const value& v, words known) {
  const auto meant
    = v.key.size() > 40 ? std::string_view{} : closest_to(v.key, {known.begin(), known.end()});
  r.unknown(
    v,
    "unknown key " + quoted(v.key)
      + (meant.empty() ? ", known here: " + list(known) : ", did you mean " + quoted(meant) + "?"),
    meant);
}

namespace {

/// A supervisor that is `guarded` has said so in one word, but about all of itself.
void read_supervisor(reading& r, const value& v, std::span<const field<declared_spec>> fields,
                     declared_spec& to) {
  read_object(r, v, fields, to);
  const auto* const limits = r.file().find(v, "limits");
  if (limits && limits->what == value::kind::text)
    to = guarded(std::move(to));
}

} // namespace

void read_file(reading& r, declared_spec& to) {
  read_supervisor(r, r.file().root(), fields_of_file(), to);
}

void read(reading& r, const value& v, stop_budget& to) {
  if (v.what == value::kind::object)
    read_object(r, v, fields_of(to), to);
  else if (v.what == value::kind::text && v.text == "brutal_kill")
    to = brutal_kill;
  else if (v.what == value::kind::text && v.text == "unlimited")
    to = unlimited_stop;
  else
    read_duration(r, v, stop_words, to.graceful);
}

void read_name_of_schema(reading& r, const value& v, declared_spec&) {
  if (v.what != value::kind::text)
    wrong_kind(r, v, "a string: where the schema is that the file keeps to");
}

void read_version(reading& r, const value& v, declared_spec&) {
  if (v.what != value::kind::number)
    wrong_kind(r, v, "1");
  else if (v.number != 1)
    r.wrong(v, printable(v.text) + " is no version that can be read here, must be 1");
}

void read_intensity(reading& r, const value& v, declared_spec& to) {
  to.says_intensity = true;
  read(r, v, to.intensity);
}

void read_graceful(reading& r, const value& v, stop_budget& to) {
  if (v.what == value::kind::text && v.text == unlimited_word[0])
    to.graceful = stop_budget::no_end;
  else
    read_duration(r, v, unlimited_word, to.graceful);
}

void read_factory(reading& r, const value& v, declared_child_spec& to) {
  read(r, v, to.start.factory);
}

namespace {

/// Without spaces and comments. It has been parsed, so every comment and string ends.
std::string compact(std::string_view json) {
  constexpr std::string_view ends_of_comment{"\r\n"}; // as the parser sees it
  std::string text;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') {
      const auto begin = i++;
      while (json[i] != '"')
        i += json[i] == '\\' ? 2 : 1;
      text += json.substr(begin, i + 1 - begin);
    } else if (json[i] == '/') {
      i = json[i + 1] == '*' ? json.find("*/", i + 2) + 1 : json.find_first_of(ends_of_comment, i);
    } else if (std::string_view{" \t\r\n"}.find(json[i]) == std::string_view::npos) {
      text += json[i];
    }
  }
  return text;
}

} // namespace

void read_args(reading& r, const value& v, declared_child_spec& to) {
  if (v.what == value::kind::object)
    to.start.args = compact(v.text);
  else
    wrong_kind(r, v, "an object");
}

void read_process(reading& r, const value& v, declared_child_spec& to) {
  auto process = std::make_shared<process_spec>();
  read_object(r, v, fields_of(*process), *process);
  to.start.process = std::move(process);
}

// Their numbers are not held against each other: each is read by itself.
void read(reading& r, const value& v, resource_limits& to) { read_object(r, v, fields_of(to), to); }
void read(reading& r, const value& v, recycle_policy& to) { read_object(r, v, fields_of(to), to); }

void read(reading& r, const value& v, precondition& to) {
  const auto before = r.count();
  read_object(r, v, fields_of(to), to);
  if (r.count() != before)
    to = {.path = "?"}; // why it could not be read has been said
}

void read_nested(reading& r, const value& v, declared_child_spec& to) {
  auto spec = std::make_shared<declared_spec>();
  read_supervisor(r, v, fields_of_supervisor(), *spec);
  to.start.nested = std::move(spec);
}

namespace {

constexpr std::array<std::string_view, 3> ways_to_start{"factory", "supervisor", "process"};

std::vector<const value*> starts_in(const document& file, const value& child) {
  std::vector<const value*> found;
  for (const auto& member : file.in(child))
    if (std::ranges::find(ways_to_start, member.key) != ways_to_start.end())
      found.push_back(&member);
  return found;
}

void check_start(reading& r, const value& child) {
  const auto starts = starts_in(r.file(), child);
  if (starts.empty())
    return r.missing(child, "factory",
                     "is missing: a child has a factory, a supervisor or a process");
  const auto first = starts.front()->key;
  for (const auto* another : starts)
    if (another->key != first)
      r.wrong(*another, "one too many: this child has a " + std::string{first} + " already");
  if (const auto* const args = r.file().find(child, "args"); args && first != "factory")
    r.wrong(*args, "goes only with a factory");
}

/// Makes what could not be read startable: why it could not has been said.
void fill_in(declared_start& x) {
  if (x.empty())
    x.factory = "?";
  if (x.args.empty() && !x.nested && !x.process)
    x.args = "{}";
}

} // namespace

void read_child(reading& r, const value& v, declared_child_spec& to) {
  if (read_object(r, v, fields_of(to), to))
    check_start(r, v);
  fill_in(to.start);
}

void read_children(reading& r, const value& v, declared_spec& to) {
  to.children.clear();
  if (v.what != value::kind::array)
    return wrong_kind(r, v, "an array of children");
  for (const auto& element : r.file().in(v))
    read_child(r, element, to.children.emplace_back());
}

// -- written -------------------------------------------------------------------------------------------

written write_file(const declared_spec& x) { return json_of(fields_of_file(), x); }

written write_version(const declared_spec&) { return written::raw("1"); }

written write_intensity(const declared_spec& x) {
  const auto is_said = x.says_intensity || x.intensity != intensity{};
  return is_said ? json_of(x.intensity) : written{};
}

written write_graceful(const stop_budget& x) {
  return x.is_unlimited() ? json_of(unlimited_word[0]) : json_of(x.graceful);
}

written write_factory(const declared_child_spec& x) {
  const auto& how = x.start;
  return how.nested || how.process ? written{} : json_of(how.factory);
}

written write_args(const declared_child_spec& x) {
  const auto& said = x.start.args;
  return said.empty() || said == "{}" ? written{} : written::raw(said);
}

written write_nested(const declared_child_spec& x) {
  return x.start.nested ? json_of(fields_of_supervisor(), *x.start.nested) : written{};
}

written write_process(const declared_child_spec& x) {
  return x.start.process ? json_of(*x.start.process) : written{};
}

} // namespace supervisor::config
