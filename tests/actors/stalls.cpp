// Actors that do not come back from a handler. On real threads, as time in a handler is real.

#include "told.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

namespace {

using gate = std::shared_ptr<std::atomic<bool>>; ///< whether it is open

gate closed() { return std::make_shared<std::atomic<bool>>(false); }

void open(const gate& x) {
  *x = true;
  x->notify_all();
}

caf::behavior patient(caf::event_based_actor*, gate until) {
  return {[until](const std::string&, int) { until->wait(false); }, [](int n) { return n; }};
}

sup::child_spec watched(std::string id, gate until, sup::stall_watchdog how) {
  sup::child_spec made{.id = std::move(id),
                       .start = sup::worker(patient, until),
                       .shutdown = sup::stop_budget{50ms, 50ms}};
  made.more.make().stall_watchdog = how;
  return made;
}

struct world {
  explicit world(std::size_t threads) { sup::compat::set_scheduler(config, "stealing", threads); }

  caf::actor_system_config config;
};

void get_stuck(const sup::tree& tree, const std::string& path) {
  sup::compat::anon_send(*tree.ref(path), std::string{"wait"}, 1);
}

/// Until it holds, or for five seconds.
bool soon(auto holds) {
  for (const auto end = std::chrono::steady_clock::now() + 5s;
       std::chrono::steady_clock::now() < end; std::this_thread::yield())
    if (holds())
      return true;
  return false;
}

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, {});
}

} // namespace

SCENARIO("an actor that is stuck in a handler is reported") {
  GIVEN("one that must not be so for more than 50 ms") {
    world here{2};
    caf::actor_system system{here.config};
    const auto until = closed();
    told events;
    auto tree = sup::start(system, {.children = {watched("web", until, {.after = 50ms})}},
                           events.options());
    REQUIRE(tree);
    REQUIRE(tree->started().empty());
    WHEN("it waits in a handler for ever") {
      get_stuck(*tree, "web");
      REQUIRE(events.comes("child_stalled web"));
      const auto now = tree->current_state().children[0];
      THEN("the report and the state say in which, until it comes back") {
        CHECK(events.text("child_stalled web").starts_with("in a handler of "));
        CHECK(events.text("child_stalled web").ends_with(now.stuck_in));
        CHECK(now.stuck_in.find("string") != std::string::npos); // with its namespace on 1.x
        CHECK(now.stuck_in.ends_with(", int32_t"));
        REQUIRE(now.stuck_for);
        CHECK(*now.stuck_for > 50ms);
        CHECK(now.state == sup::lifecycle::ready);
        CHECK(now.last_words == "");
        open(until);
        CHECK(soon([&] { return !tree->current_state().children[0].stuck_for; }));
        CHECK(tree->current_state().children[0].stuck_in == "");
        CHECK(tree->current_state().children[0].attempt == 1);
        CHECK(events.count("child_stalled web") == 1);
      }
      open(until);
    }
  }
}

TEST_CASE("each stall is reported once") {
  world here{2};
  caf::actor_system system{here.config};
  told events;
  const auto naps = [](caf::event_based_actor*, sup::child me) -> caf::behavior {
    return {[me](const std::string&) {
      std::mutex mutex;
      std::unique_lock lock{mutex};
      std::condition_variable_any nothing;
      nothing.wait_for(lock, me.stop_token(), 150ms, [] { return false; });
    }};
  };
  sup::child_spec child{.id = "web", .start = sup::worker(naps)};
  child.more.make().stall_watchdog = sup::stall_watchdog{.after = 30ms};
  auto tree = sup::start(system, {.children = {child}}, events.options());
  REQUIRE(tree);
  for (int i = 0; i < 3; ++i)
    sup::compat::anon_send(*tree->ref("web"), std::string{"nap"});
  CHECK(events.comes("child_stalled web", 3));
  CHECK(soon([&] { return !tree->current_state().children[0].stuck_for; }));
  CHECK(events.count("child_stalled web") == 3);
}

SCENARIO("a stalled actor may be restarted") {
  GIVEN("one whose watchdog says so") {
    world here{2};
    caf::actor_system system{here.config};
    const auto until = closed();
    told events;
    auto tree = sup::start(
      system,
      {.children
       = {watched("web", until, {.after = 50ms, .action = sup::on_stall_action::restart})}},
      events.options());
    REQUIRE(tree);
    REQUIRE(tree->started().empty());
    WHEN("it comes back when its stop has been asked for") {
      get_stuck(*tree, "web");
      REQUIRE(events.comes("child_control_cancel_delivered web"));
      open(until);
      THEN("it was unhealthy, and is started again") {
        CHECK(events.comes("child_restarted web"));
        CHECK(events.count("child_unhealthy web") == 1);
        const auto now = tree->current_state().children[0];
        CHECK(now.last_exit->cause == sup::failure_kind::unhealthy);
        CHECK_FALSE(now.stuck_for);
      }
    }
    WHEN("it never does") {
      get_stuck(*tree, "web");
      const auto report = tree->wait_for(5s);
      THEN("nothing can end it: it is abandoned, and its supervisor gives up") {
        REQUIRE(report);
        CHECK(report->why == sup::aim::give_up);
        CHECK(report->abandoned() == std::vector<std::string>{"/web"});
      }
      open(until);
    }
  }
}

TEST_CASE("a stall is reported when all workers of the actor system are stuck") {
  world here{1};
  caf::actor_system system{here.config};
  const auto until = closed();
  told events;
  auto tree = sup::start(
    system,
    {.children = {{.id = "shop",
                   .start = sup::nested({.children = {watched("web", until, {.after = 50ms})}})}}},
    events.options());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  get_stuck(*tree, "shop/web");
  CHECK(events.comes("child_stalled shop/web"));
  CHECK(events.text("child_stalled shop/web").ends_with("its supervisor cannot run either"));
  open(until);
  CHECK(tree->current_state().answered);
  CHECK(events.count("child_stalled shop/web") == 1);
}

TEST_CASE("looking for stalls takes one thread and none if nobody asks for it") {
  world here{2};
  caf::actor_system system{here.config};
  const auto until = closed();
  open(until);
  const auto before = threads_of_this_process();
  {
    sup::supervisor_spec spec{.children = {{.id = "a", .start = sup::worker(patient, until)}}};
    auto plain = sup::start(system, spec, {.observer = {}, .seed = 1});
    REQUIRE(plain);
    REQUIRE(plain->started().empty());
    CHECK(threads_of_this_process() == before);
    for (const auto* id : {"b", "c"})
      spec.children.push_back(watched(id, until, {.after = 1s}));
    auto looked_at = sup::start(system, spec, {.observer = {}, .seed = 1});
    REQUIRE(looked_at);
    REQUIRE(looked_at->started().empty());
    CHECK(threads_of_this_process() == before + 1);
    looked_at->stop();
  }
  CHECK(soon([&] { return threads_of_this_process() == before; }));
}

TEST_CASE("a pause of the program is no stall, and a hang is found nevertheless") {
  sup::detail::watch_post post{{}, {0, 1}, "/web", 20ms, false};
  post.enters("string");
  post.forgive(1h); // as much as the limit, and no more
  CHECK_FALSE(post.stuck());
  CHECK(soon([&] { return post.stuck().has_value(); }));
  post.forgive(1h);
  CHECK(post.stuck());
  post.enters("string");
  post.forgive(1h);
  CHECK_FALSE(post.stuck());
}
