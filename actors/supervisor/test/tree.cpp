#include "supervisor/test/tree.hpp"

#include <stdexcept>

namespace supervisor::test {

start_options tree::quiet() { return {.observer = {}, .seed = 1}; }

tree::tree(supervisor_spec spec, start_options options)
  : world_(std::make_unique<virtual_system>()) {
  options.fake_threads = true;
  options.tap
    = [this, tap = std::move(options.tap)](
        std::string_view path, const plan& by, std::span<const input> inputs, time_point now,
        const effects& out, const std::function<std::string_view(slot)>& id_of) {
        note(path, out, id_of, now);
        if (tap)
          tap(path, by, inputs, now, out, id_of);
      };
  auto made = supervisor::start(world_->system, std::move(spec), std::move(options));
  if (!made)
    throw std::invalid_argument{to_string(made.error())};
  running_ = std::move(*made);
  run();
  log_.clear();
}

tree::~tree() { stop(); }

void tree::note(std::string_view path, const effects& out,
                const std::function<std::string_view(slot)>& id_of, time_point now) {
  const auto above = path.empty() ? std::string{} : std::string{path.substr(1)} + "/";
  std::vector<effect> shown;
  for (const auto& x : out.todo)
    if (x.what != deed::begun && x.what != deed::check)
      shown.push_back(x);
  const auto text = show(shown, now, [&](slot i) { return above + std::string{id_of(i)}; });
  if (!text.empty())
    log_ += (log_.empty() ? "" : ", ") + text;
}

void tree::crash(const std::string& path, const std::string& text) {
  exits(path, make_failure(failure::panic, text));
}

void tree::exits(const std::string& path, caf::error why) {
  run();
  if (state_of(path).kind == task_kind::supervisor) // it heeds nobody but its parent, and a kill
    why = caf::exit_reason::kill;
  static_cast<void>(ref(path)); // once asked for, it is bound to the child
  run();
  compat::anon_send_exit(*ref(path), std::move(why));
  run();
}

void tree::advance(nanoseconds d) { world_->advance(d); }

void tree::run() { world_->run(); }

shutdown_report tree::stop() {
  if (!ended())
    running_->request_shutdown("test", "stop");
  run();
  for (int i = 0; i < 1000 && !ended(); ++i)
    advance(std::chrono::seconds{10});
  if (!ended())
    throw std::logic_error{"the tree does not stop: some child ignores its supervisor"};
  run();
  return *report();
}

// -- commands --------------------------------------------------------------------------------------------

/// Time goes on in small steps: whoever waits for a child to stop waits no longer than it takes.
template <class Answer, class Ask>
Answer tree::answer_to(Ask ask) {
  const auto told = std::make_shared<std::optional<Answer>>();
  ask([told](Answer x) { *told = std::move(x); });
  run();
  for (int i = 0; i < 100'000 && !*told; ++i)
    advance(std::chrono::milliseconds{10});
  if (!*told)
    throw std::logic_error{"nothing answers"};
  return std::move(**told);
}

expected<control_result> tree::command(command_request wanted) {
  return answer_to<expected<control_result>>(
    [&](auto done) { running_->carry_out(std::move(wanted), std::move(done)); });
}

expected<control_result> tree::pause_child(const std::string& path, audit by) {
  return command({command::pause_child, path, std::move(by)});
}

expected<control_result> tree::resume_child(const std::string& path, audit by) {
  return command({command::resume_child, path, std::move(by)});
}

expected<control_result> tree::quarantine_child(const std::string& path, audit by) {
  return command({command::quarantine_child, path, std::move(by)});
}

expected<control_result> tree::release_child(const std::string& path, audit by) {
  return command({command::release_child, path, std::move(by)});
}

expected<control_result> tree::restart_child(const std::string& path, audit by) {
  return command({command::restart_child, path, std::move(by)});
}

expected<control_result> tree::terminate_child(const std::string& path, audit by) {
  return command({command::terminate_child, path, std::move(by)});
}

expected<control_result> tree::remove_child(const std::string& path, audit by) {
  return command({command::remove_child, path, std::move(by)});
}

expected<control_result> tree::delete_child(const std::string& path, audit by) {
  return command({command::delete_child, path, std::move(by)});
}

expected<control_result> tree::start_child(child_spec child, audit by) {
  return start_child("/", std::move(child), std::move(by));
}

expected<control_result> tree::start_child(const std::string& supervisor, child_spec child,
                                           audit by) {
  return command({.what = command::start_child,
                  .path = supervisor,
                  .audit = std::move(by),
                  .child = std::make_shared<const child_spec>(std::move(child))});
}

expected<change_plan> tree::plan_for(supervisor_spec wanted) {
  return answer_to<expected<change_plan>>(
    [&](auto done) { running_->plan_for(std::move(wanted), std::move(done)); });
}

expected<control_result> tree::apply(const change_plan& what, audit by) {
  return answer_to<expected<control_result>>(
    [&](auto done) { running_->apply(what, std::move(by), std::move(done)); });
}

expected<std::vector<child_state>> tree::which_children(const std::string& supervisor) {
  return answer_to<expected<std::vector<child_state>>>(
    [&](auto done) { running_->which_children(supervisor, std::move(done)); });
}

expected<child_counts> tree::count_children(const std::string& supervisor) {
  return answer_to<expected<child_counts>>(
    [&](auto done) { running_->count_children(supervisor, std::move(done)); });
}

expected<child_spec> tree::get_childspec(const std::string& path) {
  return answer_to<expected<child_spec>>(
    [&](auto done) { running_->get_childspec(path, std::move(done)); });
}

std::string tree::log() {
  run();
  return std::exchange(log_, {});
}

explanation tree::explain(const std::string& path) {
  std::optional<expected<explanation>> told;
  running_->explain(path, [&told](expected<explanation> x) { told = std::move(x); });
  run();
  if (!*told)
    throw std::invalid_argument{to_string(told->error())};
  return **told;
}

supervisor_state tree::state() {
  supervisor_state now;
  running_->current_state([&now](supervisor_state x) { now = std::move(x); });
  run();
  return now;
}

child_state tree::state_of(const std::string& path) {
  const auto all = state();
  const auto* level = &all;
  std::size_t from = path.starts_with('/') ? 1 : 0;
  while (level) {
    const auto cut = path.find('/', from);
    const auto id = path.substr(from, cut - from);
    const child_state* found = nullptr;
    for (const auto& child : level->children)
      if (child.id == id)
        found = &child;
    if (!found)
      break;
    if (cut == std::string::npos)
      return *found;
    level = found->below.get();
    from = cut + 1;
  }
  throw std::out_of_range{"no such child: " + path};
}

bool tree::ended() const { return running_->wait_for(nanoseconds{0}).has_value(); }

std::optional<shutdown_report> tree::report() const { return running_->wait_for(nanoseconds{0}); }

} // namespace supervisor::test
