#include "supervisor/os/environment/variables.hpp"

#include <algorithm>
#include <string_view>

#include <unistd.h>

namespace supervisor::detail {

namespace {

bool is_about_the_user(std::string_view name) {
  return name == "HOME" || name == "USER" || name == "LOGNAME" || name == "SHELL";
}

bool inherits(const process_spec& spec, const std::string& name,
              const std::function<bool(const std::string&)>& is_secret) {
  if (!spec.user.empty() && is_about_the_user(name))
    return false;
  switch (spec.inherit) {
    case env_inheritance::inherit:
      return !is_secret(name);
    case env_inheritance::clean:
      return false;
    case env_inheritance::listed:
      return std::ranges::count(spec.inherited, name) > 0;
  }
  return false;
}

/// What others said to us about ourselves is not said to it.
bool is_ours_alone(std::string_view name) {
  return name == "NOTIFY_SOCKET" || name == "WATCHDOG_USEC" || name == "WATCHDOG_PID";
}

} // namespace

std::vector<std::string> variables_of(const process_spec& spec,
                                      const std::function<bool(const std::string&)>& is_secret,
                                      const std::map<std::string, std::string>& own) {
  std::map<std::string, std::string> all;
  for (auto* const* x = ::environ; x && *x; ++x) {
    const std::string_view text{*x};
    const auto cut = text.find('=');
    const std::string name{text.substr(0, cut)};
    if (cut != std::string_view::npos && inherits(spec, name, is_secret) && !is_ours_alone(name))
      all.emplace(name, text.substr(cut + 1));
  }
  for (const auto& [name, value] : own)
    all.insert_or_assign(name, value);
  std::vector<std::string> lines;
  lines.reserve(all.size());
  for (const auto& [name, value] : all)
    lines.push_back(name + "=" + value);
  return lines;
}

} // namespace supervisor::detail
