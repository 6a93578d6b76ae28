#include "governed.hpp"

using namespace governed;

namespace {

void has_no_attempt(const sup::control_result& x) {
  CHECK_FALSE(x.status);
  CHECK_FALSE(x.generation);
  CHECK_FALSE(x.attempt);
}

void has_attempt(const sup::control_result& x, sup::attempt_status status, std::uint32_t generation,
                 std::uint32_t attempt) {
  CHECK(x.status == status);
  CHECK(x.generation == generation);
  CHECK(x.attempt == attempt);
}

} // namespace

SCENARIO("a child is paused and resumed") {
  GIVEN("three children") {
    sup::test::tree it{three()};
    WHEN("one is paused") {
      const auto came = it.pause_child("b", {"ann", "maintenance"});
      REQUIRE(came);
      THEN("it was told to stop and the record says so") {
        CHECK(came->command_id == "#1");
        CHECK(came->command == sup::command::pause_child);
        CHECK(came->path == "/b");
        CHECK(came->audit.requested_by == "ann");
        CHECK(came->audit.reason == "maintenance");
        CHECK(came->operation_before == sup::operation::active);
        CHECK(came->operation_after == sup::operation::paused);
        CHECK(came->cancel_delivered);
        CHECK_FALSE(came->idempotent);
        CHECK(came->stop_state == sup::stop_state::cancel_delivered);
        CHECK(came->ok());
        CHECK(came->result() == "accepted");
        CHECK_FALSE(came->generation_fence);
        CHECK_FALSE(came->admission_conflict);
        has_attempt(*came, sup::attempt_status::cancelling, 0, 1);
      }
      THEN("it is down and its siblings are not") {
        CHECK(it.log() == "stop b");
        CHECK(row_of(it.which_children()) == "a ready, b paused, c ready");
        CHECK(it.state_of("b").operation == sup::operation::paused);
      }
      THEN("pausing it ten times more does nothing more") {
        for (int i = 0; i < 10; ++i) {
          const auto again = it.pause_child("b");
          REQUIRE(again);
          CHECK(again->idempotent);
          CHECK_FALSE(again->cancel_delivered);
          CHECK(again->result() == "idempotent");
          has_no_attempt(*again);
        }
        CHECK(it.log() == "stop b");
      }
      AND_WHEN("an hour goes by and it is resumed") {
        it.advance(1h);
        CHECK(it.log() == "stop b");
        const auto back = it.resume_child("b");
        REQUIRE(back);
        THEN("it runs again, which is no restart") {
          CHECK(back->operation_before == sup::operation::paused);
          CHECK(back->operation_after == sup::operation::active);
          CHECK(it.log() == "start b");
          CHECK(row_of(it.which_children()) == "a ready, b ready, c ready");
          CHECK(it.state_of("b").attempt == 2);
          CHECK(it.state_of("b").last_exit->what != sup::exit_class::panic);
          CHECK(it.state().recent_restarts == 0);
        }
        THEN("resuming it once more does nothing") {
          const auto again = it.resume_child("b");
          REQUIRE(again);
          CHECK(again->idempotent);
          has_attempt(*again, sup::attempt_status::ready, back->generation.value_or(0) + 0,
                      back->attempt.value_or(2));
        }
      }
    }
    WHEN("one that is active is resumed") {
      const auto came = it.resume_child("b");
      REQUIRE(came);
      THEN("nothing is done") {
        CHECK(came->idempotent);
        CHECK(it.log() == "");
        has_attempt(*came, sup::attempt_status::ready, 0, 1);
      }
    }
  }
}

