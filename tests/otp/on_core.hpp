#pragma once

#include "trace.hpp"

namespace otp {

/// Tells the story with a core for each supervisor, which talk by mail, first in, first out.
trace on_core(const story&);

} // namespace otp
