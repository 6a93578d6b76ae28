#include "supervisor/config/text_of.hpp"

#include "supervisor/text/printable.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace supervisor::config {

namespace {

fault cannot_read(const std::filesystem::path& file, const std::error_code& why) {
  return {{},
          "cannot read " + showing::printable(file.string(), showing::longest_line) + ": "
            + why.message()};
}

} // namespace

expected<std::string> text_of(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return cannot_read(file, {errno, std::generic_category()});
  if (std::error_code ignored; std::filesystem::is_directory(file, ignored))
    return cannot_read(file, std::make_error_code(std::errc::is_a_directory));
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad())
    return cannot_read(file, std::make_error_code(std::errc::io_error));
  return std::move(text).str();
}

} // namespace supervisor::config
