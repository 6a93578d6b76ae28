#include <doctest/doctest.h>
#include <supervisor/simulate/simulate.hpp>
#include <supervisor/test/tree.hpp>

#include <random>
#include <set>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

using dice = std::mt19937_64;

std::uint32_t roll(dice& d, std::uint32_t sides) { return static_cast<std::uint32_t>(d() % sides); }

caf::behavior steady(caf::event_based_actor*) {
  return {[](int) {}};
}

/// One tree twice: to simulate, and to run.
struct twins {
  declared_spec declared{};
  supervisor_spec real{};
};

void add_child(twins&, dice&, int depth);

twins any_tree(dice& d, int depth) {
  twins t;
  t.declared.strategy = t.real.strategy = static_cast<strategy>(roll(d, 4));
  t.declared.intensity = t.real.intensity = {roll(d, 3) == 0 ? unlimited : roll(d, 6), 1s};
  for (std::uint32_t i = 0, n = 1 + roll(d, 4); i < n; ++i)
    add_child(t, d, depth);
  return t;
}

void add_child(twins& t, dice& d, int depth) {
  const auto number = static_cast<std::uint32_t>(t.real.children.size());
  declared_child_spec a{.id = "c" + std::to_string(number)};
  child_spec b{.id = a.id};
  if (depth > 0 && roll(d, 2) == 0) {
    auto below = any_tree(d, depth - 1);
    a.start.nested = std::make_shared<const declared_spec>(std::move(below.declared));
    b.start = nested(std::move(below.real));
  } else {
    a.start.factory = "steady";
    b.start = worker(steady);
  }
  const std::optional<stop_budget> stops[] = {brutal_kill, unlimited_stop, stop_budget{50ms}, {}};
  a.restart = b.restart = static_cast<restart>(roll(d, 3));
  a.backoff = b.backoff = {roll(d, 3) * 10ms + 1ns, 100ms, jitter::full()};
  a.shutdown = b.shutdown = stops[roll(d, 4)];
  if (number > 0 && roll(d, 3) == 0)
    a.dependencies = b.dependencies = {"c" + std::to_string(roll(d, number))};
  t.declared.children.push_back(std::move(a));
  t.real.children.push_back(std::move(b));
}

/// What happened, in an order of its own: nobody can say what actors do first at the same time.
using diary = std::multiset<std::string>;

std::string entry(nanoseconds at, std::string_view path, moment_kind what) {
  return std::to_string(at.count()) + " " + std::string{path} + " " + std::string{label(what)};
}

diary diary_of(const simulation& x) {
  diary made;
  for (const auto& m : x.timeline.first)
    if (m.what == moment_kind::ended || m.what == moment_kind::restarted
        || m.what == moment_kind::gave_up)
      made.insert(entry(m.at, x.path_of(m.who), m.what));
  return made;
}

/// Keeps a diary of a tree that runs.
class witness {
public:
  observer watch() {
    return [this](const tree_event& x) { note(x); };
  }

  const diary& told() const { return told_; }

private:
  void note(const tree_event& x) {
    if (x.what.seq == 1 && x.supervisor.empty())
      begin_ = x.what.at;
    const auto path = std::string{x.supervisor} + "/" + std::string{x.child};
    const auto at = x.what.at - begin_;
    if (x.what.decided)
      told_.insert(entry(at, path, moment_kind::ended));
    if (x.what.what == event_type::child_running && !ran_.insert(path).second)
      told_.insert(entry(at, path, moment_kind::restarted));
    if (x.what.what == event_type::runtime_control_loop_failed)
      told_.insert(entry(at, x.supervisor, moment_kind::gave_up));
  }

  time_point begin_{};
  std::set<std::string> ran_{};
  diary told_{};
};

void list_workers(const declared_spec& tree, const std::string& above,
                  std::vector<std::string>& all) {
  for (const auto& child : tree.children)
    if (const auto* below = child.start.tree())
      list_workers(*below, above + child.id + "/", all);
    else
      all.push_back(above + child.id);
}

script any_crashes(const declared_spec& tree, dice& d) {
  std::vector<std::string> workers;
  list_workers(tree, "", workers);
  script made;
  nanoseconds at{1};
  for (int i = 0; i < 40 && !workers.empty(); ++i) {
    at += nanoseconds{1 + roll(d, roll(d, 2) == 0 ? 100'000'000 : 1'000'000'000)};
    const auto& victim = workers[roll(d, static_cast<std::uint32_t>(workers.size()))];
    made.cues.push_back({.child = victim, .what = act::crash_at, .time = {at, at}});
  }
  return made;
}

bool runs(test::tree& it, const std::string& path) {
  try {
    return it.state_of(path).state == lifecycle::ready;
  } catch (const std::out_of_range&) { // nor does its supervisor
    return false;
  }
}

diary diary_of_running(const supervisor_spec& tree, const script& crashes, nanoseconds how_long) {
  witness there;
  test::tree it{tree, {.observer = there.watch(), .seed = 7}};
  nanoseconds now{0};
  for (const auto& x : crashes.cues) {
    if (it.ended())
      break;
    it.advance(x.time.least - std::exchange(now, x.time.least));
    if (runs(it, x.child))
      it.crash(x.child);
  }
  if (!it.ended())
    it.advance(how_long - now);
  return there.told();
}

} // namespace

TEST_CASE("a simulation tells what the real supervisors do") {
  std::size_t told = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    dice d{seed};
    const auto tree = any_tree(d, 2);
    const auto crashes = any_crashes(tree.declared, d);
    const auto simulated = diary_of(
      simulate(tree.declared, crashes, {.how_long = 60s, .seed = 7, .kept = all_moments}));
    CHECK((simulated == diary_of_running(tree.real, crashes, 60s)));
    told += simulated.size();
  }
  CHECK(told > 1000);
}
