#include "supervisor/cli/commands/loading.hpp"

#include "supervisor/actors/detail/tree_core.hpp"
#include "supervisor/config/document.hpp"
#include "supervisor/config/text_of.hpp"
#include "supervisor/text/printable.hpp"

#include <iostream>

namespace supervisor {

supervisor_spec bind(spec_draft& file, const catalog& known, program& in) {
  const auto* const declared = file.read();
  if (!declared)
    return {};
  auto bound = known.bind_known(*declared, in);
  file.add(bound.wrong);
  file.add(detail::faults_of_refs(bound.spec, file.knows_all_children()));
  return std::move(bound.spec);
}

loaded_tree load_tree(const std::filesystem::path& path, const catalog& known, program& in) {
  loaded_tree x{.file = spec_draft::of(path)};
  x.tree = bind(x.file, known, in);
  return x;
}

std::optional<declared_spec> load_to_try(const std::filesystem::path& path, const catalog& known) {
  const auto file = spec_draft::of(path);
  if (!file.is_good()) {
    print(std::cerr, path, file.wrong());
    return std::nullopt;
  }
  print(std::cerr, path, file.with_lines(unknown_names(*file.read(), known)), "warning: ");
  return *file.read();
}

faults with_lines(faults found, const std::filesystem::path& path) {
  if (std::error_code ignored; found.empty() || !std::filesystem::is_regular_file(path, ignored))
    return found; // what came through a pipe cannot be read twice
  return spec_draft::of(path).with_lines(found);
}

faults first_thousand(faults found) {
  constexpr std::size_t most = 1000;
  if (found.size() <= most)
    return found;
  const auto more = found.size() - most;
  found.resize(most);
  found.push_back({{}, "and " + std::to_string(more) + " more faults"});
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
