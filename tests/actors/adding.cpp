#include "governed.hpp"

#include <malloc.h>

using namespace governed;

namespace {

sup::child_spec needing(std::string id, std::vector<std::string> needs) {
  return {.id = std::move(id), .start = sup::worker(steady), .dependencies = std::move(needs)};
}

sup::child_spec temporary(std::string id) {
  return {.id = std::move(id), .start = sup::worker(steady), .restart = sup::restart::temporary};
}

sup::supervisor_spec with_limit(std::uint32_t most) {
  sup::supervisor_spec spec{.children = {child("a")}};
  spec.more.make().dynamic_supervisor_policy.child_limit = most;
  return spec;
}

int reply_of(sup::test::tree& it, const sup::supervised_ref<caf::actor>& who, int n) {
  caf::scoped_actor self{it.system()};
  auto request = sup::compat::request(self, *who, caf::infinite, n);
  it.run();
  int came = -1;
  std::move(request).receive([&](int x) { came = x; }, [](const caf::error&) {});
  return came;
}

} // namespace

SCENARIO("a child is added to a running tree") {
  GIVEN("a shop below a root where those after a crash go along") {
    sup::test::tree it{
      {.strategy = sup::strategy::rest_for_one,
       .children = {child("a"), nested_child("shop", {.children = {child("till")}})}}};
    WHEN("one is added to the root") {
      const auto came = it.start_child(child("b"), {"ann", "more hands"});
      REQUIRE(came);
      THEN("it is ready and its record is its own") {
        CHECK(came->ok());
        CHECK(came->command == sup::command::start_child);
        CHECK(came->path == "/b");
        CHECK(came->command_id == "#1");
        CHECK(came->audit.requested_by == "ann");
        CHECK(came->status == sup::attempt_status::ready);
        CHECK(came->generation == 0u);
        CHECK(came->attempt == 1u);
        CHECK(came->operation_after == sup::operation::active);
        CHECK(it.log() == "start b");
        CHECK(it.state_of("b").dynamic);
        CHECK_FALSE(it.state_of("a").dynamic);
      }
      THEN("it is the last in order") {
        it.log();
        CHECK(row_of(it.which_children()) == "a ready, shop ready, b ready");
        it.crash("a");
        it.advance(10ms);
        CHECK(it.log()
              == "stop b, stop shop, stop shop/till, finish, wait 10ms, start a, start shop, start "
                 "shop/till, start b");
        it.crash("b");
        it.advance(1s);
        CHECK(it.log() == "wait 10ms, start b");
        CHECK(it.state_of("b").restart_count == 2);
      }
      THEN("it stops before those that were there") {
        it.log();
        it.stop();
        CHECK(it.log().starts_with("stop b, stop shop"));
      }
    }
    WHEN("one is added to the shop") {
      const auto came = it.start_child("shop", child("cart"));
      REQUIRE(came);
      THEN("it is there and the same is not added twice") {
        CHECK(came->path == "/shop/cart");
        CHECK(row_of(it.which_children("shop")) == "till ready, cart ready");
        CHECK(text_of(it.start_child("shop", child("cart")))
              == "fault: /id: /shop/cart has already started");
        REQUIRE(it.terminate_child("shop/cart"));
        CHECK(text_of(it.start_child("shop", child("cart")))
              == "fault: /id: /shop/cart is already present, and down: restart it, or delete it "
                 "first");
      }
      AND_WHEN("the shop is restarted") {
        const auto known = it.ref("shop/cart");
        CHECK(reply_of(it, known, 1) == 2);
        REQUIRE(it.restart_child("shop"));
        it.run();
        THEN("it is what its declaration says and nothing else") {
          CHECK(row_of(it.which_children("shop")) == "till ready");
          CHECK(text_of(it.pause_child("shop/cart"))
                == "fault: /shop/cart: names no child of this tree");
        }
        THEN("whoever calls the one that vanished is told so") {
          CHECK(reply_of(it, known, 1) == -1);
        }
      }
    }
    WHEN("a whole supervisor is added") {
      const auto came = it.start_child(nested_child(
        "cafe", {.intensity = {.restarts = 5},
                 .children = {child("cook"), nested_child("bar", {.children = {child("gin")}})}}));
      REQUIRE(came);
      THEN("it is up with all below it") {
        CHECK(came->ok());
        CHECK(row_of(it.which_children("cafe")) == "cook ready, bar ready");
        CHECK(reply_of(it, it.ref("cafe/bar/gin"), 4) == 5);
        CHECK(it.pause_child("cafe/bar/gin")->path == "/cafe/bar/gin");
        CHECK(it.start_child("cafe/bar", child("rum"))->path == "/cafe/bar/rum");
      }
      AND_WHEN("one below it crashes more often than it may") {
        for (int i = 0; i < 6; ++i) {
          it.crash("cafe/cook");
          it.advance(2s);
        }
        it.advance(1s);
        THEN("its parent starts it again") {
          CHECK(it.state_of("cafe").generation == 1);
          CHECK(row_of(it.which_children("cafe")) == "cook ready, bar ready");
        }
      }
      AND_WHEN("it is removed") {
        CHECK(it.remove_child("cafe")->ok());
        it.run();
        THEN("nothing of it is left") {
          CHECK(row_of(it.which_children()) == "a ready, shop ready");
          CHECK(reply_of(it, it.ref("cafe/cook"), 4) == -1);
        }
      }
    }
  }
}

