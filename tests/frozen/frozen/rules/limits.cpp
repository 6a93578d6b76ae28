#include "frozen/rules/validate.hpp"

namespace frozen::detail {

void check_time(nanoseconds x, const std::string& where, faults& found) {
  constexpr nanoseconds longest = std::chrono::hours{24 * 365 * 100};
  if (x <= nanoseconds::zero())
    found.push_back({where, "must be longer than zero"});
  else if (x > longest)
    found.push_back({where, "must not be longer than 100 years"});
}

namespace {

void check_count(std::uint32_t x, std::uint32_t least, const std::string& where, faults& found) {
  if (x < least || (x > most_countable && x != unlimited))
    found.push_back({where, std::to_string(x) + " is out of range, must be from "
                              + std::to_string(least) + " to " + std::to_string(most_countable)});
}

void check(const restart_limit& x, const std::string& where, faults& found) {
  check_count(x.max_restarts, 0, where + "/max_restarts", found);
  check_time(x.window, where + "/window", found);
  if (x.when_exhausted != restart_limit{}.when_exhausted)
    found.push_back({where + "/when_exhausted", "is for the child to say, by on_budget_exhausted"});
}

void check(const cold_start& x, const std::string& where, faults& found) {
  check_count(x.max_restarts, 0, where + "/max_restarts", found);
  check_time(x.window, where + "/window", found);
}

void check(const hot_loop& x, const std::string& where, faults& found) {
  check_count(x.min_restarts, 1, where + "/min_restarts", found);
  check_time(x.window, where + "/window", found);
}

void check(const meltdown_fuse& x, const std::string& where, faults& found) {
  check_count(x.max_failures, 1, where + "/max_failures", found);
  check_time(x.window, where + "/window", found);
  check_time(x.reset_after, where + "/reset_after", found);
}

void check_last_ends(const failure_window& x, const std::string& where, faults& found) {
  if (x.max_count < 1 || x.max_count > failure_window::most_ends)
    found.push_back({where + "/max_count", std::to_string(x.max_count)
                                             + " is out of range, must be from 1 to "
                                             + std::to_string(failure_window::most_ends)});
  else if (x.threshold > x.max_count)
    found.push_back({where + "/threshold", "must not be more than max_count, "
                                             + std::to_string(x.max_count)
                                             + ": of so many ends no more can be failures"});
}

void check(const failure_window& x, const std::string& where, faults& found) {
  check_count(x.threshold, 1, where + "/threshold", found);
  check_time(x.window, where + "/window", found);
  if (x.mode == failure_window_mode::count_sliding)
    check_last_ends(x, where, found);
}

void check(const token_bucket& x, const std::string& where, faults& found) {
  constexpr auto highest_rate = 1000.0;
  check_time(x.window, where + "/window", found);
  if (x.max_burst < 1)
    found.push_back({where + "/max_burst", "must be at least 1: a restart costs one"});
  if (!(x.recovery_rate_per_sec > 0 && x.recovery_rate_per_sec <= highest_rate))
    found.push_back(
      {where + "/recovery_rate_per_sec", "must be more than 0 and not more than 1000"});
}

void check_if_set(const auto& limit, const std::string& where, faults& found) {
  if (limit)
    check(*limit, where, found);
}

} // namespace

void check_restart_limit(const std::optional<policies::restart_limit>& x, const std::string& where,
                         faults& found) {
  check_if_set(x, where + "/restart_limit", found);
}

void check_limits(const child_limits& x, const std::string& where, faults& found) {
  check_if_set(x.failure_window, where + "/failure_window", found);
  check_restart_limit(x.restart_limit, where, found);
  check_if_set(x.cold_start, where + "/cold_start", found);
  check_if_set(x.hot_loop, where + "/hot_loop", found);
  check_if_set(x.meltdown, where + "/meltdown", found);
}

void check_limits(const scope_limits& x, const std::string& where, faults& found) {
  check_if_set(x.restart_budget, where + "/restart_budget", found);
  check_if_set(x.meltdown, where + "/meltdown", found);
  if (x.concurrent_restarts == 0u)
    found.push_back({where + "/concurrent_restarts", "must be at least 1, or nobody is restarted"});
}

void check_failure_limit(std::uint32_t x, const std::string& where, faults& found) {
  check_count(x, 1, where, found);
}

} // namespace frozen::detail
