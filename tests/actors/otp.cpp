#include "governed.hpp"

// What OTP's own tests of its supervisor say, of ours.

using namespace governed;

namespace {

/// Does what its start says at that attempt: 0 runs, 1 fails, 2 has nothing to do.
struct script {
  int now = 0;

  auto start() {
    return [this](caf::local_actor& parent, const sup::child&) -> sup::launched {
      if (now == 1)
        return sup::make_failure(sup::failure::start_failed, "as told");
      if (now == 2)
        return sup::launched::ignore();
      return caf::actor_cast<caf::actor>(parent.spawn(steady));
    };
  }
};

sup::child_spec scripted(std::string id, script& by) {
  return {.id = std::move(id), .start = sup::custom(by.start())};
}

sup::intensity twice() { return {.restarts = 2, .period = 1h}; }

} // namespace

SCENARIO("a declared child is administered as in OTP") {
  GIVEN("a supervisor with one child") {
    sup::test::tree it{{.intensity = twice(), .children = {child("a")}}};
    THEN("it goes through all it may go through") {
      CHECK(text_of(it.start_child(child("a"))) == "fault: /id: /a has already started");
      CHECK(text_of(it.terminate_child("b")) == "fault: /b: names no child of this tree");
      CHECK(it.terminate_child("a")->ok());
      CHECK(it.terminate_child("a")->ok());
      CHECK(text_of(it.count_children()) == "[1,0,0,1]");
      CHECK(text_of(it.start_child(child("a"))).find("is already present") != std::string::npos);
      CHECK(it.restart_child("a")->ok());
      CHECK(text_of(it.count_children()) == "[1,1,0,1]");
      CHECK(it.delete_child("a")->failure->reason == "the child runs: terminate it first");
      CHECK(it.terminate_child("a")->ok());
      CHECK(it.delete_child("a")->ok());
      CHECK(text_of(it.restart_child("a")) == "fault: /a: names no child of this tree");
      CHECK(text_of(it.count_children()) == "[0,0,0,0]");
      CHECK(it.start_child(child("a"))->ok());
      CHECK(text_of(it.count_children()) == "[1,1,0,1]");
    }
  }
}

SCENARIO("a child is listed as long as it may come back") {
  GIVEN("a transient child") {
    sup::test::tree it{
      {.children
       = {{.id = "a", .start = sup::worker(steady), .restart = sup::restart::transient}}}};
    WHEN("it ends normally") {
      leave(it, "a");
      THEN("it is kept without running") {
        CHECK(text_of(it.count_children()) == "[1,0,0,1]");
        CHECK(row_of(it.which_children()) == "a stopped");
        CHECK(text_of(it.start_child(child("a"))).find("already present") != std::string::npos);
      }
    }
  }
  GIVEN("children that wait for the next try of a restart") {
    sup::test::tree it{
      {.strategy = sup::strategy::one_for_all, .children = {child("a"), child("b")}}};
    it.crash("a");
    for (const auto* id : {"a", "b"})
      CHECK(text_of(it.start_child(child(id)))
            == "fault: /id: /" + std::string{id} + " is already present, and waits for its start");
  }
  GIVEN("a temporary child") {
    sup::test::tree it{
      {.children
       = {{.id = "a", .start = sup::worker(steady), .restart = sup::restart::temporary}}}};
    WHEN("it ends normally") {
      leave(it, "a");
      THEN("it is forgotten") {
        CHECK(text_of(it.count_children()) == "[0,0,0,0]");
        CHECK(row_of(it.which_children()) == "");
        CHECK_FALSE(it.get_childspec("a"));
      }
    }
  }
}