SCENARIO("a child that does not come up leaves everything as it was") {
  GIVEN("a village") {
    sup::test::tree it{
      {.children = {child("a"), nested_child("shop", {.children = {child("till")}})}}};
    const auto before = text_of(it.state());
    WHEN("one is added whose start throws") {
      const auto came = it.start_child({.id = "b", .start = sup::worker(broken)});
      REQUIRE(came);
      THEN("the record says what it died of") {
        REQUIRE(came->failure);
        CHECK(came->failure->phase == "start");
        CHECK(came->failure->reason
              == "could not start (no disk), and what was done for it was undone");
        CHECK_FALSE(came->status);
        CHECK_FALSE(came->generation);
        CHECK_FALSE(came->attempt);
      }
      THEN("nothing is different and its name is free") {
        it.run();
        CHECK(text_of(it.state()) == before);
        CHECK(it.start_child(child("b"))->ok());
      }
    }
    WHEN("one is added that is not ready in time") {
      const auto came = it.start_child("shop", {.id = "b",
                                                .start = sup::worker(late),
                                                .readiness = sup::readiness::on_report,
                                                .start_timeout = 2s});
      REQUIRE(came);
      THEN("it is gone again") {
        CHECK_FALSE(came->ok());
        it.advance(10s);
        CHECK(text_of(it.state()) == before);
      }
    }
    WHEN("a supervisor is added of which one child cannot start") {
      const auto came = it.start_child(nested_child(
        "cafe", {.children = {child("cook"), {.id = "bar", .start = sup::worker(broken)}}}));
      REQUIRE(came);
      THEN("none of it is left") {
        CHECK_FALSE(came->ok());
        it.run();
        CHECK(text_of(it.state()) == before);
      }
    }
    WHEN("one is added that says it has nothing to do") {
      const auto nothing
        = [](caf::local_actor&, const sup::child&) { return sup::launched::ignore(); };
      const auto came = it.start_child(
        {.id = "b", .start = sup::custom(nothing), .restart = sup::restart::temporary});
      REQUIRE(came);
      THEN("that is fine and it is not kept") {
        CHECK(came->ok());
        CHECK_FALSE(came->status);
        it.run();
        CHECK(row_of(it.which_children()) == "a ready, shop ready");
      }
    }
  }
}

