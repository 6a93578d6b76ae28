#pragma once

#include "supervisor/actors/type_ids.hpp"

#include <cstdint>
#include <string>
#include <type_traits>

namespace supervisor {

/// Why a child ended, or why a message did not get to one.
enum class failure : std::uint8_t {
  none,
  panic,               ///< an exception nobody caught
  recoverable,         ///< worth another try
  fatal_config,        ///< will fail again until somebody changes the configuration
  fatal_bug,           ///< will fail again until somebody changes the program
  external_dependency, ///< something it needs is away
  unhealthy,           ///< alive, but no longer doing its work
  escalated,           ///< a supervisor gave up
  shutdown_tree,       ///< asks for the end of the whole tree
  start_failed,
  child_down,    ///< the child is down and may come back
  child_gone,    ///< the child will not come back
  too_many_held, ///< the child is down, and as many messages as allowed wait for it
};

std::string to_string(failure);

caf::error make_failure(failure, std::string text);

/// What a person would say: the text of the error if it has one, else words for its code.
std::string words(const caf::error&);

template <compat::inspects_enums Inspector>
bool inspect(Inspector& f, failure& x) {
  return f.apply([&x] { return static_cast<std::uint8_t>(x); },
                 [&x](std::uint8_t code) {
                   x = static_cast<failure>(code);
                   return x <= failure::too_many_held;
                 });
}

} // namespace supervisor
