#include "supervisor/rules/validate.hpp"
#include "supervisor/spec/tcp_address.hpp"
#include "supervisor/text/duration.hpp"
#include "supervisor/text/printable.hpp"

// What comes before a start, and when a child is replaced that is well.

namespace supervisor::detail {

using showing::quoted;

namespace {

std::size_t ways_of(const precondition& x) {
  return std::size_t{!x.path.empty()} + std::size_t{!x.tcp.empty()} + std::size_t{!x.check.empty()};
}

void check_way(const precondition& x, const std::string& where, faults& found) {
  if (const auto ways = ways_of(x); ways != 1)
    found.push_back(
      {where, "must say exactly one of path, tcp and check, and says " + std::to_string(ways)});
  check_no_zero_byte(x.path, where + "/path", found);
  if (!x.tcp.empty() && !tcp_address_of(x.tcp))
    found.push_back({where + "/tcp", quoted(x.tcp)
                                       + " is no address, must be host:port or [::1]:port with a "
                                         "port from 1 to 65535"});
  if (!x.check.empty() && is_blank(x.check))
    found.push_back({where + "/check", "must not be blank"});
}

void check_times(const precondition& x, const std::string& where, faults& found) {
  check_time(x.timeout, where + "/timeout", found);
  check_time(x.check_interval, where + "/check_interval", found);
  if (x.timeout > nanoseconds::zero() && x.check_interval > x.timeout)
    found.push_back({where + "/check_interval", "must not be longer than timeout, "
                                                  + to_string(x.timeout)
                                                  + ": by then the start has failed"});
}

std::string precondition_at(const std::string& where, std::size_t i) {
  return where + "/preconditions/" + std::to_string(i);
}

void check_recycle(const recycle_policy& x, const std::string& where, faults& found) {
  if (!x.max_age && !x.max_count)
    found.push_back({where, "must say max_age or max_count, or nothing is ever recycled"});
  if (x.max_age)
    check_time(*x.max_age, where + "/max_age", found);
  if (x.max_count == 0u)
    found.push_back({where + "/max_count", "must be at least 1"});
  if (!(x.spread >= 0 && x.spread < 1))
    found.push_back({where + "/spread", "must be at least 0 and less than 1"});
}

} // namespace

void check_replacement(const child_details& x, const std::string& where, faults& found) {
  for (std::size_t i = 0; i < x.preconditions.size(); ++i) {
    check_way(x.preconditions[i], precondition_at(where, i), found);
    check_times(x.preconditions[i], precondition_at(where, i), found);
  }
  if (x.start_before_stop && x.readiness_probe)
    found.push_back(
      {where + "/start_before_stop",
       "does not go with a readiness probe: let the child say itself that it is ready "
       "(readiness_policy \"explicit\")"});
  if (x.recycle)
    check_recycle(*x.recycle, where + "/recycle", found);
}

void check_functions(const child_details& x, const std::string& where, faults& found) {
  for (std::size_t i = 0; i < x.preconditions.size(); ++i)
    if (const auto& asked = x.preconditions[i]; !asked.check.empty() && !asked.holds)
      found.push_back({precondition_at(where, i) + "/check",
                       quoted(asked.check) + " has no function behind it: set holds"});
}

} // namespace supervisor::detail