SCENARIO("a pause outlives what happens around it") {
  GIVEN("three children that are restarted together") {
    sup::test::tree it{
      {.strategy = sup::strategy::one_for_all, .children = {child("a"), child("b"), child("c")}}};
    REQUIRE(it.pause_child("b"));
    CHECK(it.log() == "stop b");
    WHEN("a sibling crashes") {
      it.crash("a");
      it.advance(1min);
      THEN("the paused child stays where it is") {
        CHECK(it.log() == "stop c, wait 10ms, start a, start c");
        CHECK(row_of(it.which_children()) == "a ready, b paused, c ready");
      }
    }
  }
  GIVEN("a child that waits for its restart") {
    sup::test::tree it{three()};
    it.crash("b");
    CHECK(it.log() == "wait 10ms");
    WHEN("it is paused then") {
      const auto came = it.pause_child("b");
      REQUIRE(came);
      it.advance(1min);
      THEN("the restart is off") {
        CHECK(came->operation_after == sup::operation::paused);
        CHECK_FALSE(came->cancel_delivered);
        has_no_attempt(*came);
        CHECK(it.log() == "");
        CHECK(it.state_of("b").state == sup::lifecycle::paused);
      }
      THEN("resuming it starts it") {
        REQUIRE(it.resume_child("b"));
        CHECK(it.log() == "start b");
      }
    }
  }
  GIVEN("a child that crashes while it stops for its pause") {
    sup::test::tree it{{.children = {tidy_child("b", 300ms)}}};
    REQUIRE(it.pause_child("b"));
    sup::compat::anon_send_exit(*it.ref("b"), caf::exit_reason::kill);
    it.advance(1min);
    THEN("it is paused and nothing was charged") {
      CHECK(it.log() == "stop b");
      CHECK(it.state_of("b").state == sup::lifecycle::paused);
      CHECK(it.state().recent_restarts == 0);
    }
  }
}

SCENARIO("a child is quarantined and released") {
  GIVEN("three children of which one crashed twice") {
    sup::test::tree it{three()};
    it.crash("b");
    it.advance(1s);
    WHEN("it is quarantined") {
      it.log();
      const auto came = it.quarantine_child("b");
      REQUIRE(came);
      it.advance(1h);
      THEN("nothing automatic brings it back") {
        CHECK(came->operation_after == sup::operation::quarantined);
        CHECK(it.log() == "stop b");
        CHECK(it.state_of("b").state == sup::lifecycle::quarantined);
      }
      THEN("it is not resumed, which is for paused ones") {
        const auto no = it.resume_child("b");
        REQUIRE(no);
        REQUIRE(no->failure);
        CHECK(no->failure->phase == "admission");
        CHECK(no->failure->reason.find("release it") != std::string::npos);
        CHECK(no->result() == "failed");
        CHECK(no->operation_after == sup::operation::quarantined);
      }
      THEN("a release starts it") {
        it.log();
        const auto back = it.release_child("b");
        REQUIRE(back);
        CHECK(back->operation_before == sup::operation::quarantined);
        CHECK(back->operation_after == sup::operation::active);
        CHECK(it.log() == "start b");
        CHECK(it.release_child("b")->idempotent);
      }
      THEN("so does a restart") {
        it.log();
        const auto back = it.restart_child("b");
        REQUIRE(back);
        REQUIRE(back->generation_fence);
        CHECK(back->generation_fence->decision == sup::fence_decision::started_immediately);
        CHECK(it.log() == "start b");
      }
    }
  }
}

