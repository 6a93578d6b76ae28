// The life of a tree's control loop, as its handles see it.

#include "told.hpp"

#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior steady(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

sup::child_spec child(std::string id) {
  return {.id = std::move(id), .start = sup::worker(steady)};
}

/// Does not stop before it is killed.
caf::behavior stubborn(caf::event_based_actor* self) {
  sup::compat::on_exit_msg(self, [](const caf::exit_msg&) {});
  return {[](int) {}};
}

caf::behavior when_told(caf::event_based_actor*, sup::child me) {
  return {[me](const std::string&) { me.ready(); }};
}

/// A child that gives away its supervisor.
sup::child_spec traitor(std::string id, const std::shared_ptr<caf::actor>& supervisor) {
  return {.id = std::move(id),
          .start = sup::custom([supervisor](caf::local_actor& parent, const sup::child&) {
            *supervisor = caf::actor_cast<caf::actor>(parent.ctrl());
            return sup::launched{caf::actor_cast<caf::actor>(parent.spawn(steady))};
          })};
}

std::string in_short(const sup::runtime_exit_report& x) {
  return std::string{label(x.state)} + " in phase " + x.phase + ": " + x.reason
         + (x.panic ? ", panic" : "") + (x.recoverable ? ", recoverable" : "");
}

bool operator_equal(const sup::runtime_exit_report& a, const sup::runtime_exit_report& b) {
  return in_short(a) == in_short(b) && a.completed_at == b.completed_at;
}

} // namespace

SCENARIO("the control loop starts and lives and ends") {
  GIVEN("a tree whose last child waits for one that is not ready") {
    sup::test::tree it{
      {.children
       = {{.id = "db", .start = sup::worker(when_told), .readiness = sup::readiness::on_report},
          {.id = "web", .start = sup::worker(stubborn), .dependencies = {"db"}}}}};
    const auto& tree = it.running();
    CHECK(tree.health().state == sup::control_plane_state::starting);
    CHECK_FALSE(tree.is_alive());
    WHEN("all have started") {
      sup::compat::anon_send(*it.ref("db"), std::string{"go"});
      it.run();
      THEN("it is alive") {
        CHECK(tree.is_alive());
        CHECK(tree.health().state == sup::control_plane_state::alive);
        CHECK_FALSE(tree.health().exit_report);
        CHECK_FALSE(tree.join(0s));
      }
      AND_WHEN("it is told to stop") {
        CHECK(tree.request_shutdown("operator", "upgrade").empty());
        it.run();
        THEN("it is shutting down until everybody has left") {
          CHECK(tree.health().state == sup::control_plane_state::shutting_down);
          CHECK_FALSE(tree.is_alive());
          it.advance(5s);
          CHECK(tree.health().state == sup::control_plane_state::completed);
          REQUIRE(tree.join(0s));
          CHECK(in_short(*tree.join(0s)) == "completed in phase shutdown: upgrade");
        }
      }
    }
  }
}

