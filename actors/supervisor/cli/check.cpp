#include "supervisor/cli/commands.hpp"
#include "supervisor/cli/loading.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/effective.hpp"
#include "supervisor/lint.hpp"

#include <algorithm>
#include <iostream>

namespace supervisor {

namespace {

struct census {
  std::size_t children = 0;
  std::size_t supervisors = 0;
};

void count(const declared_spec& spec, census& so_far) {
  ++so_far.supervisors;
  so_far.children += spec.children.size();
  for (const auto& child : spec.children)
    if (child.start.nested)
      count(*child.start.nested, so_far);
}

std::string words(const census& x) {
  return std::to_string(x.children) + (x.children == 1 ? " child in " : " children in ")
         + std::to_string(x.supervisors) + (x.supervisors == 1 ? " supervisor" : " supervisors");
}

/// What the factories say of their arguments. A name that is unknown here may be known elsewhere.
faults refused(const declared_spec& spec, const catalog& known, const faults& unknown,
               const std::filesystem::path& file) {
  program nobody{.shut_down = [](auto, auto) {}, .at_end = [](auto) {}, .folder = folder_of(file)};
  const auto bound = known.bind(spec, nobody);
  auto found = bound ? faults{} : bound.error();
  std::erase_if(found,
                [&](const fault& x) { return std::ranges::find(unknown, x) != unknown.end(); });
  return found;
}

faults advice_about(const declared_spec& spec) {
  faults found;
  for (const auto& [rule, at] : lints(spec))
    found.push_back({at.where, at.what + " [" + std::string{rule} + "]"});
  return found;
}

} // namespace

int check(const std::filesystem::path& file, bool effective, const catalog& known) {
  const auto spec = load_spec(file);
  if (!spec) {
    print(std::cerr, file, spec.error());
    return exit_code::bad_input;
  }
  const auto unknown = unknown_names(*spec, known);
  print(std::cerr, file, with_lines(unknown, file), "warning: ");
  if (const auto wrong = refused(*spec, known, unknown, file); !wrong.empty()) {
    print(std::cerr, file, with_lines(wrong, file));
    return exit_code::bad_input;
  }
  print(std::cerr, file, with_lines(advice_about(*spec), file), "advice: ");
  if (effective)
    std::cout << show_effective(*spec) << '\n';
  census all;
  count(*spec, all);
  std::cout << name_of(file) << ": ok, " << words(all) << '\n';
  return exit_code::clean;
}

} // namespace supervisor
