#pragma once

#include "supervisor/cli/catalog.hpp"

namespace supervisor {

/// What the names in the files of examples/ stand for: children that show one thing each, and the
/// parts of a shop.
catalog demo_catalog();

} // namespace supervisor