SCENARIO("a control loop that fails says how and nobody has to ask for it") {
  const auto end_of = [](sup::test::tree& it) {
    REQUIRE(it.ended());
    CHECK_FALSE(it.running().is_alive());
    CHECK(it.running().health().failed());
    return in_short(*it.running().health().exit_report);
  };
  told events;
  GIVEN("a tree that bears no restart") {
    sup::test::tree it{{.intensity = {.restarts = 0}, .children = {child("web")}},
                       events.options()};
    WHEN("a child crashes") {
      it.crash("web", "no paper");
      THEN("it escalated") {
        CHECK(end_of(it) == "failed in phase escalation: /web: panicked: no paper, recoverable");
        CHECK(events.count("runtime_control_loop_failed web") == 1);
      }
    }
  }
  GIVEN("a child that does not start") {
    sup::test::tree it{
      {.children
       = {{.id = "web",
           .start = sup::custom([](caf::local_actor&, const sup::child&) -> sup::launched {
             throw std::runtime_error{"no paper"};
           })}}},
      events.options()};
    THEN("it could not start") {
      CHECK(end_of(it) == "failed in phase start: /web: could not start: no paper, recoverable");
    }
  }
  GIVEN("a root that somebody kills") {
    const auto root = std::make_shared<caf::actor>();
    sup::test::tree it{{.children = {traitor("web", root), child("db")}}, events.options()};
    const auto ref = it.ref("db");
    it.run();
    sup::compat::anon_send_exit(*root, caf::exit_reason::kill);
    *root = nullptr;
    it.run();
    THEN("the watchdog saw it, an event tells, and no child is left") {
      CHECK(end_of(it)
            == "failed in phase watchdog: the supervisor itself ended: killed, recoverable");
      CHECK(events.count("runtime_control_loop_failed") == 1);
      CHECK(events.text("runtime_control_loop_failed") == "the supervisor itself ended: killed");
      CHECK(ref.life() == 0);
      CHECK(it.running().health().failed()); // still
    }
  }
  GIVEN("a root that breaks by an exception of its own") {
    auto options = events.options();
    auto broken = std::make_shared<bool>(false);
    options.tap
      = [broken](std::string_view, const sup::plan&, std::span<const sup::input>, sup::time_point,
                 const sup::effects&, const std::function<std::string_view(sup::slot)>&) {
          if (*broken)
            throw std::logic_error{"a bug"};
        };
    sup::test::tree it{{.children = {child("web")}}, options};
    *broken = true;
    it.crash("web");
    THEN("that is a panic") {
      CHECK(end_of(it)
            == "failed in phase watchdog: the supervisor itself ended: a bug, panic, recoverable");
      CHECK(events.count("runtime_control_loop_failed") == 1);
    }
  }
  GIVEN("a nested supervisor that somebody kills") {
    const auto shop = std::make_shared<caf::actor>();
    sup::test::tree it{
      {.children = {{.id = "shop", .start = sup::nested({.children = {traitor("a", shop)}})}}},
      events.options()};
    sup::compat::anon_send_exit(*shop, caf::exit_reason::kill);
    *shop = nullptr;
    it.run();
    THEN("its own event tells of it, and the tree goes on") {
      CHECK(events.count("runtime_control_loop_failed shop") == 1);
      CHECK(it.running().is_alive());
      it.advance(10ms);
      CHECK(it.log() == "wait 10ms, start shop, start shop/a");
      *shop = nullptr;
    }
  }
}

TEST_CASE("a report of a tree that broke says so") {
  const auto root = std::make_shared<caf::actor>();
  sup::test::tree it{{.children = {traitor("web", root)}}};
  sup::compat::anon_send_exit(*root, caf::exit_reason::kill);
  *root = nullptr;
  it.run();
  REQUIRE(it.report());
  CHECK(it.report()->broke);
  CHECK_FALSE(it.report()->panic);
  CHECK(to_string(*it.report()).find("the supervisor itself ended: killed") != std::string::npos);
}

TEST_CASE("requests that say nothing are refused and change nothing") {
  sup::test::tree it{{.children = {child("web")}}};
  const auto& tree = it.running();
  CHECK(to_string(tree.request_shutdown("", " ")).find("requested_by: must say who asks")
        != std::string::npos);
  CHECK_FALSE(tree.shutdown("me", ""));
  CHECK_FALSE(tree.shutdown_tree("\t", "why"));
  it.run();
  CHECK(tree.is_alive());
  CHECK(it.log() == "");
}

TEST_CASE("ten who join get the same report") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(system, {.children = {child("a"), child("b")}}, {.observer = {}});
  REQUIRE(tree);
  std::vector<std::future<std::optional<sup::runtime_exit_report>>> all;
  for (int i = 0; i < 10; ++i)
    all.push_back(std::async(std::launch::async, [&] { return tree->join(10s); }));
  const auto ended = tree->shutdown("operator", "upgrade");
  REQUIRE(ended);
  for (auto& x : all) {
    const auto told = x.get();
    REQUIRE(told);
    CHECK(operator_equal(*told, *ended));
  }
  for (int i = 0; i < 10; ++i)
    CHECK(operator_equal(*tree->join(0s), *ended));
}

