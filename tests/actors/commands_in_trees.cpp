// Commands that have a way to go, and much else that goes on.

#include "governed.hpp"

#include <atomic>
#include <future>
#include <thread>

using namespace governed;

SCENARIO("commands go to the supervisor of the child") {
  GIVEN("a village") {
    record seen;
    sup::test::tree it{village(), seen.options()};
    WHEN("somebody far below is paused") {
      const auto came = it.pause_child("/shop/till", {"ann", "cash"});
      REQUIRE(came);
      it.run();
      THEN("its own supervisor answers and counts") {
        CHECK(came->command_id == "/shop#1");
        CHECK(came->path == "/shop/till");
        CHECK(it.log() == "stop shop/till");
        CHECK(it.pause_child("shop/stock")->command_id == "/shop#2");
        CHECK(it.pause_child("a")->command_id == "#1");
      }
      THEN("what happened for it says whose command it was") {
        CHECK(seen.has("/shop#1 command_accepted by ann because cash"));
        CHECK(seen.has("/shop#1 child_control_operation_changed by ann because cash"));
        CHECK(seen.has("/shop#1 child_control_command_completed by ann because cash"));
      }
    }
    WHEN("the shop as a whole is removed") {
      CHECK(it.remove_child("shop")->ok());
      it.run();
      THEN("all below go with it in order") {
        CHECK(it.log() == "stop shop, stop shop/stock, stop shop/till, finish");
        CHECK(text_of(it.pause_child("shop/till")) == "fault: /shop: names no child of this tree");
      }
    }
    WHEN("it is restarted") {
      it.log();
      CHECK(it.restart_child("shop")->generation_fence->decision
            == sup::fence_decision::queued_after_stop);
      it.run();
      THEN("all below are new") {
        CHECK(it.log()
              == "stop shop, stop shop/stock, stop shop/till, finish, start shop, start shop/till, "
                 "start shop/stock");
        CHECK(it.state().recent_restarts == 0);
      }
    }
  }
}

SCENARIO("a command is answered whatever becomes of its supervisor") {
  GIVEN("a command that waits for a slow child of the shop") {
    sup::test::tree it{
      {.children = {nested_child("shop", {.children = {tidy_child("till", 1s)}})}}};
    std::string came;
    it.running().carry_out({sup::command::terminate_child, "shop/till", {"test", "test"}},
                           [&](const auto& x) { came = text_of(x); });
    it.run();
    CHECK(came == "");
    WHEN("the shop is killed") {
      it.exits("shop", {});
      THEN("the answer is that there is none") {
        CHECK(came.starts_with("fault: "));
        CHECK(came.find("nobody could answer") != std::string::npos);
      }
    }
    WHEN("the tree is stopped") {
      it.stop();
      THEN("there is an answer") { CHECK(came.starts_with("terminate_child")); }
    }
  }
}

TEST_CASE("the answer of a command does not depend on where in the tree it is asked") {
  std::string came;
  const auto meddler
    = [&came](caf::event_based_actor*, const sup::tree* const* tree) -> caf::behavior {
    return {[&came, tree](int) {
      (*tree)->carry_out({sup::command::pause_child, "/a", {"till", "closing"}},
                         [&came](const auto& x) { came = text_of(x); });
    }};
  };
  const sup::tree* running = nullptr;
  sup::test::tree it{
    {.children
     = {child("a"),
        nested_child("shop",
                     {.children = {{.id = "till", .start = sup::worker(meddler, &running)}}})}}};
  running = &it.running();
  sup::compat::anon_send(*it.ref("shop/till"), 1);
  it.run();
  CHECK(came.starts_with("pause_child /a: accepted, active -> paused, told to stop"));
  CHECK(it.state_of("a").state == sup::lifecycle::paused);
}

SCENARIO("a tree that has ended takes no commands") {
  GIVEN("one that was stopped") {
    sup::test::tree it{three()};
    it.stop();
    THEN("a command says how it ended") {
      CHECK(text_of(it.pause_child("a"))
            == "fault: /: the tree is not alive, but completed in phase shutdown: stop");
      CHECK_FALSE(it.which_children());
      CHECK_FALSE(it.count_children());
      CHECK_FALSE(it.get_childspec("a"));
    }
  }
  GIVEN("one that gave up") {
    sup::test::tree it{{.intensity = {.restarts = 0}, .children = {child("a")}}};
    it.crash("a");
    THEN("a command says why") {
      CHECK(text_of(it.pause_child("a"))
            == "fault: /: the tree is not alive, but failed in phase escalation: /a: panicked: "
               "crashed by the test");
    }
  }
}

