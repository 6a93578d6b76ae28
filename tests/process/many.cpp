#include "stage.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <iterator>

using namespace supervisor;

namespace {

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}

/// Runs so many at once, all to their ends.
void run_many(int count) {
  const stage here;
  std::deque<actor_on_stage> all;
  for (int i = 0; i < count; ++i)
    all.emplace_back(here, puppet({"daemon", "exit", std::to_string(i % 100)}));
  for (int i = 0; i < count; ++i)
    CHECK(all[static_cast<std::size_t>(i)].end() == "exit " + std::to_string(i % 100));
}

} // namespace

TEST_CASE("two hundred programs at once end with their families") { run_many(200); }

TEST_CASE("no file stays open") {
  run_many(1); // and what is kept for the next one is there
  const auto before = open_files();
  run_many(20);
  {
    const stage here;
    auto missing = puppet({});
    missing.spec.argv = {"/no/such"};
    actor_on_stage failing{here, missing};
    CHECK(failing.end() != "exit 0");
    auto speaking = puppet({"wait"});
    speaking.notify = true;
    actor_on_stage dropped{here, speaking};
    CHECK(dropped.pid() > 0);
    dropped.process.reset();
    CHECK(becomes_true([] { return all_of_ours().empty(); }));
  }
  CHECK(becomes_true([&] { return open_files() == before; }));
}

TEST_CASE("many that are dropped at once are gone soon") {
  const stage here;
  std::deque<actor_on_stage> all;
  for (int i = 0; i < 30; ++i)
    all.emplace_back(here, puppet({"daemon", "wait"}));
  for (auto& one : all)
    one.process.reset();
  CHECK(becomes_true([] { return all_of_ours().empty(); }));
}
