#include "supervisor/config/json.hpp"
#include "supervisor/config/objects.hpp"
#include "supervisor/config/text_of.hpp"

namespace supervisor {

namespace {

/// `decode(r, to)` fills in what `validate` then looks at.
template <class T>
expected<T> read_valid(std::string_view text, const auto& decode) {
  const auto file = config::document::parse(text);
  if (!file)
    return file.error();
  config::reading r{*file};
  T to;
  decode(r, to);
  for (const auto* member : file->repeated())
    r.wrong(*member, "this key has been there before");
  r.add(validate(to));
  if (r.count() != 0)
    return std::move(r).in_order();
  return to;
}

} // namespace

expected<declared_spec> read_spec(std::string_view text) {
  return read_valid<declared_spec>(text, config::read_file);
}

expected<declared_child_spec> read_child(std::string_view text) {
  return read_valid<declared_child_spec>(
    text, [](auto& r, auto& to) { config::read_child(r, r.file().root(), to); });
}

expected<declared_spec> load_spec(const std::filesystem::path& path) {
  const auto text = config::text_of(path);
  return text ? read_spec(*text) : text.error();
}

} // namespace supervisor
