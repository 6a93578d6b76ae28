// What virtual time cannot show: threads, and calls from outside while things go wrong. Everything
// here is bounded by deadlines of its own.

#include <doctest/doctest.h>
#include <supervisor/actors/detail/end_of_system.hpp>
#include <supervisor/supervisor.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior fragile(caf::event_based_actor*) {
  return {[](int n) -> int {
    if (n < 0)
      throw std::domain_error{"negative"};
    return n;
  }};
}

/// Takes a while to answer, with a promise: what it has not answered when it ends is in flight.
caf::behavior slow(caf::event_based_actor* self) {
  const auto open = std::make_shared<std::vector<caf::response_promise>>();
  return {[=](int n) -> caf::result<int> {
    if (n < 0)
      throw std::domain_error{"negative"};
    auto promise = self->make_response_promise();
    open->push_back(promise);
    if (open->size() == 4) {
      for (auto& x : *open)
        x.deliver(n);
      open->clear();
    }
    return promise;
  }};
}

sup::start_options quiet() { return {.observer = {}, .seed = 1}; }

struct counts {
  int replies = 0, errors = 0, timeouts = 0;
};

/// Calls `n` times, and every time `poison` says so with a number that kills.
counts call(caf::actor_system& system, const sup::tree& tree, int n, int poison) {
  counts seen;
  caf::scoped_actor self{system};
  const auto ref = tree.ref("child");
  for (int i = 0; i < n; ++i) {
    const auto number = i % poison == poison - 1 ? -1 : i;
    sup::compat::request(self, *ref, 10s, number)
      .receive([&](int) { ++seen.replies; },
               [&](const caf::error& why) {
                 ++(why == caf::sec::request_timeout ? seen.timeouts : seen.errors);
               });
  }
  return seen;
}

} // namespace

TEST_CASE("every call through a ref during a thousand crashes ends in a reply or a named error") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(
    system,
    {.intensity = {.restarts = sup::unlimited},
     .children
     = {{.id = "child", .start = sup::worker(fragile), .backoff = {.first = 0ns, .longest = 1ms}}}},
    quiet());
  REQUIRE(tree);
  counts all;
  std::uint32_t crashes = 0;
  while (crashes < 1000) {
    const auto seen = call(system, *tree, 400, 4);
    CHECK(seen.replies + seen.errors == 400);
    all.replies += seen.replies;
    all.errors += seen.errors;
    all.timeouts += seen.timeouts;
    crashes = tree->current_state().children[0].restart_count;
  }
  CHECK(all.timeouts == 0);
  CHECK(all.replies > 1000);
}

TEST_CASE("requests that a child still had to answer when it crashed fail with an error") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(
    system,
    {.intensity = {.restarts = sup::unlimited},
     .children
     = {{.id = "child", .start = sup::worker(slow), .backoff = {.first = 0ns, .longest = 1ms}}}},
    quiet());
  REQUIRE(tree);
  std::vector<std::future<counts>> callers;
  for (int i = 0; i < 4; ++i)
    callers.push_back(std::async(std::launch::async, [&] { return call(system, *tree, 100, 10); }));
  // With one caller left, three promises wait for a fourth that never comes: only a crash, or the
  // end of the tree, ends its request.
  counts all;
  std::this_thread::yield();
  auto stopper = std::async(std::launch::async, [&] {
    for (;; std::this_thread::yield()) {
      bool done = true;
      for (auto& x : callers)
        done = done && (!x.valid() || x.wait_for(0s) == std::future_status::ready);
      if (done)
        return;
      sup::compat::anon_send(*tree->ref("child"), -1);
    }
  });
  stopper.get();
  for (auto& x : callers) {
    const auto seen = x.get();
    all.replies += seen.replies;
    all.errors += seen.errors;
    all.timeouts += seen.timeouts;
  }
  CHECK(all.timeouts == 0);
  CHECK(all.replies + all.errors == 400);
}

TEST_CASE("a blocking worker runs on its own thread and stops when asked") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto rounds = std::make_shared<std::atomic<int>>(0);
  const auto work = [rounds](sup::child me) {
    for (; !me.stopping(); std::this_thread::yield())
      ++*rounds;
  };
  auto tree
    = sup::start(system, {.children = {{.id = "w", .start = sup::blocking_worker(work)}}}, quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  while (*rounds == 0)
    std::this_thread::yield();
  const auto report = tree->stop();
  REQUIRE(report.outcomes.size() == 1);
  CHECK(report.outcomes[0].status == sup::shutdown_status::graceful);
}

TEST_CASE("a blocking worker that throws is restarted and its text is kept") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto work = [](sup::child me) {
    if (me.attempt() < 3)
      throw std::runtime_error{"attempt " + std::to_string(me.attempt())};
    while (!me.stopping())
      std::this_thread::yield();
  };
  auto tree
    = sup::start(system, {.children = {{.id = "w", .start = sup::blocking_worker(work)}}}, quiet());
  REQUIRE(tree);
  sup::child_state state;
  for (const auto end = std::chrono::steady_clock::now() + 10s;
       state.attempt < 3 && std::chrono::steady_clock::now() < end; std::this_thread::yield())
    state = tree->current_state().children[0];
  CHECK(state.attempt == 3);
  CHECK(state.last_words == "attempt 2");
}

TEST_CASE("a handler that never returns is abandoned and named and its late end is reported") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto release = std::make_shared<std::atomic<bool>>(false);
  const auto stuck = [release](sup::child) {
    while (!*release)
      std::this_thread::yield();
  };
  auto tree = sup::start(
    system,
    {.children
     = {{.id = "sub",
         .start = sup::nested({.children = {{.id = "stuck",
                                             .start = sup::blocking_worker(stuck),
                                             .shutdown = sup::stop_budget{10ms, 10ms}}}})}}},
    quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  const auto report = tree->stop();
  CHECK(report.abandoned() == std::vector<std::string>{"/sub/stuck"});
  CHECK(to_string(report).find("abandoned: /sub/stuck") != std::string::npos);
  *release = true; // else the actor system would wait for it for ever
}