SCENARIO("a restart is let in one of five ways") {
  GIVEN("a child that needs 300ms to stop") {
    sup::test::tree it{{.children = {tidy_child("a"), child("b")}}};
    WHEN("it runs and is restarted") {
      const auto first = it.restart_child("a");
      REQUIRE(first);
      REQUIRE(first->generation_fence);
      THEN("the restart waits until it is down") {
        const auto& fence = *first->generation_fence;
        CHECK(fence.decision == sup::fence_decision::queued_after_stop);
        CHECK(fence.old_generation == 0u);
        CHECK(fence.old_attempt == 1u);
        CHECK(fence.target_generation == 1u);
        CHECK(fence.cancel_delivered);
        CHECK(first->stop_state == sup::stop_state::cancel_delivered);
        CHECK(it.state_of("a").fence == sup::fence_phase::waiting_for_old_stop);
        REQUIRE(it.state_of("a").pending_restart);
        CHECK(it.state_of("a").pending_restart->target_generation == 1);
        CHECK(it.log() == "stop a");
        it.advance(299ms);
        CHECK(it.log() == "");
        it.advance(1ms);
        CHECK(it.log() == "start a");
        CHECK(it.state_of("a").generation == 1);
        CHECK(it.state_of("a").attempt == 2);
        CHECK(it.state_of("a").fence == sup::fence_phase::open);
        CHECK(it.state().recent_restarts == 0);
      }
      THEN("a second one is merged with it") {
        const auto second = it.restart_child("a");
        REQUIRE(second);
        REQUIRE(second->generation_fence);
        CHECK(second->generation_fence->decision == sup::fence_decision::already_pending);
        CHECK_FALSE(second->cancel_delivered);
        REQUIRE(second->admission_conflict);
        CHECK(second->admission_conflict->conflicting_request == second->command_id);
        CHECK(second->admission_conflict->active_attempt == 1u);
        CHECK(it.state_of("a").pending_restart->duplicates == 1);
        it.advance(1s);
        CHECK(it.log() == "stop a, start a");
      }
    }
    WHEN("it is down and is restarted") {
      REQUIRE(it.terminate_child("a"));
      it.log();
      const auto came = it.restart_child("a");
      REQUIRE(came);
      REQUIRE(came->generation_fence);
      THEN("it starts at once") {
        CHECK(came->generation_fence->decision == sup::fence_decision::started_immediately);
        CHECK_FALSE(came->generation_fence->old_attempt);
        CHECK(it.log() == "start a");
      }
    }
    WHEN("the tree is on its way out") {
      it.running().request_shutdown("test", "test");
      const auto came = it.restart_child("a");
      REQUIRE(came);
      REQUIRE(came->generation_fence);
      THEN("the restart is blocked for good") {
        CHECK(came->generation_fence->decision == sup::fence_decision::blocked_by_shutdown);
        REQUIRE(came->failure);
        CHECK_FALSE(came->failure->recoverable);
      }
    }
    WHEN("it does not let go of its life") {
      // abandoned: neither the exit message nor the kill reaches a thread
      sup::test::tree stuck{{.children = {{.id = "a",
                                           .start = sup::worker(tidy, sup::nanoseconds{24h}),
                                           .shutdown = sup::stop_budget{1s}}}}};
      const auto came = stuck.restart_child("a");
      stuck.advance(1s);
      THEN("it is killed when its budget is over") {
        CHECK(stuck.log() == "stop a, kill a, start a");
        CHECK(stuck.state_of("a").generation == 1);
      }
    }
  }
}

TEST_CASE("a child that does not stop in time is killed and the record says that it failed") {
  sup::test::tree it{{.children = {{.id = "a",
                                    .start = sup::worker(tidy, sup::nanoseconds{24h}),
                                    .shutdown = sup::stop_budget{1s}}}}};
  const auto first = it.pause_child("a");
  REQUIRE(first);
  CHECK(first->ok());
  it.advance(1s);
  CHECK(it.log() == "stop a, kill a");
  CHECK(it.state_of("a").state == sup::lifecycle::paused);
  CHECK(it.state_of("a").stop_state == sup::stop_state::completed);
}

SCENARIO("what a child was declared as is read back") {
  GIVEN("a village") {
    sup::test::tree it{village()};
    THEN("it is as it was said") {
      const auto till = it.get_childspec("shop/till");
      REQUIRE(till);
      CHECK(till->id == "till");
      CHECK_FALSE(till->restart);
      CHECK(till->start.kind() == sup::task_kind::async_worker);
      const auto shop = it.get_childspec("shop");
      REQUIRE(shop);
      CHECK(shop->start.tree()->children.size() == 2);
    }
    THEN("nobody else has one") {
      CHECK_FALSE(it.get_childspec("/"));
      CHECK_FALSE(it.get_childspec("shop/nobody"));
      CHECK_FALSE(it.get_childspec("a/b"));
    }
    THEN("an added child has the one it was added with") {
      REQUIRE(it.start_child(
        {.id = "b", .start = sup::worker(steady), .restart = sup::restart::transient}));
      CHECK(it.get_childspec("b")->restart == sup::restart::transient);
    }
  }
}