TEST_CASE("a second shutdown tells what the first one told") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(system, {.children = {child("a")}}, {.observer = {}});
  REQUIRE(tree);
  const auto first = tree->shutdown("operator", "upgrade");
  const auto second = tree->shutdown("somebody", "else");
  REQUIRE(first);
  REQUIRE(second);
  CHECK(operator_equal(*first, *second));
  CHECK(second->reason == "upgrade");
  const auto report = tree->shutdown_tree("a third", "one");
  REQUIRE(report);
  CHECK(report->requested_by == "operator");
  CHECK_FALSE(tree->is_alive());
  CHECK(tree->health().exit_report);
}

TEST_CASE("is_alive answers while the control loop is busy") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::latch go_on{1};
  std::atomic<bool> is_busy = false;
  auto tree
    = sup::start(system, {.children = {child("a")}}, {.observer = [&](const sup::tree_event& x) {
                   if (x.what.what != sup::event_type::child_starting)
                     return;
                   is_busy = true;
                   go_on.wait();
                 }});
  REQUIRE(tree);
  while (!is_busy)
    std::this_thread::yield();
  CHECK_FALSE(tree->is_alive());
  CHECK(tree->health().state == sup::control_plane_state::starting);
  go_on.count_down();
  CHECK(tree->started().empty());
  CHECK(tree->is_alive());
}

namespace {

/// Counts who is there.
struct present {
  explicit present(std::shared_ptr<std::atomic<int>> count) : count_(std::move(count)) {
    ++*count_;
  }
  present(const present&) = delete;
  present& operator=(const present&) = delete;
  ~present() { --*count_; }

private:
  std::shared_ptr<std::atomic<int>> count_;
};

caf::behavior counted(caf::event_based_actor*, const std::shared_ptr<std::atomic<int>>& alive) {
  return {[here = std::make_shared<present>(alive)](int n) { return n; }};
}

} // namespace

TEST_CASE("no child outlives the last handle unless the tree was detached") {
  const auto alive = std::make_shared<std::atomic<int>>(0);
  const auto spec = [alive] {
    return sup::supervisor_spec{
      .children = {
        {.id = "a", .start = sup::worker(counted, alive)},
        {.id = "shop",
         .start = sup::nested({.children = {{.id = "b", .start = sup::worker(counted, alive)}}})}}};
  };
  told events;
  caf::actor_system_config config;
  caf::actor_system system{config};
  {
    auto tree = sup::start(system, spec(), events.options());
    REQUIRE(tree);
    REQUIRE(tree->started().empty());
    CHECK(*alive == 2);
    const auto copy = *tree;
  }
  CHECK(events.comes("runtime_control_loop_completed"));
  for (const auto end = std::chrono::steady_clock::now() + 5s;
       *alive > 0 && std::chrono::steady_clock::now() < end;)
    std::this_thread::yield();
  CHECK(*alive == 0);

  std::optional<sup::supervised_ref<>> ref;
  const auto root = std::make_shared<caf::actor>();
  {
    auto detached = spec();
    detached.children.push_back(traitor("c", root));
    auto tree = sup::start(system, detached, events.options());
    REQUIRE(tree);
    REQUIRE(tree->started().empty());
    ref = tree->ref("shop/b");
    tree->detach();
  }
  caf::scoped_actor self{system};
  int got = 0;
  sup::compat::request(self, **ref, 10s, 7)
    .receive([&](int n) { got = n; }, [](const caf::error&) {});
  CHECK(got == 7);
  CHECK(*alive == 2);
  sup::compat::anon_send_exit(*root, caf::exit_reason::kill);
  *root = nullptr;
  CHECK(events.comes("runtime_control_loop_failed"));
}
