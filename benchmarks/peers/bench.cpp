#include "bench.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

namespace bench {

double seconds_since(steady::time_point t) {
  return std::chrono::duration<double>(steady::now() - t).count();
}

long resident_bytes() {
  long all = 0, resident = 0;
  std::ifstream{"/proc/self/statm"} >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void print(const std::string& name, std::uint64_t n, double seconds, const std::string& more) {
  std::printf(R"({"peer":"ours","workload":"%s","n":%llu,"seconds":%.6f,"rate":%.1f,)"
              R"("rss_bytes":%ld%s})"
              "\n",
              name.c_str(), static_cast<unsigned long long>(n), seconds,
              static_cast<double>(n) / seconds, resident_bytes(), more.c_str());
}

void finish() {
  std::fflush(stdout);
  std::_Exit(EXIT_SUCCESS);
}

caf::actor_system_config& config() {
  static caf::actor_system_config all;
  const auto* policy = std::getenv("CAF_POLICY");
  sup::compat::set_scheduler(all, policy ? policy : "stealing",
                             std::max(1u, std::thread::hardware_concurrency()));
  return all;
}

sup::start_options options() {
  static std::atomic<std::uint64_t> events = 0;
  return {.observer
          = [](const sup::tree_event&) { events.fetch_add(1, std::memory_order_relaxed); },
          .seed = 1};
}

caf::behavior child(caf::event_based_actor* self, const caf::actor& driver, std::uint64_t number) {
  if (driver)
    sup::compat::send(self, driver, number, caf::actor{self});
  return {[self](bool) { self->quit(caf::exit_reason::unhandled_exception); },
          [](int what) { return what; }};
}

sup::child_spec permanent(std::uint64_t number, const caf::actor& driver) {
  return {.id = "c" + std::to_string(number),
          .start = sup::worker(child, driver, number),
          .backoff = {.first = 0ns, .longest = 1s}};
}

sup::supervisor_spec flat(std::uint64_t n, const caf::actor& driver, sup::strategy how) {
  sup::supervisor_spec spec{.strategy = how, .intensity = {1'000'000'000, 1s}};
  spec.children.reserve(n);
  for (std::uint64_t i = 0; i < n; ++i)
    spec.children.push_back(permanent(i, driver));
  return spec;
}

sup::supervisor_spec one_pool() {
  auto spec = flat(1, {}, sup::strategy::simple_one_for_one);
  spec.children.front().id = "c";
  return spec;
}

sup::tree started(caf::actor_system& system, sup::supervisor_spec spec) {
  auto made = sup::start(system, std::move(spec), options());
  if (!made) {
    std::fprintf(stderr, "%s\n", to_string(made.error()).c_str());
    std::_Exit(EXIT_FAILURE);
  }
  if (const auto wrong = made->started(10min); !wrong.empty()) {
    std::fprintf(stderr, "%s\n", to_string(wrong).c_str());
    std::_Exit(EXIT_FAILURE);
  }
  return std::move(*made);
}

} // namespace bench
