#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/os/process/wire.hpp"
#include "supervisor/spec/process_spec.hpp"
#include "supervisor/spec/spec.hpp"

#include <string>
#include <vector>

namespace supervisor {

/// What a step that did not work means for who wrote the child's spec.
fault explain(const wire::mishap&, const process_spec&, const resource_limits&,
              const std::vector<std::string>& environment);

} // namespace supervisor
