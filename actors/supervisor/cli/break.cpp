#include "supervisor/cli/commands.hpp"
#include "supervisor/cli/loading.hpp"
#include "supervisor/config/json.hpp"

#include <iostream>

namespace supervisor {

int break_tree(const break_options& asked, const catalog& known) {
  const auto tree = load_spec(asked.file);
  if (!tree) {
    print(std::cerr, asked.file, tree.error());
    return exit_code::bad_input;
  }
  print(std::cerr, asked.file, with_lines(unknown_names(*tree, known), asked.file), "warning: ");
  const auto found = try_to_break(*tree, asked.how);
  std::cout << found;
  return found ? exit_code::clean : exit_code::gave_up;
}

} // namespace supervisor
