#include "supervisor/test/tree.hpp"

#include <stdexcept>

namespace supervisor::test {

start_options tree::quiet() { return {.observer = {}, .seed = 1}; }

tree::tree(supervisor_spec spec, start_options options)
  : world_(std::make_unique<virtual_system>()) {
  options.fake_threads = true;
  options.tap = [this, tap = std::move(options.tap)](
                  std::string_view path, const plan& by, std::span<const input> inputs,
                  time_point now, const effects& out, const supervisor_spec& about) {
    note(path, out, about, now);
    if (tap)
      tap(path, by, inputs, now, out, about);
  };
  auto made = supervisor::start(world_->system, std::move(spec), std::move(options));
  if (!made)
    throw std::invalid_argument{to_string(made.error())};
  running_ = std::move(*made);
  run();
  log_.clear();
}

tree::~tree() { stop(); }

void tree::note(std::string_view path, const effects& out, const supervisor_spec& about,
                time_point now) {
  const auto above = path.empty() ? std::string{} : std::string{path.substr(1)} + "/";
  std::vector<effect> shown;
  for (const auto& x : out.todo)
    if (x.what != deed::begun)
      shown.push_back(x);
  const auto text = show(shown, now, [&](slot i) { return above + about.children[i].id; });
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
