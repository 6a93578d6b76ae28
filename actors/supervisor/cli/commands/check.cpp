#include "supervisor/cli/commands/commands.hpp"
#include "supervisor/cli/commands/loading.hpp"
#include "supervisor/cli/commands/open_files.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/effective/effective.hpp"
#include "supervisor/rules/lint.hpp"
#include "supervisor/text/printable.hpp"

#include <iostream>

namespace supervisor {

namespace {

struct census {
  std::size_t children = 0;
  std::size_t supervisors = 0;
  std::size_t programs = 0;
};

void count(const declared_spec& spec, census& so_far) {
  ++so_far.supervisors;
  so_far.children += spec.children.size();
  for (const auto& child : spec.children) {
    so_far.programs += child.start.process ? 1 : 0;
    if (child.start.nested)
      count(*child.start.nested, so_far);
  }
}

std::string words(const census& x) {
  return std::to_string(x.children) + (x.children == 1 ? " child in " : " children in ")
         + std::to_string(x.supervisors) + (x.supervisors == 1 ? " supervisor" : " supervisors");
}

bool has_room_for(std::size_t programs) { return programs == 0 || programs <= most_programs(); }

/// Programs take open files of the supervisor, and one that finds none left does not start.
void tell_of_programs(std::size_t wanted, const std::string& file) {
  if (wanted == 0)
    return;
  const auto most = most_programs();
  auto& out = wanted > most ? std::cerr : std::cout;
  out << file << ": " << (wanted > most ? "warning: " : "") << wanted
      << (wanted == 1 ? " program" : " programs")
      << (wanted > most ? ", but the hard limit of open files (ulimit -Hn) carries only "
                        : "; the hard limit of open files carries ")
      << most << '\n';
}

faults advice_about(const declared_spec& spec) {
  faults found;
  for (const auto& [rule, at] : lints(spec))
    found.push_back({at.where, at.what + " [" + std::string{rule} + "]"});
  return found;
}

/// Of children that are given up alone, without a fault in anything.
void note_optional(const declared_spec& spec, const std::string& above, faults& found) {
  const auto [restarts, period] = spec.intensity;
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& child = spec.children[i];
    const auto where = above + "/children/" + std::to_string(i);
    if (child.criticality == criticality::optional && restarts != unlimited)
      found.push_back({where + "/criticality", "more than " + std::to_string(restarts)
                                                 + " restarts within " + to_string(period)
                                                 + " quarantine " + showing::quoted(child.id)
                                                 + " alone, and the tree goes on"});
    if (child.start.nested)
      note_optional(*child.start.nested, where + "/supervisor", found);
  }
}

faults notes_about(const declared_spec& spec) {
  faults found;
  note_optional(spec, "", found);
  return first_thousand(std::move(found));
}

/// A file has words for all that is in one.
int write(const declared_spec& spec) {
  std::cout << *to_json(spec);
  return exit_code::clean;
}

} // namespace

int check(const check_options& options, const catalog& known) {
  const auto& file = options.file;
  program unused{.shut_down = [](auto, auto) {}, .at_end = [](auto) {}, .folder = folder_of(file)};
  const auto loaded = load_tree(file, known, unused);
  if (!loaded.file.is_good()) {
    print(std::cerr, file, loaded.file.wrong());
    return exit_code::bad_input;
  }
  const auto& spec = *loaded.file.read();
  if (options.canonical)
    return write(spec);
  const auto advice = advice_about(spec);
  print(std::cerr, file, loaded.file.with_lines(advice), "advice: ");
  print(std::cout, file, loaded.file.with_lines(notes_about(spec)), "note: ");
  if (options.effective)
    std::cout << show_effective(spec) << '\n';
  census all;
  count(spec, all);
  const auto is_refused = options.strict && (!advice.empty() || !has_room_for(all.programs));
  std::cout << name_of(file) << (is_refused ? ": refused by --strict, " : ": ok, ") << words(all)
            << '\n';
  tell_of_programs(all.programs, name_of(file));
  return is_refused ? exit_code::bad_input : exit_code::clean;
}

} // namespace supervisor
