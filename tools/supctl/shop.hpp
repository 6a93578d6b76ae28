#pragma once

#include "supervisor/cli/catalog.hpp"

namespace supervisor {

/// The parts of a shop, which examples/shop.json puts together: an importer reads orders from a file
/// and gives them to workers, who ask a cache or the pricing service for the price and have the
/// order booked in the ledger. Orders may be poison, and prices come from a service that crashes;
/// yet in the end each order is booked once, or rejected.
void add_shop(catalog&);

} // namespace supervisor