SCENARIO("a child is removed") {
  GIVEN("three children and a handle to one of them") {
    sup::test::tree it{three()};
    const auto old = it.ref("b");
    it.run();
    WHEN("that one is removed") {
      const auto came = it.remove_child("b");
      REQUIRE(came);
      it.run();
      THEN("it is gone from every list") {
        CHECK(came->operation_after == sup::operation::removed);
        CHECK(came->cancel_delivered);
        CHECK(it.log() == "stop b");
        CHECK(row_of(it.which_children()) == "a ready, c ready");
        CHECK(text_of(it.count_children()) == "[2,2,0,2]");
        CHECK_FALSE(it.get_childspec("b"));
      }
      THEN("commands about it do not get there any more") {
        CHECK(text_of(it.pause_child("b")) == "fault: /b: names no child of this tree");
        CHECK(text_of(it.remove_child("b")) == "fault: /b: names no child of this tree");
      }
      THEN("whoever calls it hears that it is gone") {
        caf::scoped_actor self{it.system()};
        auto request = sup::compat::request(self, *old, caf::infinite, 1);
        it.run();
        std::move(request).receive(
          [](int) { FAIL("somebody answered"); },
          [](const caf::error& why) { CHECK(why == sup::failure::child_gone); });
      }
      AND_WHEN("another child of that name is added") {
        REQUIRE(it.start_child(child("b"))->ok());
        THEN("a new handle reaches it and the order is another") {
          CHECK(row_of(it.which_children()) == "a ready, c ready, b ready");
          caf::scoped_actor self{it.system()};
          auto request = sup::compat::request(self, *it.ref("b"), caf::infinite, 1);
          it.run();
          std::move(request).receive([](int n) { CHECK(n == 2); },
                                     [](const caf::error& why) { FAIL(to_string(why)); });
        }
      }
      AND_WHEN("it had crashed at the very moment") {
        it.advance(1h);
        THEN("nobody resurrects it") { CHECK(it.log() == "stop b"); }
      }
    }
  }
  GIVEN("a child that takes its time to stop") {
    sup::test::tree it{{.children = {tidy_child("a"), child("b")}}};
    const auto came = it.remove_child("a");
    REQUIRE(came);
    WHEN("it dies of something else meanwhile") {
      sup::compat::anon_send_exit(*it.ref("a"), caf::exit_reason::kill);
      it.advance(1min);
      THEN("it is removed and not restarted") {
        CHECK(it.log() == "stop a");
        CHECK(row_of(it.which_children()) == "b ready");
        CHECK(it.state().recent_restarts == 0);
      }
    }
    WHEN("somebody asks for it while it stops") {
      THEN("it is still listed as on its way out") {
        CHECK(it.which_children()->at(0).operation == sup::operation::removed);
        CHECK(it.remove_child("a")->idempotent);
        it.advance(300ms);
        CHECK(row_of(it.which_children()) == "b ready");
      }
    }
  }
  GIVEN("a child that another depends on") {
    sup::test::tree it{
      {.children = {child("a"), {.id = "b", .start = sup::worker(steady), .dependencies = {"a"}}}}};
    THEN("it is not removed before the other") {
      const auto no = it.remove_child("a");
      REQUIRE(no);
      REQUIRE(no->failure);
      CHECK(no->failure->reason.find("remove those first") != std::string::npos);
      CHECK(no->operation_after == sup::operation::active);
      has_attempt(*no, sup::attempt_status::ready, 0, 1);
      CHECK(it.remove_child("b")->ok());
      it.run();
      CHECK(it.remove_child("a")->ok());
      it.run();
      CHECK(row_of(it.which_children()) == "");
    }
  }
}

