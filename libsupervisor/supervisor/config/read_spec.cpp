#include "supervisor/config/json.hpp"
#include "supervisor/config/objects.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

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

namespace {

fault cannot_read(const std::filesystem::path& path, const std::error_code& why) {
  return {{}, "cannot read " + path.string() + ": " + why.message()};
}

} // namespace

expected<declared_spec> load_spec(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file)
    return cannot_read(path, {errno, std::generic_category()});
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
    return cannot_read(path, std::make_error_code(std::errc::is_a_directory));
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad())
    return cannot_read(path, std::make_error_code(std::errc::io_error));
  return read_spec(std::move(text).str());
}

} // namespace supervisor
