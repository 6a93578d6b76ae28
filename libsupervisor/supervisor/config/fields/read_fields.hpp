#pragma once

// How the tables of fields.hpp are read, as templates: for those who fill them in, and for nobody
// else.

#include "supervisor/config/fields/fields.hpp"
#include "supervisor/config/fields/objects.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <vector>

namespace supervisor::config {

// -- an object by its table --------------------------------------------------------------------------

template <class T>
std::vector<std::string_view> keys_of(std::span<const field<T>> fields) {
  std::vector<std::string_view> keys;
  for (const auto& f : fields)
    if (f.is.read)
      keys.push_back(f.key);
  return keys;
}

void refuse_unknown(reading&, const value&, words known);

template <class T>
void read_member(reading& r, const value& v, std::span<const field<T>> fields, T& to) {
  const auto f = std::ranges::find(fields, v.key, &field<T>::key);
  if (f == fields.end())
    refuse_unknown(r, v, keys_of(fields));
  else if (!f->is.read)
    r.wrong(v, f->elsewhere.empty() ? "not supported yet"
                                    : "is said here with " + std::string{f->elsewhere});
  else
    f->is.read(r, v, to);
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

/// The same for numbers, which are held against each other: taken together or not at all. `fresh`
/// has those that are missing.
template <class T>
void read_numbers(reading& r, const value& v, T fresh, T& to) {
  const auto before = r.count();
  read_object(r, v, fields_of(fresh), fresh);
  if (r.count() == before)
    to = fresh;
}

// -- one field, by its type --------------------------------------------------------------------------

template <class T>
requires requires(const T& x) { fields_of(x); }
void read(reading& r, const value& v, T& to) {
  if constexpr (std::is_trivially_copyable_v<T>)
    read_numbers(r, v, T{}, to);
  else
    read_object(r, v, fields_of(to), to);
}

template <class T>
void read(reading& r, const value& v, std::optional<T>& to) {
  read(r, v, to.emplace());
}

template <class T>
requires requires(const T& x) { fields_of(x); }
void read(reading& r, const value& v, std::vector<T>& to) {
  to.clear();
  if (v.what != value::kind::array)
    return wrong_kind(r, v, "an array of objects with " + list(keys_of(fields_of(T{}))));
  for (const auto& element : r.file().in(v))
    read(r, element, to.emplace_back());
}

template <auto Member, class T>
void into(reading& r, const value& v, T& to) {
  read(r, v, to.*Member);
}

template <auto Member, class T>
void into_more(reading& r, const value& v, T& to) {
  read(r, v, to.more.make().*Member);
}

template <auto Member, class T>
void into_count(reading& r, const value& v, T& to) {
  read_count(r, v, to.*Member);
}

template <auto Member, class T>
void into_more_count(reading& r, const value& v, T& to) {
  read_count(r, v, to.more.make().*Member);
}

} // namespace supervisor::config
