#pragma once

#include "supervisor/cli/catalog.hpp"

namespace supervisor {

/// The whole command line, with the factories of the catalog: run, check, simulate, break, schema. Gives
/// back the exit code: 0 clean; 1 gave up, could not start, a hook at the end said that the work failed,
/// or what a command had to say could not be written; 2 bad file or usage; 3 abandoned children were left
/// (after which the process has ended itself, since nothing could wait for them).
///
/// To be called by `main`, once, before there are other threads. Until it comes back, signals and
/// standard descriptors are its own, see docs/running.md; in the end, signals are what they were.
int cli(int argc, char** argv, const catalog&);

} // namespace supervisor