SCENARIO("temporary children can be started anew under every strategy") {
  for (const auto how :
       {sup::strategy::one_for_one, sup::strategy::one_for_all, sup::strategy::rest_for_one}) {
    CAPTURE(label(how));
    for (const auto when :
         {sup::restart::permanent, sup::restart::transient, sup::restart::temporary}) {
      CAPTURE(static_cast<int>(when));
      for (const auto end : {0, 1, 2, 3}) {
        CAPTURE(end);
        sup::test::tree it{{.strategy = how, .intensity = {.restarts = 10, .period = 1h}}};
        const sup::child_spec a{.id = "a", .start = sup::worker(steady), .restart = when};
        REQUIRE(it.start_child(a)->ok());
        if (end == 0)
          it.exits("a", caf::exit_reason::kill);
        else if (end == 1)
          leave(it, "a");
        else if (end == 2)
          it.crash("a");
        else
          REQUIRE(it.terminate_child("a"));
        it.advance(1s);
        const auto again = text_of(it.start_child(a));
        const auto runs = when == sup::restart::permanent ? end != 3 : end == 0 || end == 2;
        if (when == sup::restart::temporary)
          CHECK(again.find("accepted") != std::string::npos);
        else if (runs)
          CHECK(again.find("has already started") != std::string::npos);
        else
          CHECK(again.find("already present") != std::string::npos);
      }
    }
  }
}

SCENARIO("a tree keeps what it declares and forgets what was added") {
  GIVEN("three supervisors of which one was terminated and one got two more workers") {
    sup::test::tree it{
      {.strategy = sup::strategy::one_for_all,
       .intensity = twice(),
       .children = {nested_child("sub1", {.children = {child("a"), child("b")}}),
                    nested_child("sub2", {.intensity = {.restarts = 1, .period = 1h}}),
                    nested_child("sub3", {})}}};
    REQUIRE(it.terminate_child("sub3"));
    CHECK(text_of(it.count_children()) == "[3,2,3,0]");
    script by;
    REQUIRE(it.start_child("sub2", child("x"))->ok());
    REQUIRE(it.start_child("sub2", scripted("y", by))->ok());
    it.log();
    WHEN("one of those crashes") {
      it.crash("sub2/x");
      it.advance(1s);
      THEN("it alone is restarted") { CHECK(it.log() == "wait 10ms, start sub2/x"); }
    }
    WHEN("the other cannot be restarted") {
      by.now = 1;
      it.crash("sub2/y");
      it.advance(1s);
      THEN("its supervisor ends and all start anew but for what was added") {
        CHECK(row_of(it.which_children("sub1")) == "a ready, b ready");
        CHECK(row_of(it.which_children("sub2")) == "");
        CHECK(it.state_of("sub1").generation == 1);
        CHECK(it.state_of("sub3").state
              == sup::lifecycle::stopped); // unlike OTP: an operator's word stays
      }
    }
  }
}

