#include "supervisor/config/json.hpp"
#include "supervisor/config/objects.hpp"
#include "supervisor/config/text_of.hpp"

namespace supervisor {

expected<declared_spec> read_spec(std::string_view text) {
  const auto file = config::document::parse(text);
  if (!file)
    return file.error();
  config::reading r{*file};
  declared_spec spec;
  read_file(r, spec);
  for (const auto* member : file->repeated())
    r.wrong(*member, "this key has been there before");
  r.add(validate(spec));
  if (r.count() != 0)
    return std::move(r).in_order();
  return spec;
}

expected<declared_spec> load_spec(const std::filesystem::path& path) {
  const auto text = config::text_of(path);
  return text ? read_spec(*text) : text.error();
}

} // namespace supervisor
