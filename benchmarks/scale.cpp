// What a start, a restart and the stop of a child cost below one supervisor with 1,000 to 1,000,000
// children; "spread" is the dearest by the cheapest of each. With numbers as arguments: those sizes.

#include "peers/bench.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <sys/wait.h>
#include <unistd.h>

using namespace bench;

namespace {

/// Microseconds a child.
struct costs {
  double start, restart, stop;
};

/// Crashes children far from one another, one after the other, each when the one before is back.
class crasher {
public:
  explicit crasher(std::uint64_t children) : whom_(children) {}

  void is_up(std::uint64_t number, caf::actor who) {
    whom_[number] = std::move(who);
    if (++ups_ == whom_.size())
      all_up_.set_value();
    else if (ups_ > whom_.size())
      next();
  }

  void wait_for_all() { all_up_.get_future().wait(); }

  double seconds_for(std::uint64_t n) {
    left_ = n;
    const auto began = steady::now();
    next();
    done_.get_future().wait();
    return seconds_since(began);
  }

private:
  void next() {
    if (left_-- == 0)
      return done_.set_value();
    constexpr std::uint64_t far = 7919;
    victim_ = (victim_ + far) % whom_.size();
    sup::compat::anon_send(whom_[victim_], crash);
  }

  std::vector<caf::actor> whom_;
  std::uint64_t ups_ = 0, left_ = 0, victim_ = 0;
  std::promise<void> all_up_, done_;
};

[[noreturn]] void measure(std::uint64_t n, int result) {
  caf::actor_system system{config()};
  const auto crashes = std::make_shared<crasher>(n);
  const auto driver = system.spawn([crashes](caf::event_based_actor*) -> caf::behavior {
    return {
      [crashes](std::uint64_t number, caf::actor& who) { crashes->is_up(number, std::move(who)); }};
  });
  const auto starting = steady::now();
  const auto tree = started(system, flat(n, driver));
  crashes->wait_for_all();
  const auto start = seconds_since(starting);
  constexpr std::uint64_t restarts = 20'000;
  const auto restart = crashes->seconds_for(restarts);
  const auto stopping = steady::now();
  static_cast<void>(tree.stop());
  const auto stop = seconds_since(stopping);
  const costs found{start * 1e6 / static_cast<double>(n), restart * 1e6 / restarts,
                    stop * 1e6 / static_cast<double>(n)};
  std::_Exit(write(result, &found, sizeof found) == sizeof found ? EXIT_SUCCESS : EXIT_FAILURE);
}

/// In a process of its own: the memory of the sizes before would help it, or be in its way.
costs measured_apart(std::uint64_t n) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0)
    std::abort();
  const auto child = fork();
  if (child == 0)
    measure(n, ends[1]);
  close(ends[1]);
  costs found{};
  int status = 0;
  const auto got = read(ends[0], &found, sizeof found);
  close(ends[0]);
  waitpid(child, &status, 0);
  if (status != 0 || got != sizeof found)
    std::abort();
  return found;
}

constexpr std::size_t rounds = 3;

costs medians(std::uint64_t n) {
  std::vector<costs> all(rounds);
  std::ranges::generate(all, [n] { return measured_apart(n); });
  const auto median = [&](double costs::*what) {
    std::ranges::sort(all, {}, what);
    return all[rounds / 2].*what;
  };
  return {median(&costs::start), median(&costs::restart), median(&costs::stop)};
}

double spread(const std::vector<costs>& all, double costs::*what) {
  const auto [least, most] = std::ranges::minmax(all, {}, what);
  return most.*what / (least.*what);
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::uint64_t> sizes{1'000, 10'000, 100'000, 1'000'000};
  if (argc > 1)
    sizes.clear();
  for (int i = 1; i < argc; ++i)
    sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  std::vector<costs> all;
  std::printf("microseconds a child, medians of %zu\nchildren   start  restart   stop\n", rounds);
  for (const auto n : sizes) {
    all.push_back(medians(n));
    std::printf("%8llu  %6.2f   %6.2f %6.2f\n", static_cast<unsigned long long>(n),
                all.back().start, all.back().restart, all.back().stop);
    std::fflush(stdout);
  }
  std::printf("spread    %6.2f   %6.2f %6.2f\n", spread(all, &costs::start),
              spread(all, &costs::restart), spread(all, &costs::stop));
}
