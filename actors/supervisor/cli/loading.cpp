#include "supervisor/cli/loading.hpp"

#include "supervisor/config/document.hpp"
#include "supervisor/config/text_of.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <ostream>

namespace supervisor {

namespace {

std::uint32_t line_of(const config::document& file, const fault& x) {
  const auto before = file.source().substr(0, file.nearest(x.where).at);
  return static_cast<std::uint32_t>(1 + std::ranges::count(before, '\n'));
}

} // namespace

faults with_lines(faults found, const std::filesystem::path& file) {
  if (std::error_code ignored; found.empty() || !std::filesystem::is_regular_file(file, ignored))
    return found; // what came through a pipe cannot be read twice
  const auto text = config::text_of(file);
  if (!text)
    return found;
  if (const auto parsed = config::document::parse(*text))
    for (auto& x : found)
      if (x.line == 0)
        x.line = line_of(*parsed, x);
  return found;
}

void print(std::ostream& out, const std::filesystem::path& file, const faults& found,
           const std::string& kind) {
  const auto shown = [](const std::string& x) { return showing::printable(x, showing::whole); };
  for (const auto& [where, what, line] : found)
    if (where.empty() && line == 0) // about no place in the file
      out << kind << shown(what) << '\n';
    else
      out << name_of(file) << (line == 0 ? "" : ":" + std::to_string(line)) << ": " << kind
          << (where.empty() ? "/" : shown(where)) << ": " << shown(what) << '\n';
}

std::string name_of(const std::filesystem::path& file) {
  return showing::printable(file.string(), showing::longest_line);
}

std::string folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path().string();
  return folder.empty() ? "." : folder;
}

} // namespace supervisor