SCENARIO("a child is terminated and deleted as in OTP") {
  GIVEN("a child that needs 300ms to stop") {
    sup::test::tree it{{.intensity = {.restarts = 0}, .children = {tidy_child("a"), child("b")}}};
    WHEN("it is terminated") {
      const auto came = it.terminate_child("a");
      REQUIRE(came);
      THEN("the answer comes when it is down and no crash was counted") {
        CHECK(came->stop_state == sup::stop_state::completed);
        CHECK(came->cancel_delivered);
        has_no_attempt(*came);
        CHECK(it.log() == "stop a");
        CHECK_FALSE(it.ended());
        CHECK(it.state().recent_restarts == 0);
        CHECK(it.which_children()->at(0).operation == sup::operation::terminated);
      }
      THEN("once more is fine") {
        const auto again = it.terminate_child("a");
        REQUIRE(again);
        CHECK(again->ok());
        CHECK(again->idempotent);
      }
      AND_WHEN("it is deleted") {
        const auto gone = it.delete_child("a");
        REQUIRE(gone);
        THEN("it is forgotten") {
          CHECK(gone->ok());
          CHECK(gone->operation_after == sup::operation::removed);
          CHECK(row_of(it.which_children()) == "b ready");
          CHECK(text_of(it.restart_child("a")) == "fault: /a: names no child of this tree");
        }
      }
    }
    WHEN("one that runs is deleted") {
      const auto no = it.delete_child("a");
      REQUIRE(no);
      THEN("that is refused") {
        REQUIRE(no->failure);
        CHECK(no->failure->reason == "the child runs: terminate it first");
        CHECK(no->failure->recoverable);
        CHECK(it.log() == "");
      }
    }
  }
}

SCENARIO("a command that does not get there changes nothing") {
  GIVEN("a village") {
    sup::test::tree it{village()};
    const auto before = text_of(it.state());
    THEN("whoever does not say who or why is told so") {
      CHECK(text_of(it.pause_child("a", {"", "x"})) == "fault: requested_by: must say who asks");
      CHECK(text_of(it.pause_child("a", {"ann", " \t"})) == "fault: reason: must say why");
      CHECK(it.remove_child("a", {}).error().size() == 2);
      CHECK(text_of(it.start_child(child("x"), {"", "x"}))
            == "fault: requested_by: must say who asks");
    }
    THEN("a path must name a child") {
      CHECK(text_of(it.pause_child("nobody")) == "fault: /nobody: names no child of this tree");
      CHECK(text_of(it.pause_child("shop/nobody"))
            == "fault: /shop/nobody: names no child of this tree");
      CHECK(text_of(it.pause_child("no/till")) == "fault: /no: names no child of this tree");
      CHECK(text_of(it.pause_child("/"))
            == "fault: /: is the root, and no child: shut the tree down instead");
      CHECK(text_of(it.pause_child("")) == text_of(it.pause_child("/")));
      CHECK(text_of(it.pause_child("a/b")) == "fault: /a: /a is no supervisor");
      CHECK(text_of(it.start_child("a", child("x"))) == "fault: /a: /a is no supervisor");
      CHECK(text_of(it.start_child("none", child("x")))
            == "fault: /none: names no child of this tree");
    }
    CHECK(it.log() == "");
    CHECK(text_of(it.state()) == before);
  }
  GIVEN("a shop that is paused") {
    sup::test::tree it{village()};
    REQUIRE(it.pause_child("shop"));
    it.run();
    THEN("nobody can be reached in it") {
      CHECK(text_of(it.pause_child("shop/till")) == "fault: /shop: its supervisor /shop is down");
      CHECK_FALSE(it.which_children("shop"));
      CHECK_FALSE(it.count_children("shop"));
    }
    THEN("until it is resumed") {
      REQUIRE(it.resume_child("shop"));
      it.run();
      CHECK(it.pause_child("shop/till")->ok());
      CHECK(row_of(it.which_children("shop")) == "till paused, stock ready");
    }
  }
}
