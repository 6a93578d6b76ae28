#pragma once

#include <string>

// What the library itself has to say on standard error.

namespace supervisor::detail {

/// "[supervisor] ...", as one printable line. Said in the turn of a supervisor, perhaps: it waits for
/// nobody, and is lost if standard error takes nothing now.
void complain(const std::string& what) noexcept;

/// The text of what is being handled, wherever `catch` has caught it: ": the text", or nothing if it has
/// none.
std::string thrown_text();

/// Whether a line can be written there now without waiting for whoever reads.
bool standard_error_takes_more() noexcept;

/// Also after a write that failed: a disk that was full may have room again.
void write_to_standard_error(const std::string& line) noexcept;

} // namespace supervisor::detail
