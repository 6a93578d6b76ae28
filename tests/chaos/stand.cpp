#include "stand.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

namespace chaos {

namespace {

bool is_up(const sup::child_state& x) { return x.state == sup::lifecycle::ready; }

std::size_t count_down(const sup::supervisor_state& all) {
  std::size_t found = all.answered ? 0 : 1;
  for (const auto& x : all.children)
    found += (is_up(x) ? 0 : 1) + (x.below ? count_down(*x.below) : 0);
  return found;
}

const sup::child_state* find(const sup::supervisor_state& all, const std::string& path) {
  for (const auto& x : all.children) {
    if (x.path == path)
      return &x;
    if (x.below && path.starts_with(x.path + "/"))
      return find(*x.below, path);
  }
  return nullptr;
}

} // namespace

bool until(const std::function<bool()>& holds, nanoseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  for (; std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(1ms))
    if (holds())
      return true;
  return holds();
}

stand::stand(sup::supervisor_spec spec, sup::start_options how, std::size_t workers) {
  if (workers > 0)
    sup::compat::set_scheduler(config_, "stealing", workers);
  system_ = std::make_unique<caf::actor_system>(config_);
  how.seed = how.seed.value_or(1);
  how.observer = [told = observer_of(told_), also = how.observer](const sup::tree_event& x) {
    told(x);
    if (also)
      also(x);
  };
  auto started = sup::start(*system_, std::move(spec), std::move(how));
  if (!started) {
    std::cerr << to_string(started.error()) << std::endl;
    std::abort();
  }
  tree_ = std::move(*started);
}

std::optional<sup::child_state> stand::state(const std::string& path) const {
  const auto all = tree_->current_state();
  const auto* found = find(all, path);
  return found ? std::optional{*found} : std::nullopt;
}

std::size_t stand::down() const { return count_down(tree_->current_state()); }

bool stand::all_up(nanoseconds within) const {
  return until([this] { return down() == 0; }, within);
}

/// Its state comes behind its name, which is in parentheses.
bool is_alive(pid_t who) {
  std::ifstream file{"/proc/" + std::to_string(who) + "/stat"};
  std::string text;
  std::getline(file, text, '\0');
  const auto name_ends = text.rfind(") ");
  return who > 0 && name_ends != std::string::npos && text[name_ends + 2] != 'Z'
         && text[name_ends + 2] != 'X';
}

caf::behavior echo(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

std::optional<nanoseconds> call(caf::actor_system& system, const caf::actor& whom,
                                nanoseconds within) {
  caf::scoped_actor self{system};
  auto answered = false;
  const auto took = time_of([&] {
    sup::compat::request(self, whom, within, 1)
      .receive([&](int) { answered = true; }, [](const caf::error&) {});
  });
  return answered ? std::optional{took} : std::nullopt;
}

} // namespace chaos