TEST_CASE("dropping the last handle stops the tree without waiting for it") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::promise<void> stopped;
  auto options = quiet();
  options.observer = [&stopped](const sup::tree_event& x) {
    if (x.what.what == sup::event_type::shutdown_completed)
      stopped.set_value();
  };
  {
    auto tree
      = sup::start(system, {.children = {{.id = "a", .start = sup::worker(fragile)}}}, options);
    REQUIRE(tree);
    const auto copy = *tree;
  }
  CHECK(stopped.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("a detached tree outlives its handle") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::optional<sup::supervised_ref<>> ref;
  std::optional<sup::supervised_ref<>> stop;
  const auto stoppable = [](caf::event_based_actor* self) -> caf::behavior {
    return {[](int n) { return n; },
            [=](const std::string&) {
              self->quit(sup::make_failure(sup::failure::fatal_bug, "stop the test"));
            }};
  };
  {
    auto tree
      = sup::start(system, {.children = {{.id = "a", .start = sup::worker(stoppable)}}}, quiet());
    REQUIRE(tree);
    ref = tree->ref("a");
    tree->detach();
  }
  caf::scoped_actor self{system};
  int got = 0;
  sup::compat::request(self, **ref, 10s, 7)
    .receive([&](int n) { got = n; }, [](const caf::error&) {});
  CHECK(got == 7);
  sup::compat::anon_send(**ref, std::string{"end"});
}

TEST_CASE("a supervisor that is killed while a worker is stuck below it does not start it twice") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto release = std::make_shared<std::atomic<bool>>(false);
  const auto alive = std::make_shared<std::atomic<int>>(0);
  const auto most = std::make_shared<std::atomic<int>>(0);
  const auto stuck = [=](sup::child) {
    *most = std::max(most->load(), ++*alive);
    while (!*release)
      std::this_thread::yield();
    --*alive;
  };
  auto tree = sup::start(
    system,
    {.strategy = sup::strategy::one_for_all,
     .children = {{.id = "sub",
                   .start = sup::nested(
                     {.children = {{.id = "stuck", .start = sup::blocking_worker(stuck)}}}),
                   .shutdown = sup::stop_budget{10ms, 10ms}},
                  {.id = "a", .start = sup::worker(fragile)}}},
    quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  sup::compat::anon_send(*tree->ref("a"), -1);
  const auto report = tree->wait_for(10s);
  REQUIRE(report);
  CHECK(report->why == sup::aim::give_up);
  CHECK(report->abandoned() == std::vector<std::string>{"/sub/stuck", "/sub"});
  CHECK(*most == 1);
  *release = true;
}

namespace {

/// Ends with the error that it answers.
caf::behavior quitter(caf::event_based_actor* self) {
  return {[self](const std::string& what) -> caf::result<std::string> {
    if (what != "end")
      return std::string{"here"};
    auto why = sup::make_failure(sup::failure::recoverable, "told to");
    self->quit(why);
    return why;
  }};
}

} // namespace

TEST_CASE("whoever asks again after a child has quit meets no dead one") {
  constexpr int tries = 3000;
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto tree = sup::start(
    system,
    {.intensity = {.restarts = sup::unlimited},
     .children
     = {{.id = "c", .start = sup::worker(quitter), .backoff = {.first = 1us, .longest = 1us}}}},
    quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  caf::scoped_actor self{system};
  int here = 0;
  std::string other;
  for (int i = 0; i < tries; ++i) {
    sup::compat::request(self, *tree->ref("c"), 20s, std::string{"end"})
      .receive([](const std::string&) {}, [](const caf::error&) {});
    sup::compat::request(self, *tree->ref("c"), 20s, std::string{"?"})
      .receive([&](const std::string&) { ++here; },
               [&](const caf::error& why) { other = sup::words(why); });
  }
  CHECK(other == "");
  CHECK(here == tries);
}

TEST_CASE("exits and monitors through the first handle of a ref reach the child") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto tree = sup::start(
    system,
    {.children
     = {{.id = "shop",
         .start = sup::nested({.children = {{.id = "c", .start = sup::worker(fragile)}}})}}},
    quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  std::promise<std::uint32_t> second;
  std::promise<std::string> heard;
  const auto ref = tree->ref("shop/c");
  const auto first = *ref;
  first->attach_functor([&heard](const caf::error& why) { heard.set_value(sup::words(why)); });
  const auto watch = ref.on_change([&second](std::uint32_t life, bool up) {
    if (up && life == 2)
      second.set_value(life);
  });
  caf::anon_send_exit(first, caf::exit_reason::kill);
  auto began = second.get_future();
  REQUIRE(began.wait_for(20s) == std::future_status::ready);
  CHECK(heard.get_future().get() == "killed");
}

TEST_CASE("it is seen who waits for the end of an actor system") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto lasts
    = system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  CHECK_FALSE(sup::detail::is_end_awaited(system));
  std::thread waits{[&system] { system.await_all_actors_done(); }};
  const auto late = std::chrono::steady_clock::now() + 20s;
  while (!sup::detail::is_end_awaited(system) && std::chrono::steady_clock::now() < late)
    std::this_thread::yield();
  CHECK(sup::detail::is_end_awaited(system));
  caf::anon_send_exit(lasts, caf::exit_reason::user_shutdown);
  waits.join();
  CHECK_FALSE(sup::detail::is_end_awaited(system));
}
