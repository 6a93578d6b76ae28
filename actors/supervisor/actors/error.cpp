#include "supervisor/actors/error.hpp"

#include "supervisor/actors/messages.hpp"

#include <algorithm>
#include <utility>

namespace supervisor {

namespace {

// Before main, so that a program's first lines may be a config and an actor system.
[[maybe_unused]] const bool types_known = compat::init_types<caf::id_block::supervisor>();

std::string spaced(std::string name) {
  if (const auto last = name.rfind(':'); last != std::string::npos)
    name.erase(0, last + 1);
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string words_of(caf::exit_reason why) {
  switch (why) {
    case caf::exit_reason::normal:
      return "ended normally";
    case caf::exit_reason::kill:
      return "killed";
    case caf::exit_reason::user_shutdown:
      return "shut down";
    case caf::exit_reason::remote_link_unreachable:
      return "lost the connection to its node";
    case caf::exit_reason::unreachable:
      return "nobody held a handle to it";
    default:
      return spaced(to_string(why));
  }
}

std::string words_of(failure why) {
  switch (why) {
    case failure::none:
      return "no failure";
    case failure::panic:
      return "panicked";
    case failure::recoverable:
      return "failed, but may recover";
    case failure::fatal_config:
      return "cannot run with this configuration";
    case failure::fatal_bug:
      return "found a bug in the program";
    case failure::external_dependency:
      return "something it needs is away";
    case failure::unhealthy:
      return "unhealthy";
    case failure::escalated:
      return "its supervisor gave up";
    case failure::shutdown_tree:
      return "asked for the end of the tree";
    case failure::start_failed:
      return "could not start";
    case failure::child_down:
      return "the child is down";
    case failure::child_gone:
      return "the child is gone";
    case failure::too_many_held:
      return "too many messages wait for the child";
  }
  return "unknown failure";
}

} // namespace

std::string to_string(failure x) {
  switch (x) {
    case failure::none:
      return "none";
    case failure::panic:
      return "panic";
    case failure::recoverable:
      return "recoverable";
    case failure::fatal_config:
      return "fatal_config";
    case failure::fatal_bug:
      return "fatal_bug";
    case failure::external_dependency:
      return "external_dependency";
    case failure::unhealthy:
      return "unhealthy";
    case failure::escalated:
      return "escalated";
    case failure::shutdown_tree:
      return "shutdown_tree";
    case failure::start_failed:
      return "start_failed";
    case failure::child_down:
      return "child_down";
    case failure::child_gone:
      return "child_gone";
    case failure::too_many_held:
      return "too_many_held";
  }
  return "failure(" + std::to_string(static_cast<int>(x)) + ")";
}

caf::error make_failure(failure code, std::string text) {
  return caf::make_error(code, std::move(text));
}

std::string words(const caf::error& why) {
  if (!why)
    return words_of(caf::exit_reason::normal);
  const auto text = compat::text_of(why);
  if (const auto code = compat::code_of<failure>(why))
    return text.empty() ? words_of(*code) : text;
  if (const auto code = compat::code_of<caf::exit_reason>(why))
    return text.empty() ? words_of(*code) : words_of(*code) + ": " + text;
  const auto code = compat::code_of<caf::sec>(why);
  if (!code || *code == caf::sec::runtime_error) // a program's own error, or an exception
    return !text.empty() ? text : code ? spaced(to_string(*code)) : compat::code_name(why);
  const auto name = spaced(to_string(*code));
  return text.empty() ? name : name + ": " + text;
}

} // namespace supervisor
