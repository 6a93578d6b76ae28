#pragma once

#include "trace.hpp"

#include <optional>

namespace otp {

/// What Erlang's own supervisor makes of these stories.
struct otp_traces {
  std::string release{};
  std::vector<trace> all{}; ///< as in the stories; empty: it broke
};

/// Empty: the Erlang side did not run to its end, and said on stderr why.
std::optional<otp_traces> on_otp(std::vector<story> stories);

} // namespace otp