SCENARIO("commands come in while much else is going on") {
  GIVEN("a restart of all that waits for its time") {
    sup::test::tree it{{.strategy = sup::strategy::one_for_all,
                        .children = {tidy_child("a"), child("b")},
                        .defaults = {.backoff = {.first = 1min, .longest = 1min}}}};
    it.crash("b");
    it.advance(100ms);
    WHEN("the tree is stopped while its children go down") {
      const auto report = it.stop();
      THEN("nobody comes up again") {
        CHECK(it.log() == "stop a, finish");
        CHECK(report.abandoned().empty());
      }
    }
    WHEN("it is stopped while the restart waits") {
      it.advance(10s);
      const auto report = it.stop();
      THEN("the same") {
        CHECK(it.log() == "stop a, wait 59700ms, finish");
        CHECK(report.asked_for());
      }
    }
    WHEN("a child is removed while all go down") {
      CHECK(it.remove_child("a")->ok());
      it.advance(2min);
      THEN("the others come back without it") {
        CHECK(it.log().ends_with("start b"));
        CHECK(row_of(it.which_children()) == "b ready");
      }
    }
  }
  GIVEN("commands that wait for a slow child") {
    auto spec = sup::supervisor_spec{.children = {tidy_child("a", 1s), child("b")}};
    spec.more.make().control_channel_capacity = 3;
    sup::test::tree it{std::move(spec)};
    std::vector<std::string> came;
    const auto terminate = [&](const std::string& path) {
      it.running().carry_out({sup::command::terminate_child, path, {"test", "test"}},
                             [&](const auto& x) { came.push_back(text_of(x)); });
    };
    for (int i = 0; i < 3; ++i)
      terminate("a");
    it.run();
    CHECK(came.empty());
    WHEN("one more comes than may be under way") {
      terminate("b");
      it.run();
      THEN("it is refused and nothing is done for it") {
        REQUIRE(came.size() == 1);
        CHECK(came[0] == "fault: /: busy: as many commands are under way as may be");
        CHECK(it.state_of("b").operation == sup::operation::active);
        CHECK(it.log() == "stop a");
        AND_WHEN("the others are done") {
          it.advance(1s);
          THEN("there is place again and the refused one was not counted") {
            CHECK(came.size() == 4);
            CHECK(it.pause_child("b")->command_id == "#4");
          }
        }
      }
    }
  }
}

SCENARIO("a command is answered while a thousand siblings start") {
  GIVEN("a thousand children of which each waits for the one before") {
    sup::supervisor_spec spec;
    for (int i = 0; i < 1000; ++i) {
      spec.children.push_back({.id = "c" + std::to_string(i),
                               .start = sup::worker(late),
                               .readiness = sup::readiness::on_report});
      if (i > 0)
        spec.children.back().dependencies = {"c" + std::to_string(i - 1)};
    }
    sup::test::tree it{std::move(spec)};
    WHEN("the first is paused before it was ready") {
      const auto came = it.pause_child("c0");
      REQUIRE(came);
      it.run();
      THEN("that is done and the others wait until it is resumed") {
        CHECK(came->ok());
        CHECK_FALSE(it.ended());
        CHECK(it.state_of("c0").state == sup::lifecycle::paused);
        CHECK(it.state_of("c999").attempt == 0);
        CHECK(it.resume_child("c0")->ok());
        sup::compat::anon_send(*it.ref("c0"), 1);
        it.run();
        CHECK(it.state_of("c1").state == sup::lifecycle::running);
      }
    }
    WHEN("the last is removed before it started") {
      CHECK(it.remove_child("c999")->ok());
      it.run();
      THEN("it is gone") { CHECK(it.which_children()->size() == 999); }
    }
  }
}

// -- threads -------------------------------------------------------------------------------------------

TEST_CASE("two who restart the same child at once leave one life of it") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::atomic<int> active = 0, most = 0;
  const auto body = [&](sup::child me) {
    const auto now = ++active;
    auto seen = most.load();
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    wait_to_stop(me);
    --active;
  };
  auto tree = sup::start(system, {.children = {{.id = "a", .start = sup::blocking_worker(body)}}},
                         sup::test::tree::quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  std::atomic<int> queued = 0, merged = 0, other = 0;
  const auto work = [&] {
    for (int i = 0; i < 20; ++i) {
      const auto came = tree->restart_child("a", {"test", "test"});
      if (!came || !came->generation_fence)
        ++other;
      else if (came->generation_fence->decision == sup::fence_decision::already_pending)
        ++merged;
      else
        ++queued;
    }
  };
  {
    auto one = std::async(std::launch::async, work);
    auto two = std::async(std::launch::async, work);
  }
  CHECK(other == 0);
  CHECK(queued + merged == 40);
  CHECK(queued >= 1);
  CHECK(most == 1);
  tree->stop();
  CHECK(active == 0);
}

TEST_CASE("a child that asks its own supervisor while it starts does not block it") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::promise<sup::tree> handle;
  const auto known = handle.get_future().share();
  std::promise<std::string> rows;
  const auto nosy = [&rows, known](sup::child me) {
    const auto& tree = known.get();
    rows.set_value(row_of(tree.which_children()) + "; " + tree.current_state().children[0].id);
    wait_to_stop(me);
  };
  std::promise<std::string> told;
  const auto asking = [&told, known](caf::event_based_actor*) -> caf::behavior {
    known.get().which_children("/", [&told](const auto& x) { told.set_value(row_of(x)); });
    return {[](int) {}};
  };
  auto tree = sup::start(
    system,
    {.children
     = {{.id = "nosy", .start = sup::blocking_worker(nosy), .restart = sup::restart::temporary},
        {.id = "asking", .start = sup::worker(asking), .restart = sup::restart::temporary}}},
    sup::test::tree::quiet());
  REQUIRE(tree);
  handle.set_value(*tree);
  auto first = rows.get_future();
  auto second = told.get_future();
  REQUIRE(first.wait_for(20s) == std::future_status::ready);
  REQUIRE(second.wait_for(20s) == std::future_status::ready);
  CHECK(first.get().starts_with("nosy "));
  CHECK(second.get().starts_with("nosy "));
  CHECK(tree->started().empty());
  tree->stop();
}
