#pragma once

#include "supervisor/spec/spec.hpp"

#include <string>
#include <vector>

namespace supervisor {

/// Something that is allowed and does not do what its author will have meant.
struct lint {
  std::string_view rule{}; ///< a word to look it up by
  fault at{};              ///< what is wrong, and the number that would put it right
};

/// Of a valid tree, nested supervisors included; in the order of the children. The rules:
///   unreachable_limit   a limit of restarts that waits or stops alone make impossible to reach
///   multiplied_budget   what a leaf may crash before the root gives up, level times level
///   short_stop          a supervisor that may take less time to stop than those below it
///   default_root        a root that decides nothing about restarts at all
///   order               rest_for_one, and children declared in another order than they start
///   no_dependents       one_for_dependents, and nobody depends on those it is said for
///   auto_shutdown       a supervisor that ends by itself, and is always started again
///   resource_limits     limits of a child that is no process, and has none of its own
///   role                what contradicts the role of a child
///   no_brake            a child that is started again without a wait and without an end
template <class Start>
std::vector<lint> lints(const basic_supervisor_spec<Start>&);

extern template std::vector<lint> lints(const declared_spec&);

} // namespace supervisor
