// Blocking workers that do not heed their supervisor: nobody can end a thread, so they are left
// behind, named, and keep their place until they have ended by themselves.

#include "governed.hpp"
#include "told.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

using namespace governed;

namespace {

/// Threads wait until it opens.
class gate {
public:
  void wait() const { open_->wait(false); }

  void open() {
    *open_ = true;
    open_->notify_all();
  }

private:
  std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(false);
};

/// Heeds nobody in its first life, and does nothing else.
sup::child_spec stubborn(std::string id, gate until) {
  const auto body = [until](const sup::child& me) {
    if (me.attempt() == 1)
      until.wait();
    else
      wait_to_stop(me);
  };
  return {.id = std::move(id),
          .start = sup::blocking_worker(body),
          .shutdown = sup::stop_budget{10ms, 10ms}};
}

sup::child_spec idle(std::string id) {
  return {.id = std::move(id),
          .start = sup::blocking_worker([](const sup::child& me) { wait_to_stop(me); })};
}

const sup::audit by{"test", "test"};

const std::string still_there
  = "the child was abandoned and did not end so far: its place is taken until it does";

/// Why it came to nothing.
std::string why(const sup::expected<sup::control_result>& x) {
  if (!x)
    return to_string(x.error());
  return x->failure ? x->failure->reason : "";
}

/// What a request fails with.
caf::error error_of(caf::actor_system& system, const caf::actor& whom) {
  caf::scoped_actor self{system};
  caf::error came;
  sup::compat::request(self, whom, 10s, 1)
    .receive([](int) {}, [&](const caf::error& x) { came = x; });
  return came;
}

struct world {
  caf::actor_system_config config{};
  caf::actor_system system{config};
  gate until{};
  told events{};
  std::optional<sup::tree> tree{};

  explicit world(sup::supervisor_spec spec, gate g) : until(std::move(g)) {
    auto made = sup::start(system, std::move(spec), events.options());
    REQUIRE(made);
    tree = std::move(*made);
    REQUIRE(tree->started().empty());
  }

  ~world() { until.open(); } // else the actor system would wait for ever

  sup::child_state child(std::size_t i) const { return tree->current_state().children.at(i); }
};

} // namespace

SCENARIO("an abandoned blocking worker keeps its id until its late end") {
  GIVEN("one that was paused and does not heed it") {
    gate until;
    world it{{.children = {stubborn("stuck", until), idle("a")}}, until};
    REQUIRE(it.tree->pause_child("stuck", by));
    REQUIRE(it.events.comes("child_abandoned stuck"));
    THEN("its state and an event name it") {
      CHECK(std::string{label(it.child(0).state)} == "abandoned");
      CHECK(it.events.count("child_abandoned stuck") == 1);
      CHECK(it.child(0).attempt == 1);
    }
    THEN("nobody else gets its id and it is not started again") {
      CHECK(text_of(it.tree->start_child(idle("stuck")))
            == "fault: /id: /stuck was abandoned and has not ended so far: its id is taken until "
               "it does");
      CHECK(why(it.tree->restart_child("stuck", by)) == still_there);
      CHECK(why(it.tree->delete_child("stuck", by)) == still_there);
      CHECK(it.child(0).attempt == 1);
    }
    WHEN("the tree is to become one with another child of that id") {
      const auto plan = it.tree->plan_for({.children = {idle("stuck"), idle("a")}});
      REQUIRE(plan);
      REQUIRE(it.tree->apply(*plan, by)->ok());
      REQUIRE(it.tree->resume_child("stuck", by)->ok());
      THEN("that begins when this one has ended") {
        CHECK(it.child(0).attempt == 1);
        CHECK(it.events.count("child_running stuck") == 1);
        it.until.open();
        REQUIRE(it.events.comes("child_running stuck", 2));
        CHECK(it.child(0).attempt == 2);
      }
    }
    WHEN("the tree is to become one without it") {
      const auto plan = it.tree->plan_for({.children = {idle("a")}});
      REQUIRE(plan);
      REQUIRE(it.tree->apply(*plan, by)->ok());
      CHECK(row_of(it.tree->which_children()) == "a ready, stuck abandoned");
      const auto back = it.tree->plan_for({.children = {idle("a"), idle("stuck")}});
      REQUIRE(back);
      THEN("nobody else comes in its place before it has ended") {
        CHECK(why(it.tree->apply(*back, by)).find("abandoned") != std::string::npos);
        CHECK(text_of(it.tree->start_child(idle("stuck")))
              == "fault: /id: /stuck was abandoned and has not ended so far: its id is taken until "
                 "it does");
        it.until.open();
        REQUIRE(it.events.comes("child_shutdown_late_report stuck"));
        CHECK(row_of(it.tree->which_children()) == "a ready");
        CHECK(it.tree->apply(*back, by)->ok());
        CHECK(row_of(it.tree->which_children()) == "a ready, stuck ready");
      }
    }
    WHEN("somebody wants it back and then it ends") {
      REQUIRE(it.tree->resume_child("stuck", by));
      CHECK(it.child(0).attempt == 1);
      it.until.open();
      THEN("its next life begins after that") {
        CHECK(it.events.comes("child_running stuck", 2));
        CHECK(it.events.only({"child_abandoned stuck", "child_shutdown_late_report stuck",
                              "child_running stuck"})
              == "child_running stuck, child_abandoned stuck, child_shutdown_late_report stuck, "
                 "child_running stuck");
        CHECK(it.child(0).attempt == 2);
      }
    }
    WHEN("it ends after all") {
      it.until.open();
      REQUIRE(it.events.comes("child_shutdown_late_report stuck"));
      THEN("its id is free") {
        CHECK(it.tree->remove_child("stuck", by)->ok());
        CHECK(it.tree->start_child(idle("stuck"))->ok());
        CHECK(row_of(it.tree->which_children()) == "a ready, stuck ready");
      }
    }
    WHEN("the tree is stopped meanwhile") {
      const auto report = it.tree->stop();
      THEN("its report names it") {
        CHECK(report.abandoned() == std::vector<std::string>{"/stuck"});
        CHECK(to_string(report).find("abandoned: /stuck") != std::string::npos);
      }
    }
  }
}

SCENARIO("a blocking worker that ends after its tree is gone does no harm") {
  GIVEN("a tree that left one behind") {
    gate until;
    world it{{.children = {stubborn("stuck", until)}}, until};
    CHECK(it.tree->stop().abandoned() == std::vector<std::string>{"/stuck"});
    const auto stuck = it.tree->ref("stuck");
    WHEN("its last handle goes before the worker does") {
      it.tree.reset();
      it.until.open();
      THEN("those who call it hear that it is gone") {
        CHECK(sup::compat::is(error_of(it.system, *stuck), sup::failure::child_gone));
        it.system.await_all_actors_done(); // the worker's thread as well
      }
    }
  }
}

TEST_CASE("a blocking worker is told to stop through whatever it waits with") {
  const auto waits = [](const sup::child& me) { // no loop that looks at stopping()
    std::mutex lock;
    std::unique_lock guard{lock};
    std::condition_variable_any never;
    never.wait(guard, me.stop_token(), [] { return false; });
  };
  gate none;
  world it{{.children = {{.id = "w", .start = sup::blocking_worker(waits)}}}, none};
  CHECK(it.tree->restart_child("w", by)->ok());
  REQUIRE(it.events.comes("child_running w", 2));
  const auto report = it.tree->stop();
  REQUIRE(report.outcomes.size() == 1);
  CHECK(report.outcomes[0].status == sup::shutdown_status::graceful);
  CHECK(it.events.count("child_abandoned w") == 0);
}
