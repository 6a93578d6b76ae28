#pragma once

#include <functional>
#include <thread>

namespace supervisor {

/// A thread that takes no signals of the program. None, if there is none to be had: then it is not
/// joinable.
std::jthread try_to_start(std::function<void()>);

} // namespace supervisor
