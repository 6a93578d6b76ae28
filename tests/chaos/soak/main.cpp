// A real tree under steady trouble for minutes or days: does anything grow that should not?
// docs/chaos.md.

#include "load.hpp"
#include "report.hpp"
#include "vitals.hpp"

#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

namespace {

using namespace soak;

volatile std::sig_atomic_t told_to_end = 0;

struct wishes {
  double minutes = 10;
  double leak_kb_per_second = 0;
  std::filesystem::path out = "build/soak";
  std::string commit{};
  std::string wrong{};
};

std::optional<double> as_number(std::string_view text) {
  double x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{x} : std::nullopt;
}

wishes read(const std::vector<std::string>& args) {
  wishes x;
  const auto number = [&](const std::string& name, const std::string& text, double most) {
    const auto n = as_number(text);
    if (!n || *n <= 0 || *n > most)
      x.wrong = name + ": wants a number above 0, at most " + std::to_string(most);
    return n.value_or(0);
  };
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto next = i + 1 < args.size() ? args[i + 1] : "";
    if (args[i] == "--minutes")
      x.minutes = number(args[i], next, 60 * 24 * 31);
    else if (args[i] == "--leak")
      x.leak_kb_per_second = number(args[i], next, 1e6);
    else if (args[i] == "--out")
      x.out = next;
    else if (args[i] == "--commit")
      x.commit = next;
    else
      x.wrong = args[i] + ": no such option";
    ++i;
  }
  return x;
}

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

/// One sample a second. Only what is needed for the end is kept, the rest goes into a file.
class sampler {
public:
  sampler(const account& from, const chaos::event_watch& told, std::ostream& csv,
          nanoseconds warm_up)
    : account_(from), told_(told), csv_(csv), warm_up_(warm_up) {
    csv_ << "second,rss_mb,fds,threads,restarts,commands,p99_ms,event_gaps\n";
  }

  void sample(nanoseconds at, chaos::latencies& recent) {
    const auto now = vitals_now();
    const auto p99 = recent.ms(0.99);
    recent.clear();
    write(at, now, p99);
    in_a_row_ = p99 > most_p99_ms ? in_a_row_ + 1 : 0;
    longest_row_ = std::max(longest_row_, in_a_row_);
    if (at < warm_up_)
      return;
    const auto hours = chaos::in_seconds(at) / 3600;
    rss_.add(hours, now.rss_mb);
    fds_.add(hours, static_cast<double>(now.fds));
    threads_.add(hours, static_cast<double>(now.threads));
    if (p99 >= 0)
      p99_.add(hours, p99);
    last_ = at;
  }

  void put_into(result& x) const {
    x.hours = std::max(0.0, chaos::in_seconds(last_ - warm_up_) / 3600);
    x.rss_mb = rss_;
    x.fds = fds_;
    x.threads = threads_;
    x.p99_ms = p99_;
  }

  int longest_row() const { return longest_row_; }

  static constexpr double most_p99_ms = 50;

private:
  void write(nanoseconds at, const vitals& now, double p99) {
    csv_ << chaos::in_seconds(at) << ',' << now.rss_mb << ',' << now.fds << ',' << now.threads
         << ',' << told_.count(sup::event_type::child_restarted) << ',' << account_.commands << ','
         << p99 << ',' << told_.gaps() << std::endl;
  }

  const account& account_;
  const chaos::event_watch& told_;
  std::ostream& csv_;
  const nanoseconds warm_up_;
  nanoseconds last_{0};
  course rss_{}, fds_{}, threads_{}, p99_{};
  int in_a_row_ = 0, longest_row_ = 0;
};

// What a short run may grow by, whatever its slope: an allocator's arenas, programs that happen to
// be starting.
constexpr double noise_mb = 8, noise_fds = 12, noise_threads = 12;

