// What others see while a tree shuts down, and how that ends.

#include "told.hpp"

#include <doctest/doctest.h>
#include <supervisor/test/tree.hpp>

#include <atomic>
#include <future>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

namespace {

caf::behavior steady(caf::event_based_actor*) {
  return {[](int n) { return n; }};
}

/// Does not stop before it is killed.
caf::behavior stubborn(caf::event_based_actor* self) {
  sup::compat::on_exit_msg(self, [](const caf::exit_msg&) {});
  return {[](int) {}};
}

sup::child_spec child(std::string id) {
  return {.id = std::move(id), .start = sup::worker(steady)};
}

sup::child_spec slow(std::string id, std::chrono::nanoseconds budget) {
  return {
    .id = std::move(id), .start = sup::worker(stubborn), .shutdown = sup::stop_budget{budget, 1s}};
}

std::string shown(const sup::shutdown_report& x) {
  std::string text;
  for (const auto& one : x.outcomes)
    text += (text.empty() ? "" : ", ") + one.path + " " + std::string{label(one.status)};
  return text;
}

} // namespace

SCENARIO("a tree that shuts down slowly answers all the time") {
  GIVEN("a slow child between two others, and one below a nested supervisor") {
    told events;
    sup::test::tree it{
      {.children
       = {child("a"),
          {.id = "shop", .start = sup::nested({.children = {child("b"), slow("till", 3s)}})},
          slow("c", 5s),
          child("d")}},
      events.options()};
    CHECK_FALSE(it.state().stop_within);
    CHECK(it.state().stops.empty());
    CHECK(it.state().phase == sup::shutdown_phase::idle);
    WHEN("it is told to stop") {
      CHECK(it.running().request_shutdown("operator", "upgrade").empty());
      it.advance(1s);
      const auto now = it.state();
      THEN("its state says how far it is and when it will be over") {
        CHECK(now.answered);
        CHECK(now.phase == sup::shutdown_phase::graceful_drain);
        CHECK(now.stops == std::vector<std::string>{"c"});
        CHECK(it.state_of("c").state == sup::lifecycle::shutting_down);
        CHECK(it.state_of("d").state == sup::lifecycle::stopped);
        CHECK(it.state_of("a").state == sup::lifecycle::ready);
        CHECK(it.state_of("shop/till").state == sup::lifecycle::ready);
        CHECK(it.log() == "stop d, stop c");
        AND_WHEN("time goes on") {
          it.advance(4s);
          CHECK(it.log() == "kill c, stop shop, stop shop/till");
          CHECK(it.state().phase == sup::shutdown_phase::abort_stragglers);
          CHECK(it.state_of("shop").below->phase == sup::shutdown_phase::graceful_drain);
          CHECK(it.state_of("shop").below->stop_within);
          it.advance(3s);
          THEN("who is nested leaves before its supervisor, and all are named") {
            CHECK(it.log() == "kill shop/till, stop shop/b, finish, stop a, finish");
            REQUIRE(it.report());
            CHECK(shown(*it.report())
                  == "/d graceful, /c aborted, /shop/till aborted, /shop/b graceful, "
                     "/shop graceful, /a graceful");
            CHECK(it.report()->took == 8s);
            CHECK(
              events.only({"shutdown_requested", "shutdown_phase_changed", "shutdown_completed"})
              == "shutdown_requested, shutdown_phase_changed, shutdown_phase_changed, "
                 "shutdown_phase_changed, shutdown_phase_changed, shutdown_phase_changed, "
                 "shutdown_completed");
          }
        }
      }
      AND_WHEN("others want it stopped meanwhile") {
        CHECK(it.running().request_shutdown("somebody", "else").empty());
        it.advance(1h);
        THEN("they join the first request") {
          REQUIRE(it.report());
          CHECK(it.report()->requested_by == "operator");
          CHECK(it.report()->reason == "upgrade");
          CHECK(events.count("shutdown_requested") == 1);
          CHECK(events.count("child_shutdown_cancel_delivered c") == 1);
        }
      }
    }
  }
}

TEST_CASE("a level is down within twice its longest budget and one wait for a kill") {
  sup::supervisor_spec spec;
  for (int i = 0; i < 20; ++i)
    spec.children.push_back(slow("c" + std::to_string(i), 5s));
  sup::test::tree it{spec};
  it.running().request_shutdown("operator", "upgrade");
  it.run();
  CHECK(it.state().stop_within == 11s);
  it.advance(11s);
  REQUIRE(it.ended());
  CHECK(it.report()->took <= 11s);
  CHECK(it.report()->outcomes.size() == 20);
}

TEST_CASE("several who stop a tree at the same time wait for the same end") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(
    system,
    {.children
     = {child("a"),
        {.id = "c", .start = sup::worker(stubborn), .shutdown = sup::stop_budget{50ms, 1s}}}},
    {.observer = {}});
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  std::vector<std::future<sup::expected<sup::shutdown_report>>> all;
  for (int i = 0; i < 8; ++i)
    all.push_back(std::async(std::launch::async, [&tree, i] {
      return tree->shutdown_tree("operator " + std::to_string(i), "upgrade");
    }));
  const auto first = all.front().get();
  REQUIRE(first);
  CHECK(shown(*first) == "/c aborted, /a graceful");
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto told = all[i].get();
    REQUIRE(told);
    CHECK(told->requested_by == first->requested_by);
    CHECK(told->took == first->took);
  }
}

SCENARIO("a thread that cannot be ended is named and its late end is reported") {
  GIVEN("a blocking worker that does not look whether it was told to stop") {
    caf::actor_system_config config;
    caf::actor_system system{config};
    const auto release = std::make_shared<std::atomic<bool>>(false);
    const auto stuck = [release](sup::child) { release->wait(false); };
    told events;
    auto tree = sup::start(system,
                           {.children = {{.id = "stuck",
                                          .start = sup::blocking_worker(stuck),
                                          .shutdown = sup::stop_budget{50ms, 50ms}},
                                         child("a")}},
                           events.options());
    REQUIRE(tree);
    REQUIRE(tree->started().empty());
    const auto began = std::chrono::steady_clock::now();
    WHEN("the tree is stopped") {
      const auto report = tree->stop();
      THEN("it does not wait for ever, and says who may still run") {
        CHECK(std::chrono::steady_clock::now() - began < 5s);
        CHECK(report.abandoned() == std::vector<std::string>{"/stuck"});
        CHECK(shown(report) == "/a graceful, /stuck abort_failed");
        CHECK(events.count("child_abandoned stuck") == 1);
        CHECK(tree->health().state == sup::control_plane_state::completed);
        AND_WHEN("it ends after all") {
          *release = true;
          release->notify_all();
          THEN("that is reported, and the report knows") {
            CHECK(events.comes("child_shutdown_late_report stuck"));
            CHECK(shown(*tree->wait_for(0s)) == "/a graceful, /stuck late_report");
            CHECK(tree->wait_for(0s)->abandoned().empty());
          }
        }
      }
    }
    *release = true;
    release->notify_all();
  }
}