SCENARIO("a declaration with faults adds nobody") {
  GIVEN("two children") {
    sup::test::tree it{{.children = {child("a"), child("b")}}};
    const auto before = text_of(it.state());
    THEN("all faults are told at once") {
      auto wrong = needing("a", {"nobody"});
      wrong.start_timeout = sup::nanoseconds{-1};
      wrong.backoff = {.first = 2s, .longest = 1s};
      const auto came = it.start_child(std::move(wrong));
      REQUIRE_FALSE(came);
      const auto text = to_string(came.error());
      CHECK(came.error().size() == 4);
      CHECK(text.find("/start_timeout") != std::string::npos);
      CHECK(text.find("/backoff") != std::string::npos);
      CHECK(text.find("/id: /a has already started") != std::string::npos);
      CHECK(text.find("/dependencies/0: no sibling is called \"nobody\"") != std::string::npos);
    }
    THEN("it cannot wait for itself") {
      const auto came = it.start_child(needing("c", {"c"}));
      REQUIRE_FALSE(came);
      CHECK(came.error().size() == 1);
      CHECK(to_string(came.error()).find("/dependencies") != std::string::npos);
    }
    THEN("one without a start or a name is none") {
      CHECK_FALSE(it.start_child({.id = "c"}));
      CHECK_FALSE(it.start_child(child("9 lives")));
    }
    CHECK(it.log() == "");
    CHECK(text_of(it.state()) == before);
  }
}

SCENARIO("an added child waits for those it depends on") {
  GIVEN("a sibling that is not ready yet") {
    sup::test::tree it{
      {.children
       = {{.id = "db", .start = sup::worker(late), .readiness = sup::readiness::on_report}}}};
    std::optional<std::string> came;
    it.running().carry_out(
      {.what = sup::command::start_child,
       .path = "/",
       .audit = {"test", "test"},
       .child = std::make_shared<const sup::child_spec>(needing("web", {"db"}))},
      [&](const auto& x) { came = text_of(x); });
    it.advance(1s);
    CHECK_FALSE(came);
    WHEN("that gets ready") {
      sup::compat::anon_send(*it.ref("db"), 1);
      it.run();
      THEN("it starts and the command is answered") {
        CHECK(it.log() == "start web");
        REQUIRE(came);
        CHECK(came->starts_with("start_child /web: accepted, now ready"));
      }
    }
    WHEN("the tree is stopped before that") {
      it.stop();
      THEN("the command is answered too") {
        REQUIRE(came);
        CHECK(came->starts_with("start_child"));
      }
    }
    WHEN("it is removed before that") {
      CHECK(it.remove_child("web")->ok());
      THEN("the command that added it hears of it") {
        REQUIRE(came);
        CHECK(came->find("stopped before it was up") != std::string::npos);
        CHECK(row_of(it.which_children()) == "db running");
      }
    }
  }
}

SCENARIO("a supervisor says how many children it takes") {
  GIVEN("one that takes two") {
    sup::test::tree it{with_limit(2)};
    CHECK(it.start_child(child("b"))->ok());
    const auto before = text_of(it.state());
    WHEN("a third is added") {
      const auto came = it.start_child(child("c"));
      REQUIRE(came);
      THEN("it is refused for now") {
        REQUIRE(came->failure);
        CHECK(came->failure->phase == "admission");
        CHECK(came->failure->recoverable);
        CHECK(came->failure->reason
              == "the supervisor has as many children as its child_limit allows");
        it.run();
        CHECK(text_of(it.state()) == before);
      }
      AND_WHEN("another has left") {
        REQUIRE(it.remove_child("b"));
        it.run();
        THEN("there is place") { CHECK(it.start_child(child("c"))->ok()); }
      }
    }
  }
  GIVEN("one that takes none") {
    sup::supervisor_spec spec{.children = {child("a")}};
    spec.more.make().dynamic_supervisor_policy.enabled = false;
    sup::test::tree it{std::move(spec)};
    THEN("it says so") {
      const auto came = it.start_child(child("b"));
      REQUIRE(came);
      REQUIRE(came->failure);
      CHECK_FALSE(came->failure->recoverable);
      CHECK(row_of(it.which_children()) == "a ready");
    }
  }
}

SCENARIO("an added temporary child leaves no trace") {
  GIVEN("a tree with one of them") {
    sup::test::tree it{{.children = {child("a")}}};
    const auto before = text_of(it.state());
    REQUIRE(it.start_child(temporary("job"))->ok());
    WHEN("it crashes") {
      it.crash("job");
      THEN("the tree is what it was and its name is free") {
        CHECK(row_of(it.which_children()) == "a ready");
        CHECK(text_of(it.count_children()) == "[1,1,0,1]");
        CHECK(text_of(it.state()) == before);
        CHECK(it.start_child(temporary("job"))->ok());
        CHECK(it.state_of("job").restart_count == 0);
      }
    }
  }
}

