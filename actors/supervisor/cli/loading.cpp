#include "supervisor/cli/loading.hpp"

#include "supervisor/actors/tree_core.hpp"

#include <iostream>

namespace supervisor {

loaded_tree load_tree(const std::filesystem::path& path, const catalog& known, program& in) {
  loaded_tree x{.file = spec_draft::of(path)};
  const auto* const declared = x.file.read();
  if (!declared)
    return x;
  auto bound = known.bind_known(*declared, in);
  x.file.add(bound.wrong);
  x.file.add(detail::faults_of_refs(bound.spec, x.file.knows_all_children()));
  x.tree = std::move(bound.spec);
  return x;
}

std::optional<supervisor_spec> load_to_run(const std::filesystem::path& path, const catalog& known,
                                           program& in) {
  auto loaded = load_tree(path, known, in);
  if (loaded.file.is_good())
    return std::move(loaded.tree);
  print(std::cerr, path, loaded.file.wrong());
  return std::nullopt;
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
  for (const auto& [where, what, line] : found)
    if (where.empty() && line == 0) // about no place in the file
      out << kind << what << '\n';
    else
      out << file.string() << (line == 0 ? "" : ":" + std::to_string(line)) << ": " << kind
          << (where.empty() ? "/" : where) << ": " << what << '\n';
}

std::string folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path().string();
  return folder.empty() ? "." : folder;
}

} // namespace supervisor
