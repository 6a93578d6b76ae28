// A real tree under steady trouble for minutes or days: does anything grow that should not?
// docs/chaos.md.

#include "options.hpp"
#include "pauses.hpp"
#include "report.hpp"
#include "sampler.hpp"
#include "vitals.hpp"

#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace soak;

volatile std::sig_atomic_t told_to_end = 0;

/// Keeps what it takes, for ever.
class leak {
public:
  explicit leak(double kb_per_second) : bytes_(static_cast<std::size_t>(kb_per_second * 1000)) {}

  void second() {
    if (bytes_ == 0)
      return;
    kept_.push_back(std::make_unique<char[]>(bytes_));
    std::memset(kept_.back().get(), 1, bytes_);
  }

private:
  const std::size_t bytes_;
  std::vector<std::unique_ptr<char[]>> kept_{};
};

// What a short run may grow by, whatever its slope: an allocator's arenas, programs that happen to
// be starting.
constexpr double noise_mb = 8, noise_fds = 12, noise_threads = 12, noise_processes = 12;

struct before_and_after {
  vitals before{}, after{};

  double more(std::size_t vitals::*what) const {
    return static_cast<double>(after.*what) - static_cast<double>(before.*what);
  }
};

void judge(result& x, const account& did, const sup::shutdown_report& end,
           const before_and_after& all) {
  using enum chaos::direction;
  const auto less
    = [&](double wanted, double noise) { return bound_per_hour(wanted, noise, x.hours); };
  const auto ratio = static_cast<double>(did.clean_shutdowns)
                     / static_cast<double>(std::max<std::uint64_t>(did.shutdowns, 1));
  const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
  x.thresholds = {
    {"p99_latency_ms", x.request_p99_ms, sampler::most_p99_ms, at_most},
    {"p99_command_ms", x.all_p99_ms, sampler::most_p99_ms, at_most},
    {"requests_unanswered", count(did.unanswered), 0, at_most},
    {"p99_windows_over_in_a_row", static_cast<double>(x.longest_row), 4, at_most},
    {"rss_growth_mb_per_hour", x.rss_mb.per_hour(), less(5, noise_mb), at_most},
    {"fd_drift_per_hour", x.fds.per_hour(), less(10, noise_fds), at_most},
    {"thread_drift_per_hour", x.threads.per_hour(), less(10, noise_threads), at_most},
    {"process_drift_per_hour", x.processes.per_hour(), less(10, noise_processes), at_most},
    {"fds_left_at_the_end", all.more(&vitals::fds), 0, at_most},
    {"processes_left_at_the_end", all.more(&vitals::processes), 0, at_most},
    {"event_gap_total", count(x.gaps), 0, at_most},
    {"line_gap_total", count(x.line_gaps), 0, at_most},
    {"lines_not_for_a_terminal", count(x.unprintable), 0, at_most},
    {"beats_called_stale", count(did.beats_missed), 0, at_most},
    {"shutdown_success_ratio", ratio, 0.99, at_least},
    {"last_stop_clean", end.verified_clean() ? 1.0 : 0.0, 1, at_least},
    {"restarts", count(x.restarts), 1, at_least},
    {"commands", count(x.commands), 1, at_least},
    {"lines", count(x.lines), 1, at_least},
  };
}

/// Or until somebody wants the end; looks twenty times a second.
void wait_until(moment then) {
  while (told_to_end == 0 && std::chrono::steady_clock::now() < then)
    std::this_thread::sleep_for(50ms);
}

/// What is there once and stays, such as the helper of all programs, is there after this.
void run_for_a_moment() {
  account nobodys;
  load first{nobodys};
  std::this_thread::sleep_for(500ms);
  first.stop();
}

void take_counts(result& x, const load& from, const account& did) {
  x.restarts = from.told().count(sup::event_type::child_restarted);
  x.events = from.told().total();
  x.gaps = from.told().gaps() + did.small_tree_gaps;
  x.lines = from.lines().lines();
  x.line_gaps = from.lines().gaps();
  x.unprintable = from.lines().unprintable();
}