SCENARIO("lists and counts agree") {
  GIVEN("a pool of a thousand and then two") {
    sup::test::tree it{{.children = {{.id = "staff",
                                      .start = sup::pool({.id = "p",
                                                          .start = sup::worker(steady),
                                                          .restart = sup::restart::temporary})}}}};
    for (int i = 0; i < 1000; ++i)
      REQUIRE(it.start_member("staff")->ok());
    CHECK(text_of(it.count_children("staff")) == "[1,1000,0,1000]");
    CHECK(it.which_children("staff")->size() == 1000);
    for (int i = 0; i < 1000; ++i)
      REQUIRE(it.start_member("staff")->ok());
    CHECK(text_of(it.count_children("staff")) == "[1,2000,0,2000]");
    CHECK(it.which_children("staff")->size() == 2000);
    WHEN("all are killed") {
      const auto all = it.which_children("staff");
      for (const auto& x : *all)
        static_cast<void>(it.ref(x.path)); // once asked for, it is bound to the child
      it.run();
      for (const auto& x : *all)
        sup::compat::anon_send_exit(*it.ref(x.path), caf::exit_reason::kill);
      it.run();
      THEN("none is left") {
        CHECK(text_of(it.count_children("staff")) == "[1,0,0,0]");
        CHECK(it.which_children("staff")->empty());
      }
    }
  }
  GIVEN("three children of which two cannot be restarted for a while") {
    script by;
    sup::test::tree it{{.intensity = {.restarts = sup::unlimited},
                        .children = {scripted("a", by), scripted("b", by), scripted("c", by)}}};
    CHECK(text_of(it.count_children()) == "[3,3,0,3]");
    by.now = 1;
    it.crash("a");
    it.crash("b");
    it.advance(10s);
    THEN("they count as down until they are back") {
      CHECK(text_of(it.count_children()) == "[3,1,0,3]");
      by.now = 0;
      it.advance(10s);
      CHECK(text_of(it.count_children()) == "[3,3,0,3]");
      REQUIRE(it.terminate_child("a"));
      CHECK(text_of(it.count_children()) == "[3,2,0,3]");
      CHECK(row_of(it.which_children()) == "a stopped, b ready, c ready");
    }
  }
  GIVEN("one child that is started and started again and terminated and deleted") {
    sup::test::tree it{{}};
    const auto lists = [&] { return row_of(it.which_children()); };
    THEN("every list is right") {
      REQUIRE(it.start_child(child("a")));
      CHECK(lists() == "a ready");
      CHECK_FALSE(it.start_child(child("a")));
      CHECK(lists() == "a ready");
      REQUIRE(it.terminate_child("a"));
      CHECK(lists() == "a stopped");
      REQUIRE(it.delete_child("a"));
      CHECK(lists() == "");
      CHECK_FALSE(it.get_childspec("a"));
    }
  }
}

SCENARIO("a member that has nothing to do is not kept") {
  GIVEN("a pool of permanent children") {
    script by{2};
    sup::test::tree it{{.children = {{.id = "staff", .start = sup::pool(scripted("p", by))}}}};
    WHEN("one is started that has nothing to do") {
      const auto came = it.start_member("staff");
      REQUIRE(came);
      it.run();
      THEN("it is not stored and the stop is clean") {
        CHECK(came->ok());
        CHECK_FALSE(came->status);
        CHECK(text_of(it.count_children("staff")) == "[1,0,0,0]");
        CHECK(it.stop().asked_for());
      }
    }
    WHEN("one runs and then has nothing to do any more") {
      by.now = 0;
      const auto path = it.start_member("staff")->path;
      it.exits(path, caf::exit_reason::kill);
      it.advance(1s);
      CHECK(text_of(it.count_children("staff")) == "[1,1,0,1]");
      by.now = 2;
      it.exits(path, caf::exit_reason::kill);
      it.advance(1s);
      THEN("its entry disappears and the stop is clean") {
        CHECK(text_of(it.count_children("staff")) == "[1,0,0,0]");
        CHECK(it.stop().asked_for());
      }
    }
  }
}

SCENARIO("a pool ends when its members fail too often") {
  GIVEN("a pool of two that bears four restarts") {
    script by;
    sup::test::tree it{
      {.intensity = {.restarts = 0},
       .children
       = {{.id = "staff", .start = sup::pool(scripted("p", by), {.restarts = 4, .period = 1h})}}}};
    const auto one = it.start_member("staff")->path;
    REQUIRE(it.start_member("staff")->ok());
    WHEN("the restart of one fails again and again") {
      by.now = 1;
      it.crash(one);
      it.advance(10s);
      THEN("the pool ends and the second with it") {
        CHECK(it.ended());
        CHECK(it.report()->culprit == "/staff");
      }
    }
  }
}

SCENARIO("a child that was terminated and does not start again is kept") {
  GIVEN("a child whose start works once") {
    script by;
    sup::test::tree it{{.intensity = twice(), .children = {scripted("a", by)}}};
    REQUIRE(it.terminate_child("a"));
    by.now = 1;
    WHEN("it is restarted") {
      const auto came = it.restart_child("a");
      REQUIRE(came);
      THEN("it is still there") {
        CHECK(it.which_children()->size() == 1);
        CHECK(it.which_children()->at(0).last_words == "as told");
      }
    }
  }
}
