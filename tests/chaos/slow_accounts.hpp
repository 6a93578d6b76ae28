#pragma once

#include <chrono>

namespace chaos {

/// A user whose account this program, as everything in it sees it, has to look for: that takes so long,
/// and there is none. Whoever asks for it has to wait.
inline constexpr auto slow_account = "chaos-slow-account";
void look_for_slow_account(std::chrono::nanoseconds);

/// So often it was looked for.
int looks_for_slow_account();

} // namespace chaos
