#pragma once

#include "story.hpp"

#include <functional>
#include <vector>

namespace otp {

/// Which of these stories still fail. They are given together, since starting Erlang takes longer
/// than a hundred of them.
using failing = std::function<std::vector<bool>(const std::vector<story>&)>;

/// A story that fails as long as nothing is left out of it.
story shrink(story, const failing&);

} // namespace otp
