#pragma once

#include "supervisor/cli/catalog.hpp"

namespace supervisor {

/// The whole command line, with the factories of the catalog: run, check, schema. Gives back the
/// exit code: 0 clean, 1 gave up, could not start or a hook at the end said that the work failed, 2 bad
/// file or usage, 3 abandoned children were left (after which the process has ended itself, since nothing could wait for them).
int cli(int argc, char** argv, const catalog&);

} // namespace supervisor
