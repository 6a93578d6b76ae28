#include "demo.hpp"

#include <supervisor/cli/cli.hpp>

int main(int argc, char** argv) { return supervisor::cli(argc, argv, supervisor::demo_catalog()); }
