#include "supervisor/actors/tree.hpp"

#include "supervisor/actors/supervisor_actor.hpp"
#include "supervisor/make_plan.hpp"

#include <atomic>
#include <random>

namespace supervisor {

/// Stops the tree when the last handle is gone.
struct tree::owner {
  std::shared_ptr<detail::tree_core> core;
  std::atomic<bool> detached = false;

  ~owner() {
    const auto root = core->root();
    if (root && !detached)
      compat::anon_send(root, control{.what = control::order::stop,
                                      .requested_by = "owner",
                                      .reason = "the last handle is gone"});
  }
};

tree::tree(std::shared_ptr<detail::tree_core> core)
  : core_(core), owner_(std::make_shared<owner>()) {
  owner_->core = std::move(core);
}

faults tree::started(nanoseconds timeout) const {
  const auto in_time = core_->wait_started(timeout);
  if (const auto report = core_->report(); report && !core_->has_begun())
    return {{report->culprit, to_string(*report)}};
  if (!in_time)
    return {{"", "not started within " + to_string(timeout)}};
  return {};
}

faults tree::request_shutdown(std::string requested_by, std::string reason) const {
  if (auto wrong = check(audit{requested_by, reason}); !wrong.empty())
    return wrong;
  if (const auto root = core_->root())
    compat::anon_send(root, control{.what = control::order::stop,
                                    .requested_by = std::move(requested_by),
                                    .reason = std::move(reason)});
  return {};
}

expected<shutdown_report> tree::shutdown_tree(std::string requested_by, std::string reason) const {
  if (auto wrong = request_shutdown(std::move(requested_by), std::move(reason)); !wrong.empty())
    return wrong;
  return *wait_for(stop_budget::no_end);
}

shutdown_report tree::stop() const { return *shutdown_tree("owner", "stop"); }

std::optional<shutdown_report> tree::wait_for(nanoseconds timeout) const {
  core_->wait_finished(timeout);
  return core_->report();
}

void tree::detach() const { owner_->detached = true; }

runtime_health_report tree::health() const { return core_->health(); }

std::optional<runtime_exit_report> tree::join(nanoseconds timeout) const {
  core_->wait_finished(timeout);
  return core_->health().exit_report;
}

expected<runtime_exit_report> tree::shutdown(std::string requested_by, std::string reason) const {
  if (auto wrong = request_shutdown(std::move(requested_by), std::move(reason)); !wrong.empty())
    return wrong;
  return *join();
}

// -- starting ----------------------------------------------------------------------------------------------

namespace {

/// Every child of the tree by its absolute path.
using places = std::map<std::string, const child_spec*>;

void list_places(const supervisor_spec& spec, const std::string& path, places& all) {
  for (const auto& child : spec.children) {
    all.emplace(path + "/" + child.id, &child);
    if (const auto* below = child.start.tree())
      list_places(*below, path + "/" + child.id, all);
  }
}

bool has_wishes(const supervisor_spec& spec) {
  for (const auto& child : spec.children) {
    if (!child.start.empty() && !child.start.recipe().wishes.empty())
      return true;
    if (const auto* below = child.start.tree(); below && has_wishes(*below))
      return true;
  }
  return false;
}

void check_wish(const detail::wish& wanted, const std::string& path, const std::string& where,
                const places& all, faults& found) {
  const auto target = wanted.path.starts_with('/') ? wanted.path : path + "/" + wanted.path;
  const auto at = all.find(target);
  if (at == all.end()) {
    std::vector<std::string_view> known;
    for (const auto& [name, child] : all)
      known.push_back(name);
    found.push_back(
      {where, "a ref names no child of this tree: " + target + did_you_mean(target, known)});
  } else if (const auto& start = at->second->start;
             !start.empty() && *start.recipe().handle != *wanted.handle) {
    found.push_back({where, "the ref to " + target
                              + " has another handle type than the child: ask for the type that "
                                "its start makes"});
  }
}

/// Refs among the arguments must name children of the tree, with the right type.
void check_wishes(const supervisor_spec& spec, const std::string& path, const std::string& where,
                  const places& all, faults& found) {
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& start = spec.children[i].start;
    const auto here = where + "/children/" + std::to_string(i);
    if (start.empty())
      continue;
    for (const auto& wanted : start.recipe().wishes)
      check_wish(wanted, path, here + "/start", all, found);
    if (const auto* below = start.tree())
      check_wishes(*below, path + "/" + spec.children[i].id, here + "/supervisor", all, found);
  }
}

} // namespace

faults detail::all_faults(const supervisor_spec& spec) {
  auto found = validate(spec);
  if (has_wishes(spec)) {
    places all;
    list_places(spec, "", all);
    check_wishes(spec, "", "", all, found);
  }
  return found;
}

namespace {

std::uint64_t any_seed() {
  std::random_device dice;
  return std::uint64_t{dice()} << 32 | dice();
}

} // namespace

expected<tree> start(caf::actor_system& system, supervisor_spec spec, start_options options) {
  if (auto wrong = detail::all_faults(spec); !wrong.empty())
    return wrong;
  const auto seed = options.seed ? *options.seed : any_seed();
  const auto most_commands = detail::said_in(spec.more).control_channel_capacity.value_or(256);
  const auto blue
    = detail::make_blueprint(std::make_shared<const supervisor_spec>(std::move(spec)), seed);
  const auto core = std::make_shared<detail::tree_core>(system, std::move(options), most_commands);
  core->set_root(caf::actor_cast<caf::actor>(
    system.spawn<detail::supervisor_actor>(blue, std::string{}, core, detail::uplink{})));
  return tree{core};
}

} // namespace supervisor
