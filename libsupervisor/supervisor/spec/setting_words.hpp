#pragma once

// Settings of a spec in words, for people: internal to the library. Two values with the same words
// do the same.

#include "supervisor/spec/spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace supervisor::detail {

std::string words(std::string_view label);
std::string number(double);

/// "022": a mask for the rights of files, in at least three octal digits.
std::string octal(std::uint32_t mask);

/// In the largest unit that needs no more than three digits behind the point.
std::string words(nanoseconds);

std::string words(const jitter&);
std::string words(const backoff&);
std::string words(const stop_budget&);
std::string words(std::vector<std::int32_t> codes);
std::string words(const std::vector<std::string>& names);

/// "1 restart", "unlimited restarts".
std::string count(std::uint32_t n, const std::string& what);

std::string words(const restart_limit&);
std::string words(const failure_window&);
std::string words(const cold_start&);
std::string words(const hot_loop&);
std::string words(const meltdown_fuse&);
std::string words(const health_policy&);
std::string words(const health_check&);
std::string words(const readiness_probe&);
std::string words(const stall_watchdog&);
std::string words(const sidecar_config&);
std::string words(const resource_limits&);
std::string words(const command_permissions&);
std::string words(const env_var&);
std::string words(const secret_ref&);
std::string words(const precondition&);
std::string words(const std::vector<precondition>&);
std::string words(const recycle_policy&);
std::string words(const intensity&);
std::string words(const scope_limits&);
std::string words(const dynamic_supervisor_policy&);
std::string words(supervisor::strategy, const std::string& team);

} // namespace supervisor::detail
