#include "supervisor/actors/tree.hpp"

#include "supervisor/actors/node/supervisor_actor.hpp"
#include "supervisor/plan/make_plan.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <random>

namespace supervisor {

/// Stops the tree when the last handle is gone.
struct tree::owner {
  std::shared_ptr<detail::tree_core> core;
  std::atomic<bool> detached = false;

  ~owner() {
    core->set_held(false);
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
  core_->set_held(true);
}

faults tree::started(nanoseconds timeout) const {
  const auto in_time = core_->wait_started(timeout);
  const auto report = core_->report();
  if (report && (!core_->has_begun() || report->why == aim::roll_back))
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

void tree::detach() const {
  owner_->detached = true;
  core_->set_held(false);
}

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

namespace detail {

namespace {

void list_places_below(const supervisor_spec& spec, const std::string& path, places& all) {
  if (spec.strategy == strategy::simple_one_for_one)
    return; // a template is nobody
  for (const auto& child : spec.children)
    list_places(child, path, all);
}

/// Its own, or perhaps those of children below it.
bool has_wishes(const launcher& start) {
  return !start.empty() && (start.tree() || !start.recipe().wishes.empty());
}

void list_wishes_below(const supervisor_spec& spec, const std::string& path,
                       const std::string& where, std::vector<placed_wish>& all) {
  for (std::size_t i = 0; i < spec.children.size(); ++i)
    if (has_wishes(spec.children[i].start))
      list_wishes(spec.children[i], path, where + "/children/" + std::to_string(i), all);
}

/// Guesses for names that are nobody's. Of a long list every guess is costly, so there are not many.
class guesses {
public:
  explicit guesses(const places& all) : all_(all) {}

  std::string about(const std::string& target) {
    if (left_ == 0)
      return "";
    --left_;
    if (known_.empty())
      for (const auto& [name, handle] : all_)
        known_.push_back(name);
    return did_you_mean(target, known_);
  }

private:
  const places& all_;
  std::vector<std::string_view> known_{};
  int left_ = 20;
};

/// Empty if it can come true.
std::string objection_to(const placed_wish& x, const places& all, bool all_known, guesses& near) {
  if (x.what.of_partitions && (x.what.partitions < 1 || x.what.partitions > most_partitions))
    return "a ref is to no partitions called " + x.what.path + ", or to too many: must be to 1 to "
           + std::to_string(most_partitions);
  for (const auto& target : paths_of(x.what, x.above)) {
    const auto at = all.find(target);
    if (at == all.end()) {
      const auto guess = near.about(target);
      return all_known || !guess.empty() ? "a ref names no child of this tree: " + target + guess
                                         : "";
    }
    if (at->second && !fits(*x.what.handle, *at->second))
      return other_handle(target, *at->second);
  }
  const auto looked_at = places_to_look_at(x);
  if (x.what.partitions > 0 && all.contains(looked_at.back()))
    return "there are more than " + std::to_string(x.what.partitions) + " partitions called "
           + looked_at.front() + ", ...: keys would lead elsewhere than for other callers";
  return {};
}

} // namespace

void list_places(const child_spec& child, const std::string& above, places& all) {
  const auto path = above + "/" + child.id;
  all.emplace(path, child.start.empty() ? nullptr : child.start.recipe().handle);
  if (const auto* below = child.start.tree())
    list_places_below(*below, path, all);
}

void list_wishes(const child_spec& child, const std::string& above, const std::string& where,
                 std::vector<placed_wish>& all) {
  if (!has_wishes(child.start))
    return;
  for (const auto& wanted : child.start.recipe().wishes)
    all.push_back({above, where + "/start", wanted});
  if (const auto* below = child.start.tree())
    list_wishes_below(*below, above + "/" + child.id, where + "/supervisor", all);
}

std::vector<std::string> places_to_look_at(const placed_wish& x) {
  auto wanted = x.what;
  if (wanted.partitions > 0)
    ++wanted.partitions;
  return paths_of(wanted, x.above);
}

faults faults_of(const std::vector<placed_wish>& wishes, const places& all, bool all_known) {
  faults found;
  guesses near{all};
  for (const auto& x : wishes)
    if (auto no = objection_to(x, all, all_known, near); !no.empty())
      found.push_back({x.where, std::move(no)});
  return found;
}

} // namespace detail

faults detail::faults_of_refs(const supervisor_spec& spec, bool all_known) {
  std::vector<placed_wish> wishes;
  list_wishes_below(spec, "", "", wishes);
  if (wishes.empty())
    return {};
  places all;
  list_places_below(spec, "", all);
  return faults_of(wishes, all, all_known);
}

faults detail::all_faults(const supervisor_spec& spec) {
  auto found = validate(spec);
  auto wrong = faults_of_refs(spec);
  std::ranges::move(wrong, std::back_inserter(found));
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
  core->secret_keys().add(*blue->spec);
  core->set_root(caf::actor_cast<caf::actor>(
    system.spawn<detail::supervisor_actor>(blue, std::string{}, core, detail::uplink{})));
  return tree{core};
}

} // namespace supervisor