void judge(result& x, const account& did, std::uint64_t gaps, int longest_row,
           const sup::shutdown_report& end, const vitals& before, const vitals& after) {
  using enum chaos::direction;
  const auto less
    = [&](double wanted, double noise) { return bound_per_hour(wanted, noise, x.hours); };
  const auto ratio = static_cast<double>(did.clean_shutdowns)
                     / static_cast<double>(std::max<std::uint64_t>(did.shutdowns, 1));
  x.thresholds = {
    {"p99_latency_ms", x.request_p99_ms, sampler::most_p99_ms, at_most},
    {"p99_command_ms", x.all_p99_ms, sampler::most_p99_ms, at_most},
    {"requests_unanswered", static_cast<double>(did.unanswered), 0, at_most},
    {"p99_windows_over_in_a_row", static_cast<double>(longest_row), 4, at_most},
    {"rss_growth_mb_per_hour", x.rss_mb.per_hour(), less(5, noise_mb), at_most},
    {"fd_drift_per_hour", x.fds.per_hour(), less(10, noise_fds), at_most},
    {"thread_drift_per_hour", x.threads.per_hour(), less(10, noise_threads), at_most},
    {"fds_left_at_the_end", static_cast<double>(after.fds) - static_cast<double>(before.fds), 0,
     at_most},
    {"event_gap_total", static_cast<double>(gaps), 0, at_most},
    {"shutdown_success_ratio", ratio, 0.99, at_least},
    {"last_stop_clean", end.verified_clean() ? 1.0 : 0.0, 1, at_least},
    {"restarts", static_cast<double>(x.restarts), 1, at_least},
    {"commands", static_cast<double>(x.commands), 1, at_least},
  };
}

/// Or until somebody wants the end; looks twenty times a second.
void wait_until(std::chrono::steady_clock::time_point then) {
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

result run(const wishes& x, std::ostream& csv) {
  const auto length = std::chrono::duration_cast<nanoseconds>(
    std::chrono::duration<double, std::ratio<60>>{x.minutes});
  run_for_a_moment();
  const auto before = vitals_now();
  result came{.began = std::chrono::system_clock::now(), .commit = x.commit};
  account did;
  leak on_purpose{x.leak_kb_per_second};
  sup::shutdown_report end;
  std::uint64_t gaps = 0;
  int longest_row = 0;
  {
    load all{did};
    sampler samples{did, all.told(), csv, length / 5};
    const auto begin = std::chrono::steady_clock::now();
    for (auto next = begin + 1s; next <= begin + length && told_to_end == 0; next += 1s) {
      wait_until(next);
      on_purpose.second();
      samples.sample(std::chrono::steady_clock::now() - begin, did.recent);
    }
    end = all.stop();
    samples.put_into(came);
    came.restarts = all.told().count(sup::event_type::child_restarted);
    came.events = all.told().total();
    gaps = all.told().gaps() + did.small_tree_gaps;
    longest_row = samples.longest_row();
  }
  came.ended = std::chrono::system_clock::now();
  came.all_p50_ms = did.all.ms(0.5);
  came.all_p99_ms = did.all.ms(0.99);
  came.request_p50_ms = did.requests.ms(0.5);
  came.request_p99_ms = did.requests.ms(0.99);
  came.requests = did.requests.count();
  came.commands = did.commands;
  came.failed_commands = did.failed;
  came.subscribers = did.subscribers;
  came.shutdowns = did.shutdowns;
  judge(came, did, gaps, longest_row, end, before, vitals_now());
  return came;
}

} // namespace

int main(int argc, char** argv) {
  const auto x = read({argv + 1, argv + argc});
  if (!x.wrong.empty()) {
    std::cerr << x.wrong
              << "\nusage: soak [--minutes N] [--out FOLDER] [--leak KB_PER_SECOND]"
                 " [--commit TEXT]\n";
    return 2;
  }
  std::signal(SIGINT, [](int) { told_to_end = 1; });
  std::error_code ignored; // whether there is a folder shows when the file is opened
  std::filesystem::create_directories(x.out, ignored);
  std::ofstream csv{x.out / "samples.csv"};
  if (!csv) {
    std::cerr << (x.out / "samples.csv").string() << ": cannot be written\n";
    return 2;
  }
  const auto came = run(x, csv);
  std::ofstream{x.out / "report.md"} << to_markdown(came);
  std::cout << summary(came) << "  " << (x.out / "report.md").string() << '\n';
  return csv && came.passed() ? 0 : 1;
}
