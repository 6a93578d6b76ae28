#pragma once

#include <supervisor/mind/core.hpp>

#include <string>

namespace supervisor {

/// What one step was told and what it answered, as numbers only, so that names may change. Two minds that
/// agree have equal transcripts.
std::string transcript_of(std::span<const input>, const effects&);

} // namespace supervisor
