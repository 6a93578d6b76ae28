// What benchmarks/instructions counts instructions and bytes of: n of one thing, on the calling thread and
// in virtual time, so that two runs execute the same instructions. Nothing is torn down at the end.
//
//   counted start n         n children of one supervisor are started
//   counted restart n       n times, one child of a thousand crashes and is restarted
//   counted core n          n steps of the core alone, three for each restart
//   counted memory n        prints the bytes of the heap that n idle children take
//   counted memory_raw n    the same of n actors that nobody supervises

#include "crowd.hpp"
#include "peers/bench.hpp"

#include <supervisor/test/virtual_system.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <string_view>

namespace {

namespace sup = supervisor;
using namespace std::chrono_literals;

constexpr std::uint64_t children = 1'000;

/// Starts a tree in virtual time and lets it run until nothing moves. The process ends if it has faults.
sup::tree started_in(sup::test::virtual_system& world, sup::supervisor_spec spec) {
  auto made = sup::start(world.system, std::move(spec), bench::options());
  if (!made) {
    std::fprintf(stderr, "%s\n", to_string(made.error()).c_str());
    std::_Exit(EXIT_FAILURE);
  }
  world.run();
  return std::move(*made);
}

void must(bool came_true, const char* what) {
  if (came_true)
    return;
  std::fprintf(stderr, "this did not come true: %s\n", what);
  std::_Exit(EXIT_FAILURE);
}

long bytes_in_use() {
  const auto heap = mallinfo2();
  return static_cast<long>(heap.uordblks + heap.hblkhd);
}

/// Whom the children say that they are up.
struct attendance {
  std::vector<caf::actor> whom{};
  std::uint64_t ups = 0;
};

caf::actor driver_of(sup::test::virtual_system& world, attendance& all) {
  return world.system.spawn([&all](caf::event_based_actor*) -> caf::behavior {
    return {[&all](std::uint64_t number, caf::actor& who) {
      all.whom[number] = std::move(who);
      ++all.ups;
    }};
  });
}

void start(std::uint64_t n) {
  sup::test::virtual_system world;
  const auto tree = started_in(world, bench::flat(n, {}));
  must(tree.is_alive(), "the tree lives");
  bench::finish();
}

void restart(std::uint64_t n) {
  sup::test::virtual_system world;
  attendance all{.whom = std::vector<caf::actor>(children)};
  const auto tree = started_in(world, bench::flat(children, driver_of(world, all)));
  for (std::uint64_t i = 0; i < n; ++i) {
    sup::compat::anon_send(all.whom[i % children], bench::crash);
    world.advance(1us);
  }
  must(all.ups == children + n, "every child that crashed is up again");
  bench::finish();
}

void core(std::uint64_t n) {
  bench::crowd all{children};
  const auto until = all.steps + static_cast<std::int64_t>(n);
  for (sup::slot who = 0; all.steps < until; who = who + 1 == children ? 0 : who + 1)
    all.crash_one(who);
  must(all.steps == until, "a restart takes three steps");
}

void memory(std::uint64_t n) {
  sup::test::virtual_system world;
  const auto before = bytes_in_use();
  const auto tree = started_in(world, bench::flat(n, {}));
  std::printf("%ld\n", bytes_in_use() - before);
  bench::finish();
}

void memory_raw(std::uint64_t n) {
  sup::test::virtual_system world;
  std::vector<caf::actor> all(n);
  const auto before = bytes_in_use();
  for (std::uint64_t i = 0; i < n; ++i)
    all[i] = world.system.spawn(bench::child, caf::actor{}, i);
  world.run();
  std::printf("%ld\n", bytes_in_use() - before);
  bench::finish();
}

struct mode {
  std::string_view name{};
  void (*run)(std::uint64_t n) = nullptr;
};

constexpr mode modes[] = {{"start", start},
                          {"restart", restart},
                          {"core", core},
                          {"memory", memory},
                          {"memory_raw", memory_raw}};

} // namespace

int main(int argc, char** argv) {
  const auto n = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const auto* chosen = argc == 3 ? std::ranges::find(modes, std::string_view{argv[1]}, &mode::name)
                                 : std::end(modes);
  if (n == 0 || chosen == std::end(modes)) {
    std::fprintf(stderr, "usage: %s start|restart|core|memory|memory_raw N\n", argv[0]);
    return 2;
  }
  chosen->run(n);
  return EXIT_SUCCESS;
}
