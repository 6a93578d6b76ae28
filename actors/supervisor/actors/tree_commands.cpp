#include "supervisor/actors/tree.hpp"
#include "supervisor/rules/validate.hpp"

#include <algorithm>
#include <future>

namespace supervisor {

namespace {

/// As supervisors call themselves: "" is the root, "/shop" a supervisor below it.
std::string absolute(std::string path) {
  if (path.empty() || path == "/")
    return {};
  return path.starts_with('/') ? path : "/" + path;
}

/// Waits for what `ask` is to be called back with.
template <class Answer, class Ask>
Answer wait_for_answer(Ask ask) {
  const auto answer = std::make_shared<std::promise<Answer>>();
  auto waiting = answer->get_future();
  ask([answer](Answer x) { answer->set_value(std::move(x)); });
  return waiting.get();
}

fault not_alive(const detail::tree_core& core) {
  const auto health = core.health();
  auto text = "the tree is not alive, but " + std::string{label(health.state)};
  if (health.exit_report)
    text += " in phase " + health.exit_report->phase + ": " + health.exit_report->reason;
  return {"", std::move(text)};
}

} // namespace

bool change_plan::is_empty() const {
  return std::ranges::all_of(changes,
                             [](const change& x) { return x.what == change_kind::nothing; });
}

void tree::carry_out(command_request wanted, command_done done) const {
  if (auto wrong = check(wanted.audit); !wrong.empty())
    return done(std::move(wrong));
  const auto root = core_->root();
  if (!root)
    return done(not_alive(*core_));
  auto query = std::make_shared<command_query>();
  query->place = core_->command_permit();
  if (!query->place)
    return done(fault{"", "busy: as many commands are under way as may be"});
  const auto path = absolute(std::move(wanted.path));
  query->what = wanted.what;
  query->path = path.empty() ? "/" : path;
  query->audit = std::move(wanted.audit);
  query->child = std::move(wanted.child);
  query->args = std::move(wanted.args);
  query->id = std::move(wanted.id);
  query->signal = wanted.signal;
  query->done = std::move(done);
  if (path.empty() && query->what != command::start_child)
    query->found = fault{"/", "is the root, and no child: shut the tree down instead"};
  else
    compat::anon_send(
      root, control{.what = control::order::command, .path = path, .command = std::move(query)});
}

expected<control_result> tree::carry_out(command_request wanted) const {
  return wait_for_answer<expected<control_result>>(
    [&](auto done) { carry_out(std::move(wanted), std::move(done)); });
}

expected<control_result> tree::signal_child(const std::string& path, std::string_view signal,
                                            audit by) const {
  faults wrong;
  detail::check_signal(std::string{signal}, "signal", wrong);
  if (!wrong.empty())
    return wrong;
  return carry_out({.what = command::signal_child,
                    .path = path,
                    .audit = std::move(by),
                    .signal = signal_number(signal)});
}

expected<control_result> tree::start_child(child_spec child, audit by) const {
  return start_child("/", std::move(child), std::move(by));
}

expected<control_result> tree::start_child(const std::string& supervisor, child_spec child,
                                           audit by) const {
  return carry_out({.what = command::start_child,
                    .path = supervisor,
                    .audit = std::move(by),
                    .child = std::make_shared<const child_spec>(std::move(child))});
}

expected<change_plan> tree::plan_for(supervisor_spec wanted) const {
  return wait_for_answer<expected<change_plan>>(
    [&](auto done) { plan_for(std::move(wanted), std::move(done)); });
}

expected<control_result> tree::apply(const change_plan& what, audit by) const {
  return wait_for_answer<expected<control_result>>(
    [&](auto done) { apply(what, std::move(by), std::move(done)); });
}

// -- questions -------------------------------------------------------------------------------------------

void tree::current_state(std::function<void(supervisor_state)> done) const {
  const auto query = std::make_shared<state_query>();
  query->done = std::move(done);
  if (const auto root = core_->root())
    compat::anon_send(root,
                      control{.what = control::order::state, .query = query, .node = &query->root});
}

supervisor_state tree::current_state() const {
  return wait_for_answer<supervisor_state>([&](auto done) { current_state(std::move(done)); });
}

void tree::explain(const std::string& path, std::function<void(expected<explanation>)> done) const {
  const auto query = std::make_shared<explain_query>();
  query->done = std::move(done);
  if (const auto root = core_->root())
    compat::anon_send(
      root, control{.what = control::order::explain, .path = absolute(path), .why = query});
}

expected<explanation> tree::explain(const std::string& path) const {
  return wait_for_answer<expected<explanation>>([&](auto done) { explain(path, std::move(done)); });
}

void tree::which_children(const std::string& supervisor,
                          std::function<void(expected<std::vector<child_state>>)> done) const {
  const auto query = std::make_shared<state_query>();
  query->done = [supervisor, done = std::move(done)](supervisor_state found) {
    if (!found.answered)
      return done(fault{supervisor, "names no supervisor of this tree, or one that is down"});
    std::erase_if(found.children, [](const child_state& x) { return x.forgotten; });
    done(std::move(found.children));
  };
  if (const auto root = core_->root())
    compat::anon_send(root, control{.what = control::order::state,
                                    .path = absolute(supervisor),
                                    .query = query,
                                    .node = &query->root});
}

expected<std::vector<child_state>> tree::which_children(const std::string& supervisor) const {
  return wait_for_answer<expected<std::vector<child_state>>>(
    [&](auto done) { which_children(supervisor, std::move(done)); });
}

namespace {

child_counts counts_of(const std::vector<child_state>& all, strategy how) {
  child_counts counts;
  for (const auto& x : all) {
    counts.active += x.status.has_value();
    (x.kind == task_kind::supervisor ? counts.supervisors : counts.workers) += 1;
  }
  counts.specs = how == strategy::simple_one_for_one ? 1 : all.size();
  return counts;
}

} // namespace

void tree::count_children(const std::string& supervisor,
                          std::function<void(expected<child_counts>)> done) const {
  ask_for_spec(
    absolute(supervisor), [self = *this, supervisor, done = std::move(done)](
                            const expected<std::shared_ptr<const supervisor_spec>>& spec) {
      if (!spec)
        return done(spec.error());
      self.which_children(
        supervisor, [how = (*spec)->strategy, done](const expected<std::vector<child_state>>& all) {
          if (!all)
            return done(all.error());
          done(counts_of(*all, how));
        });
    });
}

expected<child_counts> tree::count_children(const std::string& supervisor) const {
  return wait_for_answer<expected<child_counts>>(
    [&](auto done) { count_children(supervisor, std::move(done)); });
}

namespace {

/// "part-0", "part-1", ...: in the order of their numbers, and none of another name among them.
bool are_partitions(const std::vector<std::string>& ids) {
  const auto name = ids.front().substr(0, ids.front().rfind('-'));
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (ids[i] != name + "-" + std::to_string(i))
      return false;
  return true;
}

} // namespace

/// Never none.
expected<std::vector<std::string>> tree::partition_ids(const std::string& supervisor) const {
  const auto spec = wait_for_answer<expected<std::shared_ptr<const supervisor_spec>>>(
    [&](auto done) { ask_for_spec(absolute(supervisor), std::move(done)); });
  if (!spec)
    return spec.error();
  std::vector<std::string> ids;
  if ((*spec)->strategy != strategy::simple_one_for_one)
    for (const auto& child : (*spec)->children)
      ids.push_back(child.id);
  if (ids.empty())
    return fault{supervisor, "declares no children"};
  if (!are_partitions(ids))
    return fault{supervisor,
                 "is not partitioned: its children are not called \"<id>-0\", \"<id>-1\" "
                 "and so on, as those of partitioned() are"};
  return ids;
}

void tree::get_childspec(const std::string& path,
                         std::function<void(expected<child_spec>)> done) const {
  const auto query = std::make_shared<child_query>();
  query->done = [done = std::move(done)](const expected<std::shared_ptr<const child_spec>>& found) {
    if (!found)
      return done(found.error());
    done(**found);
  };
  if (absolute(path).empty())
    query->found = fault{"/", "is the root, and no child"};
  else if (const auto root = core_->root())
    compat::anon_send(
      root, control{.what = control::order::child, .path = absolute(path), .child = query});
}

expected<child_spec> tree::get_childspec(const std::string& path) const {
  return wait_for_answer<expected<child_spec>>(
    [&](auto done) { get_childspec(path, std::move(done)); });
}

void tree::find_handle(const std::string& path, const std::type_info& wanted,
                       std::function<void(expected<caf::actor>)> done) const {
  const auto query = std::make_shared<where_query>();
  query->done = [path, &wanted, done = std::move(done)](const expected<child_handle>& found) {
    if (!found)
      return done(found.error());
    if (!detail::fits(wanted, *found->type))
      return done(fault{path, "has another handle type: ask for the type that its start makes, "
                                + compat::demangled(*found->type)});
    if (!found->who)
      return done(fault{path, "is down"});
    done(found->who);
  };
  if (absolute(path).empty())
    query->found = fault{"/", "is the root, and no child"};
  else if (const auto root = core_->root())
    compat::anon_send(
      root, control{.what = control::order::where, .path = absolute(path), .where = query});
}

expected<caf::actor> tree::handle_of(const std::string& path, const std::type_info& wanted) const {
  return wait_for_answer<expected<caf::actor>>(
    [&](auto done) { find_handle(path, wanted, std::move(done)); });
}

void tree::ask_for_spec(
  std::string path,
  std::function<void(expected<std::shared_ptr<const supervisor_spec>>)> done) const {
  const auto query = std::make_shared<spec_query>();
  query->done = std::move(done);
  if (const auto root = core_->root())
    compat::anon_send(
      root, control{.what = control::order::spec, .path = std::move(path), .spec = query});
}

} // namespace supervisor
