#include "supervisor/rules/validate.hpp"

namespace supervisor::detail {

void check_significance(const child_view& child, supervisor::auto_shutdown above,
                        const child_defaults& defaults, const std::string& where, faults& found) {
  if (!child.more.significant)
    return;
  const auto at = where + "/significant";
  if (above == auto_shutdown::never)
    found.push_back({at, "means nothing to a supervisor whose auto_shutdown is never: say "
                         "any_significant or all_significant there"});
  if (!child.has_own_policy && effective_restart(child, defaults).value == restart::permanent)
    found.push_back({at, "does not go with a permanent child, which never stays down: make it "
                         "transient or temporary"});
}

void check_pool(const supervisor_details& spec, std::size_t templates, const std::string& where,
                faults& found) {
  const auto refuse = [&](bool set, const std::string& field, const std::string& why) {
    if (set)
      found.push_back({where + "/" + field, "does not go with simple_one_for_one, " + why});
  };
  if (templates != 1)
    found.push_back({where + "/children",
                     "simple_one_for_one has one child, the template that all others are made of, "
                     "and here are "
                       + std::to_string(templates)});
  const auto nobody_else = "where a restart reaches nobody else";
  refuse(!spec.group_strategies.empty(), "group_strategies", nobody_else);
  refuse(!spec.child_strategy_overrides.empty(), "child_strategy_overrides", nobody_else);
}

void check_template(const child_view& child, bool has_dependencies, const std::string& where,
                    faults& found) {
  const auto why = "does not go with a template of simple_one_for_one, which has no siblings";
  if (has_dependencies)
    found.push_back({where + "/dependencies", why});
  if (child.more.sidecar_config)
    found.push_back({where + "/sidecar_config", why});
}

} // namespace supervisor::detail
