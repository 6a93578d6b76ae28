#include "supervisor/simulate/refused_by.hpp"

namespace supervisor::simulating {

std::string refused_by(const plan& by, slot who, const decision& x) {
  return std::string{part_name(by, who, x.because)};
}

verdict carried_out(const plan& by, slot who, const decision& x) {
  if (x.what != verdict::escalate)
    return x.what;
  switch (by.reach_of(who).escalation) {
    case escalation_policy::escalate_to_parent:
      return verdict::escalate;
    case escalation_policy::shutdown_tree:
      return verdict::shutdown_tree;
    case escalation_policy::quarantine_scope:
      return verdict::quarantine;
  }
  return x.what;
}

} // namespace supervisor::simulating
