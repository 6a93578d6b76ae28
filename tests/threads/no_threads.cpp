#include <supervisor/process/process.hpp>
#include <supervisor/supervisor.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>

#include <dlfcn.h>
#include <pthread.h>

// Threads that cannot be made, as at a limit on processes. Real time: every wait has a bound.

namespace sup = supervisor;
using namespace std::chrono_literals;

namespace {

std::atomic<bool> there_is_none{false};

} // namespace

extern "C" int pthread_create(pthread_t* made, const pthread_attr_t* how, void* (*run)(void*),
                              void* with) {
  static const auto real
    = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return there_is_none ? EAGAIN : real(made, how, run, with);
}

namespace {

/// As long as it lives, no thread can be made.
class no_threads {
public:
  no_threads() { there_is_none = true; }
  ~no_threads() { there_is_none = false; }
};

const sup::audit anna{"anna", "a test"};

caf::behavior echo(caf::event_based_actor*) {
  return {[](int x) { return x; }};
}

sup::child_spec waits(std::string id) {
  return {.id = std::move(id), .start = sup::blocking_worker([](const sup::child& me) {
                                 while (!me.stopping())
                                   std::this_thread::sleep_for(1ms);
                               })};
}

sup::child_spec program(std::string id) {
  return {.id = std::move(id), .start = sup::process({.argv = {"/bin/sleep", "100"}})};
}

/// A tree with one child, and the end of its actor system with its own.
class house {
public:
  house() {
    auto made = sup::start(system_, {.children = {{.id = "echo", .start = sup::worker(echo)}}},
                           {.observer = {}, .log = {}});
    REQUIRE(made);
    tree_ = *made;
    REQUIRE(tree_->started(10s).empty());
  }

  /// Why it could not be added, or "".
  std::string add(sup::child_spec child) {
    const auto came = tree_->start_child(std::move(child), anna);
    REQUIRE(came);
    return came->failure ? came->failure->reason : "";
  }

  sup::shutdown_report stop() { return tree_->stop(); }

private:
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  std::optional<sup::tree> tree_;
};

std::string failed_with(const std::string& why) {
  return "could not start (" + why + "), and what was done for it was undone";
}

const std::string no_thread = "no thread for it: Resource temporarily unavailable";

} // namespace

SCENARIO("a child for which there is no thread has not started") {
  house here;
  GIVEN("a blocking worker") {
    {
      const no_threads now;
      CHECK(here.add(waits("a")) == failed_with(no_thread));
    }
    THEN("another one starts when there are threads again, and all of it ends") {
      CHECK(here.add(waits("b")) == "");
      CHECK(here.stop().verified_clean());
    }
  }
  GIVEN("a program, and no thread that waits for it") {
    {
      const no_threads now;
      CHECK(here.add(program("a")) == failed_with(no_thread));
    }
    THEN("another one starts when there are threads again, and all of it ends") {
      CHECK(here.add(program("b")) == "");
      CHECK(here.stop().verified_clean());
    }
  }
  GIVEN("a child that waits for something") {
    sup::child_spec gated{.id = "a", .start = sup::worker(echo)};
    gated.more.make().preconditions = {{.path = "/"}};
    const no_threads now;
    THEN("it is told what could not be looked at") {
      CHECK(here.add(gated) == failed_with("path /: " + no_thread));
      CHECK(here.stop().verified_clean());
    }
  }
  GIVEN("a child whose handlers are looked after") {
    sup::child_spec watched{.id = "a", .start = sup::worker(echo)};
    watched.more.make().stall_watchdog = sup::stall_watchdog{1s};
    const no_threads now;
    THEN("it is told that nobody can do so") {
      CHECK(here.add(watched) == failed_with(no_thread));
      CHECK(here.stop().verified_clean());
    }
  }
}

TEST_CASE("the end of a tree needs no thread") {
  house here;
  REQUIRE(here.add(program("a")) == "");
  REQUIRE(here.add(waits("b")) == "");
  const no_threads now;
  CHECK(here.stop().verified_clean());
}
