#include "supervisor/config/text_of.hpp"

#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>
#include <system_error>

namespace supervisor::config {

namespace {

constexpr std::size_t most_text = std::numeric_limits<std::uint32_t>::max(); // as of a document

fault cannot_read(const std::filesystem::path& file, const std::error_code& why) {
  return {{},
          "cannot read " + showing::printable(file.string(), showing::longest_line) + ": "
            + why.message()};
}

} // namespace

expected<std::string> text_of(const std::filesystem::path& file) {
  constexpr std::size_t at_a_time = 64 * 1024;
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return cannot_read(file, {errno, std::generic_category()});
  if (std::error_code ignored; std::filesystem::is_directory(file, ignored))
    return cannot_read(file, std::make_error_code(std::errc::is_a_directory));
  std::string text;
  while (in && text.find('\0', text.size() - std::min(text.size(), at_a_time)) == text.npos) {
    if (text.size() > most_text)
      return cannot_read(file, std::make_error_code(std::errc::file_too_large));
    const auto before = text.size();
    text.resize(before + at_a_time);
    in.read(text.data() + before, at_a_time);
    text.resize(before + static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad())
    return cannot_read(file, std::make_error_code(std::errc::io_error));
  return text;
}

} // namespace supervisor::config
