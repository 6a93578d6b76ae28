// Scenarios of chaos: each injects trouble into real trees, and says in one line of JSON whether its
// figures kept to their thresholds. docs/chaos.md.

#include "isolation.hpp"
#include "paused_tree.hpp"
#include "trial.hpp"
#include "wishes.hpp"

#include <algorithm>
#include <array>
#include <iostream>

namespace {

using namespace chaos;
using namespace std::chrono_literals;

std::vector<scenario> all_scenarios() {
  std::vector<scenario> all;
  for (const auto family :
       {crashing, stuck, subscribing, commanding, running_programs, telling_time, in_hierarchies,
        allocating, freezing, pausing, without_threads, writing, resolving, forking})
    for (const auto& x : family())
      all.push_back(x);
  return all;
}

std::int64_t unix_nanos() {
  return std::chrono::duration_cast<nanoseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

/// What must not come too early does not come later for that.
void be_patient(threshold& t, double patience) {
  const auto is = [&](std::string_view unit) { return t.name.ends_with(unit); };
  if (is("_per_s") && t.bound == direction::at_least)
    t.limit /= patience;
  else if (t.limit > 0 && !is("_per_s") && (is("_ms") || is("_us") || is("_s"))
           && t.bound == direction::at_most)
    t.limit *= patience;
}

verdict run_here(const scenario& what, const wishes& x) {
  verdict v{.scenario_id = std::string{what.id},
            .semver = SUPERVISOR_VERSION,
            .started_at_unix_nanos = unix_nanos()};
  trial it{std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>{x.seconds})};
  v.duration_ns = time_of([&] { what.run(it); }).count();
  v.thresholds = it.thresholds();
  v.left_out = it.left_out();
  for (auto& t : v.thresholds) {
    be_patient(t, x.patience);
    if (const auto other = x.limits.find(t.name); other != x.limits.end())
      t.limit = other->second;
  }
  return v;
}

constexpr std::string_view word_for(outcome x) {
  constexpr std::string_view words[] = {"passed  ", "FAILED  ", "skipped "};
  return words[static_cast<int>(x)];
}

/// It must not matter to the others how one of them ends.
outcome run_apart(const scenario& what, const wishes& x) {
  std::vector<std::string> args{"--here",     std::string{what.id},
                                "--seconds",  std::to_string(x.seconds),
                                "--patience", std::to_string(x.patience)};
  for (const auto& [name, limit] : x.limits)
    args.insert(args.end(), {"--limit", name + "=" + std::to_string(limit)});
  verdict v{.scenario_id = std::string{what.id},
            .semver = SUPERVISOR_VERSION,
            .started_at_unix_nanos = unix_nanos()};
  isolated_run run;
  const auto within = 120s + std::chrono::seconds{static_cast<std::int64_t>(5 * x.seconds)};
  v.duration_ns = time_of([&] { run = run_isolated(args, within); }).count();
  v.error = run.broke;
  const auto came = run.broke.empty() ? run.came : outcome::failed;
  std::cout << (run.broke.empty() ? run.output : to_json(v) + "\n") << std::flush;
  std::cerr << word_for(came) << what.id << words_for_left_out(run.output) << std::endl;
  return came;
}

outcome run(const scenario& what, const wishes& x) {
  if (!x.here)
    return run_apart(what, x);
  const auto v = run_here(what, x);
  std::cout << to_json(v) << std::endl;
  return v.came();
}

/// Those that are wanted, in the order of the list; all if none is named.
std::vector<scenario> chosen(wishes& x) {
  auto all = all_scenarios();
  for (const auto& id : x.ids)
    if (std::ranges::find(all, id, &scenario::id) == all.end())
      x.wrong = id + ": no such scenario, see --list";
  if (!x.ids.empty())
    std::erase_if(all, [&](const scenario& s) { return std::ranges::count(x.ids, s.id) == 0; });
  return all;
}

int wrong(const wishes& x) {
  std::cerr
    << x.wrong
    << "\nusage: chaos [SCENARIO...] [--list] [--seconds N] [--patience N] [--limit NAME=NUMBER]..."
       " [--here]\n";
  return 2;
}

/// How many came out like that.
using tally = std::array<std::size_t, 3>;

void tell(const tally& all, std::size_t wanted) {
  std::cerr << all[0] << " of " << wanted << " scenarios passed";
  if (all[2] > 0)
    std::cerr << ", " << all[2] << " skipped";
  std::cerr << '\n';
}

int exit_code_of(const tally& all, bool here) {
  if (all[1] > 0)
    return 1;
  return here && all[2] > 0 ? exit_skipped : 0;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (is_for_paused_tree(words))
    return be_paused_tree(words);
  auto x = read_wishes(words);
  const auto wanted = chosen(x);
  if (!x.wrong.empty())
    return wrong(x);
  if (x.list) {
    for (const auto& s : wanted)
      std::cout << s.id << '\n';
    return 0;
  }
  tally all{};
  for (const auto& s : wanted)
    ++all[static_cast<std::size_t>(run(s, x))];
  if (!x.here)
    tell(all, wanted.size());
  return exit_code_of(all, x.here);
}
