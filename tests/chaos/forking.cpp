// Programs that are more than one process, and do not want to be found.

#include "programs.hpp"
#include "pulses.hpp"
#include "scratch.hpp"
#include "stand.hpp"
#include "trial.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <supervisor/process/process.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace chaos {

namespace {

constexpr auto end_by_themselves = "10"; ///< after so many seconds, whatever happens to us
constexpr sup::stop_budget budget{300ms, 5s};
constexpr nanoseconds slack = 1s;
constexpr uid_t nobody = 65534;
constexpr auto most_processes = 500; ///< of another user than root, whom no limit binds

/// One child, and how it makes itself many.
struct shape {
  std::string role{};
  std::string count{};
  sup::stop_target stop_to{};
  std::string pause = "0"; ///< of each process, in us
  bool ends = false;       ///< its main process does, by itself
};

/// As root no more than 4000 processes a second, or the machine would soon have no pids for others.
std::vector<shape> shapes(bool is_root) {
  using enum sup::stop_target;
  const auto pause = [is_root](const char* us) { return std::string{is_root ? us : "0"}; };
  return {{"chains", "4", group, pause("1000")},  {"daemons", "4", all},
          {"chains", "16", all, pause("4000")},   {"daemons", "8", group},
          {"chains", "64", main, pause("16000")}, {"daemons", "8", main},
          {"daemons", "8", all, "0", true},       {"chains", "64", group, pause("16000")}};
}

sup::child_spec program(const std::string& id, std::vector<std::string> words,
                        sup::stop_target stop_to) {
  words.insert(words.begin(), child_program());
  return {.id = id,
          .start = sup::process({.argv = std::move(words), .stop_to = stop_to}),
          .restart = sup::restart::temporary,
          .backoff = {.first = 10ms, .longest = 10ms},
          .shutdown = budget};
}

std::vector<std::string> words_of(const shape& x, const std::string& file) {
  std::vector<std::string> words{x.role};
  if (x.ends)
    words.emplace_back("only");
  words.insert(words.end(), {x.count, end_by_themselves, file, x.pause});
  return words;
}

sup::child_spec beating() {
  auto x = program("beats", {"beats", "0", "100", "0"}, sup::stop_target::group);
  x.readiness = sup::readiness::on_report;
  x.more.make().health_policy = sup::health_policy{100ms, 5s};
  return x;
}

sup::child_spec many(const shape& x, const std::string& file) {
  auto made = program("many", words_of(x, file), x.stop_to);
  made.more.make().resource_limits = sup::resource_limits{.max_processes = most_processes};
  return made;
}

struct sums {
  std::uint64_t rounds = 0, not_seen = 0, disturbed = 0, left_unnamed = 0, abandoned = 0,
                called_graceful = 0, panics = 0;
  nanoseconds longest_stop{0};
};

const sup::child_report* report_of(const sup::shutdown_report& all, const std::string& path) {
  const auto found = std::ranges::find(all.outcomes, path, &sup::child_report::path);
  return found == all.outcomes.end() ? nullptr : &*found;
}

/// Nobody is left, or the report names the child.
void judge(const sup::shutdown_report& end, const pulses& all, sums& to) {
  const auto since = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(150ms);
  const auto left = all.alive_since(since) > 0;
  const auto* const many = report_of(end, "/many");
  const auto named = std::ranges::count(end.abandoned(), "/many") > 0;
  const auto graceful = many && many->status == sup::shutdown_status::graceful;
  to.abandoned += named ? 1 : 0;
  to.left_unnamed += left && !named ? 1 : 0;
  to.called_graceful += left && graceful ? 1 : 0;
}

bool are_undisturbed(stand& here) {
  const auto beats = here.state("/beats"), echoes = here.state("/echo");
  const auto ref = here.tree().ref("echo");
  return beats && echoes && beats->attempt == 1 && beats->state == sup::lifecycle::ready
         && echoes->attempt == 1 && call(here.system(), *ref, 5s);
}

/// `file`: of their pulses, and there is none so far.
void stop_one(const shape& x, const std::string& file, sums& to) {
  const pulses all{file};
  ++to.rounds;
  stand here{{.intensity = {.restarts = sup::unlimited},
              .children = {{.id = "echo", .start = sup::worker(echo)}, beating(), many(x, file)}},
             {.observer = {}, .log = {}}};
  const auto wanted = static_cast<std::size_t>(std::stoi(x.count));
  const auto begin = std::chrono::steady_clock::now();
  to.not_seen += until([&] { return all.alive_since(begin) >= wanted; }, 10s) ? 0 : 1;
  std::this_thread::sleep_for(100ms);
  to.disturbed += are_undisturbed(here) ? 0 : 1;
  sup::shutdown_report end;
  to.longest_stop = std::max(to.longest_stop, time_of([&] { end = here.stop(); }));
  judge(end, all, to);
  to.panics += self_panics(here, end);
}

sums stop_all(const scratch& where, nanoseconds length) {
  const auto is_root = geteuid() == 0;
  const std::string prefix = is_root ? "root-" : "other-";
  sums to;
  const auto begin = std::chrono::steady_clock::now();
  do
    for (const auto& x : shapes(is_root))
      stop_one(x, where / (prefix + std::to_string(to.rounds)), to);
  while (std::chrono::steady_clock::now() - begin < length);
  return to;
}

bool become_nobody() {
  return setresgid(nobody, nobody, nobody) == 0 && setresuid(nobody, nobody, nobody) == 0
         && access(child_program().c_str(), X_OK) == 0;
}

/// Whose helpers have no priority. In a process of its own, since there is no way back; to be called
/// before there are threads.
std::optional<sums> stop_all_as_nobody(const scratch& where) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return std::nullopt;
  const auto pid = fork();
  if (pid == 0) {
    const auto came = become_nobody() ? stop_all(where, 0s) : sums{};
    _exit(write(ends[1], &came, sizeof came) == sizeof came ? 0 : 1);
  }
  close(ends[1]);
  sums came;
  const auto whole = read(ends[0], &came, sizeof came) == sizeof came;
  close(ends[0]);
  waitpid(pid, nullptr, 0);
  return whole ? std::optional{came} : std::nullopt;
}

void report(trial& it, const std::string& as, const sums& x) {
  it.at_least(as + "rounds", x.rounds, shapes(true).size());
  it.at_most(as + "never_seen", x.not_seen, 0);
  it.at_most(as + "left_and_not_named", x.left_unnamed, 0);
  it.at_most(as + "left_and_called_graceful", x.called_graceful, 0);
  it.at_most(as + "neighbours_disturbed", x.disturbed, 0);
  it.at_most(as + "longest_stop_s", in_seconds(x.longest_stop),
             in_seconds(budget.graceful + budget.abort_wait + slack));
  it.at_most(as + "supervisor_self_panics", x.panics, 0);
}

void forking_program(trial& it) {
  const scratch where;
  if (geteuid() != 0)
    it.leave_out("as another user", "needs root");
  else if (const auto came = stop_all_as_nobody(where); came && came->rounds > 0)
    report(it, "as_nobody_", *came);
  else
    it.leave_out("as another user", "it may not run " + child_program());
  report(it, "", stop_all(where, it.length()));
}

} // namespace

std::vector<scenario> forking() { return {{"forking_program", forking_program}}; }

} // namespace chaos
