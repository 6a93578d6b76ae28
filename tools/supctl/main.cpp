#include "demo.hpp"
#include "processes.hpp"

#include <supervisor/cli/cli.hpp>

int main(int argc, char** argv) {
  auto known = supervisor::demo_catalog();
  supervisor::add_processes(known);
  known.is_version(SUPERVISOR_VERSION);
  return supervisor::cli(argc, argv, known);
}
