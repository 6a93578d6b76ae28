#pragma once

#include "trace.hpp"

namespace otp {

/// Tells the story with our actors, in virtual time.
trace on_actors(const story&);

} // namespace otp
