// Scenarios of chaos: each injects trouble into real trees, and says in one line of JSON whether its
// figures kept to their thresholds. docs/chaos.md.

#include "isolation.hpp"
#include "roles.hpp"
#include "trial.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <map>
#include <optional>

namespace {

using namespace chaos;
using namespace std::chrono_literals;

std::vector<scenario> all_scenarios() {
  std::vector<scenario> all;
  for (const auto family : {crashing, stuck, subscribing, commanding, running_programs,
                            telling_time, in_hierarchies, allocating})
    for (const auto& x : family())
      all.push_back(x);
  return all;
}

struct wishes {
  std::vector<std::string> ids{};
  double seconds = 5;
  double patience = 1;                    ///< so many times slower may all be
  std::map<std::string, double> limits{}; ///< instead of those of the scenarios
  bool list = false;
  bool here = false; ///< in this process
  std::string wrong{};
};

std::optional<double> as_number(std::string_view text) {
  double x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{x} : std::nullopt;
}

void take_seconds(wishes& x, std::string_view text) {
  if (const auto n = as_number(text); n && *n > 0 && *n <= 3600)
    x.seconds = *n;
  else
    x.wrong = "--seconds: wants a number from 0 to 3600";
}

void take_patience(wishes& x, std::string_view text) {
  if (const auto n = as_number(text); n && *n >= 1 && *n <= 1000)
    x.patience = *n;
  else
    x.wrong = "--patience: wants a number from 1 to 1000";
}

void take_limit(wishes& x, std::string_view text) {
  const auto cut = text.find('=');
  const auto n = cut == text.npos ? std::nullopt : as_number(text.substr(cut + 1));
  if (n)
    x.limits[std::string{text.substr(0, cut)}] = *n;
  else
    x.wrong = "--limit: wants NAME=NUMBER";
}

wishes read(const std::vector<std::string>& args) {
  wishes x;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto next = [&]() -> std::string { return i + 1 < args.size() ? args[++i] : ""; };
    if (args[i] == "--list")
      x.list = true;
    else if (args[i] == "--here")
      x.here = true;
    else if (args[i] == "--seconds")
      take_seconds(x, next());
    else if (args[i] == "--patience")
      take_patience(x, next());
    else if (args[i] == "--limit")
      take_limit(x, next());
    else if (args[i].starts_with("-"))
      x.wrong = args[i] + ": no such option";
    else
      x.ids.push_back(args[i]);
  }
  return x;
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
  for (auto& t : v.thresholds) {
    be_patient(t, x.patience);
    if (const auto other = x.limits.find(t.name); other != x.limits.end())
      t.limit = other->second;
  }
  return v;
}

/// It must not matter to the others how one of them ends.
bool run_apart(const scenario& what, const wishes& x) {
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
  std::cout << (run.broke.empty() ? run.output : to_json(v) + "\n") << std::flush;
  std::cerr << (run.passed ? "passed  " : "FAILED  ") << what.id << std::endl;
  return run.broke.empty() && run.passed;
}

bool run(const scenario& what, const wishes& x) {
  if (!x.here)
    return run_apart(what, x);
  const auto v = run_here(what, x);
  std::cout << to_json(v) << std::endl;
  return v.passed();
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

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 2 && args[0] == "--as")
    return act_as(args[1]);
  auto x = read(args);
  const auto wanted = chosen(x);
  if (!x.wrong.empty())
    return wrong(x);
  if (x.list) {
    for (const auto& s : wanted)
      std::cout << s.id << '\n';
    return 0;
  }
  std::size_t failed = 0;
  for (const auto& s : wanted)
    failed += run(s, x) ? 0 : 1;
  if (!x.here)
    std::cerr << wanted.size() - failed << " of " << wanted.size() << " scenarios passed\n";
  return failed == 0 ? 0 : 1;
}