// Counts nothing where a sanitizer has its own malloc.
std::size_t in_use() { return mallinfo2().uordblks; }

TEST_CASE("ten thousand children that come and go leave a tree as it was") {
  sup::test::tree it{
    {.children = {child("a"), nested_child("shop", {.children = {child("till")}})}}};
  REQUIRE(it.start_child("shop", child("x")));
  REQUIRE(it.remove_child("shop/x"));
  it.run();
  const auto before = text_of(it.state());
  const auto come_and_go = [&](int i) {
    const auto id = "x" + std::to_string(i);
    const auto came = it.start_child("shop", child(id));
    REQUIRE(came);
    REQUIRE(came->ok());
    const auto gone = it.remove_child("shop/" + id);
    REQUIRE(gone);
    REQUIRE(gone->ok());
    it.log();
  };
  for (int i = 0; i < 100; ++i)
    come_and_go(i);
  const auto used = in_use();
  for (int i = 0; i < 10'000; ++i)
    come_and_go(i);
  it.run();
  CHECK(in_use() < used + 20'000);
  CHECK(text_of(it.state()) == before);
}

SCENARIO("several are added in one go") {
  GIVEN("requests that arrive together") {
    sup::test::tree it{{.children = {child("a")}}};
    std::vector<std::string> came;
    const auto add = [&](sup::child_spec wanted) {
      it.running().carry_out({.what = sup::command::start_child,
                              .path = "/",
                              .audit = {"test", "test"},
                              .child = std::make_shared<const sup::child_spec>(std::move(wanted))},
                             [&](const auto& x) {
                               came.push_back(x ? x->path + " " + std::string{x->result()}
                                                : to_string(x.error()));
                             });
    };
    WHEN("they want children that depend on one another") {
      add(child("b"));
      add(needing("c", {"b"}));
      const auto early = it.ref("d");
      add(needing("d", {"c"}));
      it.run();
      THEN("all of them are there in order") {
        CHECK(came == std::vector<std::string>{"/b accepted", "/c accepted", "/d accepted"});
        CHECK(row_of(it.which_children()) == "a ready, b ready, c ready, d ready");
        CHECK(it.log() == "start b, start c, start d");
      }
    }
    WHEN("two want the same") {
      add(child("b"));
      add(child("b"));
      it.run();
      THEN("one of them gets it") {
        CHECK(std::ranges::count(came, "/b accepted") == 1);
        CHECK(std::ranges::count(came, "/id: /b has already started") == 1);
        CHECK(row_of(it.which_children()) == "a ready, b ready");
      }
    }
    WHEN("one is removed and asked about before it is there") {
      add(child("b"));
      std::string gone, spec;
      it.running().get_childspec("b", [&](const auto& x) { spec = x ? x->id : "none"; });
      it.running().carry_out({sup::command::remove_child, "b", {"test", "test"}},
                             [&](const auto& x) { gone = text_of(x); });
      it.running().which_children("/", [](const auto&) {});
      it.run();
      THEN("it is gone") {
        CHECK(spec == "b");
        CHECK(gone.starts_with("remove_child /b: accepted"));
        CHECK(row_of(it.which_children()) == "a ready");
      }
    }
  }
}

SCENARIO("a handle may be older than the child it names") {
  GIVEN("a handle to somebody who is not there yet") {
    sup::test::tree it{{.children = {child("a")}}};
    const auto early = it.ref("b");
    CHECK(reply_of(it, early, 1) == -1);
    WHEN("that child is added") {
      REQUIRE(it.start_child(child("b"))->ok());
      THEN("whoever asks for it now gets it") {
        CHECK(reply_of(it, it.ref("b"), 1) == 2);
        it.crash("b");
        it.advance(10ms);
        CHECK(reply_of(it, it.ref("b"), 2) == 3);
      }
      THEN("the early one finds it, too") { CHECK(reply_of(it, early, 1) == 2); }
    }
  }
}