void take_figures(result& x, const account& did) {
  x.all_p50_ms = did.all.ms(0.5);
  x.all_p99_ms = did.all.ms(0.99);
  x.request_p50_ms = did.requests.ms(0.5);
  x.request_p99_ms = did.requests.ms(0.99);
  x.requests = did.requests.count();
  x.commands = did.commands;
  x.failed_commands = did.failed;
  x.subscribers = did.subscribers;
  x.shutdowns = did.shutdowns;
}

/// Samples that were missed in a pause are not taken after it.
void sample_all(const options& x, nanoseconds length, moment begin, sampler& samples) {
  leak on_purpose{x.leak_kb_per_second};
  for (auto next = begin + 1s; next <= begin + length && told_to_end == 0;) {
    wait_until(next);
    on_purpose.second();
    const auto now = std::chrono::steady_clock::now();
    samples.sample(now - begin);
    next = std::max(next + 1s, now + 500ms);
  }
}

std::vector<std::string> those_since(const std::vector<std::string>& before) {
  auto now = descendants_now();
  std::erase_if(now, [&](const auto& x) { return std::ranges::count(before, x) > 0; });
  return now;
}

result run(const options& x, std::ostream& csv, pauses& interrupted) {
  const auto length = std::chrono::duration_cast<nanoseconds>(
    std::chrono::duration<double, std::ratio<60>>{x.minutes});
  run_for_a_moment();
  before_and_after all{.before = vitals_now()};
  const auto there_before = descendants_now();
  result came{.began = std::chrono::system_clock::now(), .commit = x.commit};
  account did;
  sup::shutdown_report end;
  {
    load everything{did};
    sampler samples{did, everything, interrupted, csv, length / 5};
    interrupted.begin(
      std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>{x.pause_every}));
    sample_all(x, length, std::chrono::steady_clock::now(), samples);
    interrupted.end();
    end = everything.stop();
    samples.put_into(came);
    take_counts(came, everything, did);
  }
  all.after = vitals_now();
  came.left = those_since(there_before);
  came.ended = std::chrono::system_clock::now();
  came.pauses = interrupted.count();
  take_figures(came, did);
  judge(came, did, end, all);
  return came;
}

int soak_for(const options& x, pauses& interrupted) {
  std::error_code ignored; // whether there is a folder shows when the file is opened
  std::filesystem::create_directories(x.out, ignored);
  std::ofstream csv{x.out / "samples.csv"};
  if (!csv) {
    std::cerr << (x.out / "samples.csv").string() << ": cannot be written\n";
    return 2;
  }
  keep_orphans();
  const auto came = run(x, csv, interrupted);
  std::ofstream{x.out / "report.md"} << to_markdown(came);
  std::cout << summary(came) << "  " << (x.out / "report.md").string() << std::endl;
  return csv && came.passed() ? 0 : 1;
}

pid_t worker = 0;

/// A process in front of the one that does the work stops it now and then. The other way round, the shell
/// that has started us would take every pause for one of its own.
int soak_with_pauses(const options& x) {
  pauses interrupted;
  const auto self = getpid();
  worker = fork();
  if (worker == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != self)
      _exit(1);
    std::signal(SIGINT, [](int) { told_to_end = 1; });
    std::exit(soak_for(x, interrupted));
  }
  if (worker < 0) {
    std::cerr << "cannot fork: " << std::strerror(errno) << '\n';
    return 2;
  }
  std::signal(SIGINT, SIG_IGN); // of a terminal, which tells it as well
  std::signal(SIGTERM, [](int) { kill(worker, SIGINT); });
  const auto status = interrupted.stop_now_and_then(worker);
  if (WIFEXITED(status))
    return WEXITSTATUS(status);
  std::cerr << "soak: ended by signal " << WTERMSIG(status) << '\n';
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  const auto x = read_options({argv + 1, argv + argc});
  if (!x.wrong.empty()) {
    std::cerr << x.wrong
              << "\nusage: soak [--minutes N] [--pause-every SECONDS] [--out FOLDER]"
                 " [--leak KB_PER_SECOND] [--commit TEXT]\n";
    return 2;
  }
  return soak_with_pauses(x);
}
