#pragma once

namespace supervisor {

/// Standard input, output and error are there, or /dev/null is in their place: what is opened later
/// never gets the number of one of them, and with it what was meant for a reader or a log. Before
/// anything is opened.
void open_standard_descriptors() noexcept;

} // namespace supervisor
