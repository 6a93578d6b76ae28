#include "supervisor/config/objects.hpp"

#include "supervisor/config/fields.hpp"
#include "supervisor/config/words.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace supervisor::config {

namespace {

template <class T>
std::vector<std::string_view> keys_of(std::span<const field<T>> fields) {
  std::vector<std::string_view> keys;
  for (const auto& f : fields)
    if (f.read)
      keys.push_back(f.key);
  return keys;
}

template <class T>
void refuse_unknown(reading& r, const value& v, std::span<const field<T>> fields) {
  const auto keys = keys_of(fields);
  auto closest = v.key.size() > 40 ? "" : did_you_mean(v.key, keys);
  r.wrong(v, "unknown key " + quoted(v.key)
               + (closest.empty() ? ", known here: " + list(keys) : std::move(closest)));
}

template <class T>
void read_member(reading& r, const value& v, std::span<const field<T>> fields, T& to) {
  const auto f = std::ranges::find(fields, v.key, &field<T>::key);
  if (f == fields.end())
    refuse_unknown(r, v, fields);
  else if (!f->read)
    r.wrong(v, "not supported yet");
  else
    f->read(r, v, to);
}

/// Whether it was an object at all.
template <class T>
bool read_object(reading& r, const value& v, std::span<const field<T>> fields, T& to) {
  if (v.what != value::kind::object) {
    wrong_kind(r, v, "an object with " + list(keys_of(fields)));
    return false;
  }
  for (const auto& member : r.file().in(v))
    read_member(r, member, fields, to);
  for (const auto& f : fields)
    if (f.required && !r.file().find(v, f.key))
      r.missing(v, f.key, "is missing. " + std::string{f.doc});
  return true;
}

} // namespace

void read_file(reading& r, declared_spec& to) {
  read_object(r, r.file().root(), file_fields(), to);
}

void read(reading& r, const value& v, intensity& to) {
  const auto before = r.count();
  auto x = intensity{};
  read_object(r, v, intensity_fields(), x);
  if (r.count() == before)
    to = x;
}

void read(reading& r, const value& v, backoff& to) {
  const auto before = r.count();
  auto x = backoff{};
  read_object(r, v, backoff_fields(), x);
  if (r.count() == before)
    to = x;
}

void read(reading& r, const value& v, stop_budget& to) {
  if (v.what == value::kind::object)
    read_object(r, v, shutdown_fields(), to);
  else if (v.what == value::kind::text && v.text == "brutal_kill")
    to = brutal_kill;
  else if (v.what == value::kind::text && v.text == "unlimited")
    to = unlimited_stop;
  else
    read_duration(r, v, stop_words, to.graceful);
}

void read(reading& r, const value& v, child_defaults& to) {
  read_object(r, v, defaults_fields(), to);
}

void read_version(reading& r, const value& v, declared_spec&) {
  if (v.what != value::kind::number)
    wrong_kind(r, v, "1");
  else if (v.number != 1)
    r.wrong(v, printable(v.text) + " is no version that can be read here, must be 1");
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
  constexpr std::string_view ends_of_comment{"\r\n\0", 3}; // as the parser sees it
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

void read_nested(reading& r, const value& v, declared_child_spec& to) {
  auto spec = std::make_shared<declared_spec>();
  read_object(r, v, supervisor_fields(), *spec);
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
    return r.missing(child, "factory", "is missing: a child has a factory or a supervisor");
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
  if (x.args.empty() && !x.nested)
    x.args = "{}";
}

void read_child(reading& r, const value& v, declared_child_spec& to) {
  if (read_object(r, v, child_fields(), to))
    check_start(r, v);
  fill_in(to.start);
}

} // namespace

void read_children(reading& r, const value& v, declared_spec& to) {
  to.children.clear();
  if (v.what != value::kind::array)
    return wrong_kind(r, v, "an array of children");
  for (const auto& element : r.file().in(v))
    read_child(r, element, to.children.emplace_back());
}

} // namespace supervisor::config
