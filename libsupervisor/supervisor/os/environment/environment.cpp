#include "supervisor/os/environment/environment.hpp"

#include "supervisor/os/process/sweep.hpp"
#include "supervisor/os/process/wire.hpp"

#include <algorithm>

namespace supervisor {

namespace {

bool is_called(std::string_view variable, std::string_view name) {
  return variable.substr(0, variable.find('=')) == name;
}

bool is_for_us(std::string_view variable) {
  for (const auto* const name : {marker_variable, "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    if (is_called(variable, name))
      return true;
  return false;
}

} // namespace

std::vector<std::string> environment_with(std::vector<std::string> own, const told_by_us& told) {
  std::erase_if(own, is_for_us);
  for (const auto& variable : told.of_user) {
    const auto name = variable.substr(0, variable.find('='));
    if (std::ranges::none_of(own, [&](const auto& x) { return is_called(x, name); }))
      own.push_back(variable);
  }
  own.push_back(std::string{marker_variable} + '=' + told.marker);
  if (!told.notify_address.empty())
    own.push_back("NOTIFY_SOCKET=" + told.notify_address);
  if (told.watchdog.count() > 0) {
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(told.watchdog);
    own.push_back("WATCHDOG_USEC=" + std::to_string(std::max<long long>(time.count(), 1)));
    own.push_back(wire::watchdog_pid + std::string(10, ' ')); // the helper fills it in
  }
  return own;
}

std::string search_path(const std::vector<std::string>& environment) {
  for (const auto& variable : environment)
    if (is_called(variable, "PATH") && variable.size() >= 5)
      return variable.substr(5);
  return wire::default_path;
}

} // namespace supervisor
