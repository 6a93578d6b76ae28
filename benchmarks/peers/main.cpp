// Runs the workloads of the peers' benchmarks and prints what their run-all.sh reads: one line of JSON
// each, see the head of that script.
//
//   peers                         all of them, each in a process of its own
//   peers <workload> <n>          one, here
//
// WORKLOADS, N_DIV, ONE_MILLION and TIMEOUT_S are those of common.sh beside that script; CAF_POLICY is
// "stealing" or "sharing".

#include "bench.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

using namespace bench;

namespace {

struct entry {
  const char* name; ///< "W1" and a word or two
  workload* run;
  std::uint64_t n;
  bool is_divided = true;
  bool is_large = false;
};

constexpr entry all[] = {
  {"W1_start_children", start, 100'000},
  {"W1_start_children_dynamic", start_dynamic, 100'000},
  {"W1_start_children_pool", start_pool, 100'000},
  {"W1_start_children_1m", start, 1'000'000, true, true},
  {"W2_restart_one_for_one", restart, 100'000},
  {"W2_restart_first_1000", restart, 1000, false},
  {"W3_restart_storm", storm, 10'000},
  {"W4_one_for_all", one_for_all, 20, false},
  {"W5_rest_for_one", rest_for_one, 20, false},
  {"W6_shutdown", stop, 100'000},
  {"W6_shutdown_parallel", stop_pool, 100'000},
  {"W7_nested", nested, 5, false},
  {"W8_dynamic_churn", churn, 100'000},
  {"W8_dynamic_churn_pool", churn_pool, 100'000},
  {"W9_ping_pong", ping_pong, 200'000},
  {"W9_ping_pong_ref", ping_pong_by_ref, 200'000},
  {"W10_policy_decision", decide, 20'000'000},
};

std::string from_environment(const char* name, const char* otherwise) {
  const auto* said = std::getenv(name);
  return said ? said : otherwise;
}

std::uint64_t number_from_environment(const char* name, const char* otherwise) {
  return std::strtoull(from_environment(name, otherwise).c_str(), nullptr, 10);
}

bool is_wanted(const entry& x) {
  const auto wanted = " " + from_environment("WORKLOADS", "W1 W2 W3 W4 W5 W6 W7 W8 W9 W10") + " ";
  const std::string name = x.name;
  return wanted.find(" " + name.substr(0, name.find('_')) + " ") != std::string::npos
         && (!x.is_large || number_from_environment("ONE_MILLION", "1") == 1);
}

std::uint64_t size_of(const entry& x) {
  const auto divided_by = std::max<std::uint64_t>(1, number_from_environment("N_DIV", "1"));
  if (x.run == nested)
    return divided_by >= 100 ? 3 : divided_by >= 10 ? 4 : 5;
  return x.is_divided ? std::max<std::uint64_t>(1, x.n / divided_by) : x.n;
}

/// Whether it came to its end in time.
bool run_apart(const entry& x) {
  std::fflush(stdout);
  const auto child = fork();
  if (child == 0) {
    alarm(static_cast<unsigned>(number_from_environment("TIMEOUT_S", "120")));
    x.run(x.name, size_of(x));
    finish();
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status == 0)
    return true;
  std::fprintf(stderr, "left out (status %d): %s\n", status, x.name);
  return false;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 3) {
    const auto* found = std::ranges::find(all, std::string{argv[1]}, &entry::name);
    if (found != std::end(all)) {
      found->run(found->name, std::strtoull(argv[2], nullptr, 10));
      finish();
    }
  }
  if (argc != 1) {
    std::fprintf(stderr, "usage: %s [<workload> <n>]; workloads:\n", argv[0]);
    for (const auto& x : all)
      std::fprintf(stderr, "  %s\n", x.name);
    return 2;
  }
  auto good = true;
  for (const auto& x : all)
    if (is_wanted(x))
      good = run_apart(x) && good;
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
