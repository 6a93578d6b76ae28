#include "governed.hpp"

using namespace governed;

namespace {

/// Says who it is.
caf::behavior greeter(caf::event_based_actor*, const std::string& shop, const std::string& name,
                      int floor) {
  return {[=](int) { return shop + "/" + name + "/" + std::to_string(floor); }};
}

sup::launcher greeters(sup::intensity limit = {}) {
  return sup::pool(
    {.id = "greeter", .start = sup::worker_with<std::string, int>(greeter, std::string{"corner"})},
    limit);
}

sup::launcher plain(sup::child_spec shape, sup::intensity limit = {}) {
  return sup::pool(std::move(shape), limit);
}

caf::behavior echo(caf::event_based_actor*) {
  return {[](int x) { return x; }};
}

std::string answer_of(sup::test::tree& it, const sup::supervised_ref<caf::actor>& who) {
  caf::scoped_actor self{it.system()};
  auto request = sup::compat::request(self, *who, caf::infinite, 0);
  it.run();
  std::string came;
  std::move(request).receive([&](const std::string& x) { came = x; },
                             [&](const caf::error& why) { came = "error: " + to_string(why); });
  return came;
}

sup::nanoseconds time_to_stop(sup::test::tree& it, const std::string& path) {
  auto& world = it.system().clock();
  const auto before = world.now();
  REQUIRE(it.terminate_child(path));
  return world.now() - before;
}

} // namespace

SCENARIO("members of a pool have arguments of their own") {
  GIVEN("a pool of greeters") {
    sup::test::tree it{{.children = {{.id = "staff", .start = greeters()}}}};
    CHECK(row_of(it.which_children("staff")) == "");
    CHECK(text_of(it.count_children("staff")) == "[1,0,0,0]");
    const auto ann = it.start_member("staff", "ann", 3);
    REQUIRE(ann);
    const auto bob = it.start_member("staff", "bob", 5);
    REQUIRE(bob);
    THEN("each is started with its own") {
      CHECK(ann->path == "/staff/greeter-1");
      CHECK(bob->path == "/staff/greeter-2");
      CHECK(answer_of(it, it.ref(ann->path)) == "corner/ann/3");
      CHECK(answer_of(it, it.ref(bob->path)) == "corner/bob/5");
      CHECK(text_of(it.count_children("staff")) == "[1,2,0,2]");
    }
    WHEN("one crashes") {
      it.log();
      it.crash(ann->path);
      it.advance(10ms);
      THEN("it comes back with the same ones and the other is not touched") {
        CHECK(it.log() == "wait 10ms, start staff/greeter-1");
        CHECK(answer_of(it, it.ref(ann->path)) == "corner/ann/3");
        CHECK(it.state_of(bob->path).attempt == 1);
        CHECK(text_of(it.count_children("staff")) == "[1,2,0,2]");
      }
    }
    WHEN("one leaves") {
      CHECK(it.remove_child(ann->path)->ok());
      it.run();
      THEN("its name is not used again by itself") {
        CHECK(it.start_member("staff", "cid", 1)->path == "/staff/greeter-3");
        CHECK(row_of(it.which_children("staff")) == "greeter-2 ready, greeter-3 ready");
      }
    }
    THEN("what it was made of is read back") {
      const auto spec = it.get_childspec(bob->path);
      REQUIRE(spec);
      CHECK(spec->id == "greeter-2");
      CHECK(spec->start.kind() == sup::task_kind::async_worker);
      CHECK_FALSE(it.get_childspec("staff/greeter-9"));
    }
    THEN("a name of one's own will do as well") {
      auto wanted = sup::tree::member_of("staff", "dan", 1);
      wanted.id = "dan";
      CHECK(it.command(wanted)->path == "/staff/dan");
      CHECK(text_of(it.command(wanted)) == "fault: /staff/dan: has already started");
      wanted.id = "9 lives";
      CHECK_FALSE(it.command(wanted));
    }
  }
}

TEST_CASE("a member of a pool is asked for with the arguments of its template or not at all") {
  sup::test::tree it{{.children = {{.id = "staff", .start = greeters()},
                                   {.id = "plain", .start = plain(child("p"))},
                                   child("a")}}};
  CHECK(text_of(it.start_member("staff"))
        == "fault: /staff: the template takes arguments: give them");
  CHECK(text_of(it.start_member("staff", 3, "ann"))
        == "fault: /staff: the arguments are not those that the template takes");
  CHECK(text_of(it.start_member("plain", 3)) == "fault: /plain: its template takes no arguments");
  CHECK(text_of(it.start_child("staff", child("x")))
        == "fault: /staff: is a pool: its children are made of its template, and arguments");
  CHECK(text_of(it.start_member("/", 3))
        == "fault: /: is no pool: a child needs a spec, not arguments");
  CHECK(text_of(it.start_member("a", 3)) == "fault: /a: /a is no supervisor");
  CHECK(text_of(it.count_children("staff")) == "[1,0,0,0]");
  CHECK(it.log() == "");
  CHECK(it.start_member("plain")->path == "/plain/p-1");
}

SCENARIO("a pool that restarts too often gives up") {
  GIVEN("a pool that bears two restarts") {
    sup::test::tree it{
      {.children = {{.id = "staff", .start = plain(child("p"), {.restarts = 2, .period = 1h})}}}};
    const auto one = it.start_member("staff")->path;
    const auto two = it.start_member("staff")->path;
    it.log();
    WHEN("its members crash three times") {
      it.crash(one);
      it.advance(1s);
      it.crash(two);
      it.advance(1s);
      CHECK(text_of(it.count_children("staff")) == "[1,2,0,2]");
      it.crash(one);
      THEN("it ends with all of them and comes back empty") {
        CHECK(it.log()
              == "wait 10ms, start staff/p-1, wait 10ms, start staff/p-2, stop staff/p-2, give up "
                 "over staff/p-1, wait 10ms");
        it.advance(10ms);
        CHECK(text_of(it.count_children("staff")) == "[1,0,0,0]");
        CHECK(it.start_member("staff")->ok());
      }
    }
  }
}

SCENARIO("members of a pool stop together") {
  GIVEN("three that need 300ms each") {
    sup::test::tree it{{.children = {{.id = "staff", .start = plain(tidy_child("p"))}}}};
    for (int i = 0; i < 3; ++i)
      REQUIRE(it.start_member("staff")->ok());
    THEN("the pool needs 300ms") {
      CHECK(time_to_stop(it, "staff") == 300ms);
      CHECK(
        it.log().ends_with("stop staff, stop staff/p-3, stop staff/p-2, stop staff/p-1, finish"));
    }
    THEN("the report names each") {
      const auto report = it.stop();
      CHECK(report.outcomes.size() == 4);
      for (const auto& x : report.outcomes)
        CHECK(x.status == sup::shutdown_status::graceful);
    }
  }
  GIVEN("ten that are not asked") {
    auto shape = tidy_child("p", 1h);
    shape.shutdown = sup::brutal_kill;
    sup::test::tree it{{.children = {{.id = "staff", .start = plain(std::move(shape))}}}};
    for (int i = 0; i < 10; ++i)
      REQUIRE(it.start_member("staff")->ok());
    THEN("they are gone at once") {
      CHECK(time_to_stop(it, "staff") == 0ms);
      CHECK(row_of(it.which_children()) == "staff stopped");
    }
  }
}

SCENARIO("partitions share work by key") {
  GIVEN("four partitions") {
    sup::test::tree it{
      {.children = {{.id = "cache", .start = sup::partitioned(child("part"), 4)}, child("a")}}};
    const auto specs = it.which_children("cache");
    CHECK(row_of(specs) == "part-0 ready, part-1 ready, part-2 ready, part-3 ready");
    std::vector<sup::supervised_ref<caf::actor>> refs;
    for (int i = 0; i < 4; ++i)
      refs.push_back(it.ref("cache/part-" + std::to_string(i)));
    const sup::partitions<caf::actor> cache{refs};
    const auto place_of = [&](const std::string& key) {
      for (std::size_t i = 0; i < cache.size(); ++i)
        if (&cache.of(key) == &cache.at(i))
          return static_cast<int>(i);
      return -1;
    };
    THEN("a key has one place and keys are spread") {
      std::vector<int> load(4);
      for (int i = 0; i < 4000; ++i) {
        const auto key = "key" + std::to_string(i);
        CHECK(place_of(key) == place_of(key));
        ++load.at(static_cast<std::size_t>(place_of(key)));
      }
      for (const auto x : load) {
        CHECK(x > 800);
        CHECK(x < 1200);
      }
    }
    WHEN("one crashes") {
      const auto place = place_of("ann");
      const auto path = "cache/part-" + std::to_string(place);
      it.log();
      it.crash(path);
      it.advance(10ms);
      THEN("it alone is restarted and the key is served again") {
        CHECK(it.log() == "wait 10ms, start " + path);
        caf::scoped_actor self{it.system()};
        auto request = sup::compat::request(self, *cache.of("ann"), caf::infinite, 1);
        it.run();
        std::move(request).receive([](int n) { CHECK(n == 2); },
                                   [](const caf::error& why) { FAIL(to_string(why)); });
      }
    }
  }
}

TEST_CASE("there are some partitions, and not too many") {
  const auto of = [](std::size_t n) {
    return to_string(validate(sup::supervisor_spec{
      .children
      = {{.id = "parts", .start = sup::partitioned({.id = "p", .start = sup::worker(echo)}, n)}}}));
  };
  CHECK(of(1) == "");
  CHECK(of(0) == "/children/0/start: is partitioned by 0, must be by 1 to 1000000");
  CHECK(of(1'000'001) == "/children/0/start: is partitioned by 1000001, must be by 1 to 1000000");
}

TEST_CASE("the partitions of a running tree are found by its path") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(
    system,
    {.children = {{.id = "cache", .start = sup::partitioned(child("part"), 3)}, child("a")}},
    sup::test::tree::quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  const auto cache = tree->partitions("cache");
  REQUIRE(cache);
  CHECK(cache->size() == 3);
  CHECK_FALSE(tree->partitions("a"));
  CHECK_FALSE(tree->partitions("none"));
  caf::scoped_actor self{system};
  sup::compat::request(self, *cache->of("ann"), 10s, 1)
    .receive([](int n) { CHECK(n == 2); }, [](const caf::error& why) { FAIL(to_string(why)); });
  tree->stop();
}

TEST_CASE("a pool that is too large for one turn is started again and stopped as a whole") {
  sup::test::tree it{
    {.children
     = {{.id = "staff",
         .start = plain({.id = "a",
                         .start = sup::worker([](caf::event_based_actor*) -> caf::behavior {
                           return {[](int) { throw std::runtime_error{"no"}; }};
                         }),
                         .backoff = {.first = 0ns, .longest = 1ms}},
                        {.restarts = sup::unlimited})}}}};
  std::vector<std::string> paths;
  for (int i = 0; i < 600; ++i)
    paths.push_back(it.start_member("staff")->path);
  for (const auto& path : paths)
    sup::compat::anon_send(*it.ref(path), 1);
  it.run();
  it.advance(10ms);
  CHECK(text_of(it.count_children("staff")) == "[1,600,0,600]");
  for (const auto& path : paths)
    REQUIRE(it.state_of(path).attempt == 2);
  REQUIRE(it.terminate_child("staff"));
  CHECK_FALSE(it.count_children("staff"));
}

TEST_CASE("members of a large pool that do not end keep nobody from being told to") {
  const auto told = std::make_shared<int>(0);
  sup::test::tree it{
    {.children
     = {{.id = "staff",
         .start = plain({.id = "a", .start = sup::worker([told](caf::event_based_actor* self) {
                                      sup::compat::on_exit_msg(
                                        self, [told](const caf::exit_msg&) { ++*told; });
                                      return caf::behavior{[](int) {}};
                                    })})}}}};
  for (int i = 0; i < 600; ++i)
    REQUIRE(it.start_member("staff"));
  REQUIRE(it.running().request_shutdown("test", "over").empty());
  it.run();
  CHECK(*told == 256);
  it.advance(3ms);
  CHECK(*told == 600);
}

SCENARIO("what has ended for good may be terminated again") {
  GIVEN("a pool with a member that it has named, and one that has a name of its own") {
    sup::test::tree it{{.children = {{.id = "staff", .start = plain(child("m"))}}}};
    auto wanted = sup::tree::member_of("staff");
    wanted.id = "anna";
    REQUIRE(it.command(wanted)->ok());
    REQUIRE(it.start_member("staff")->path == "/staff/m-1");
    for (const auto* path : {"staff/anna", "staff/m-1"}) {
      CHECK(it.terminate_child(path)->result() == "accepted");
      const auto again = it.terminate_child(path);
      REQUIRE(again);
      CHECK(again->result() == "idempotent");
      CHECK(again->path == "/" + std::string{path});
      CHECK(again->stop_state == sup::stop_state::completed);
    }
    THEN("one that never was is still a fault") {
      for (const auto* path : {"staff/m-2", "staff/m-01", "staff/m-", "staff/bert", "anna"})
        CHECK(text_of(it.terminate_child(path)).starts_with("fault: "));
    }
    THEN("a new one under the old name is terminated") {
      REQUIRE(it.command(wanted)->ok());
      CHECK(it.terminate_child("staff/anna")->result() == "accepted");
    }
  }
  GIVEN("temporary children, declared and added") {
    sup::test::tree it{
      {.children
       = {child("a"),
          {.id = "declared", .start = sup::worker(steady), .restart = sup::restart::temporary}}}};
    REQUIRE(it.start_child(
                {.id = "added", .start = sup::worker(steady), .restart = sup::restart::temporary})
              ->ok());
    THEN("it is the same with them, whether they were told to end or ended by themselves") {
      CHECK(it.terminate_child("declared")->result() == "accepted");
      CHECK(it.terminate_child("declared")->result() == "idempotent");
      leave(it, "added");
      CHECK(it.terminate_child("added")->result() == "idempotent");
    }
  }
}

SCENARIO("a pool ends by itself when its significant members have") {
  GIVEN("a pool of transient members, each of which is significant") {
    for (const auto when :
         {sup::auto_shutdown::any_significant, sup::auto_shutdown::all_significant}) {
      sup::child_spec shape{
        .id = "m", .start = sup::worker(steady), .restart = sup::restart::transient};
      shape.more.make().significant = true;
      sup::supervisor_spec spec{.strategy = sup::strategy::simple_one_for_one, .children = {shape}};
      spec.more.make().auto_shutdown = when;
      sup::test::tree it{
        {.children
         = {{.id = "staff", .start = sup::nested(spec), .restart = sup::restart::temporary}}}};
      REQUIRE(it.start_member("staff")->ok());
      REQUIRE(it.start_member("staff")->ok());
      const auto runs = [&] { return it.count_children("staff").operator bool(); };
      REQUIRE(it.terminate_child("staff/m-2")->ok());
      CHECK(runs()); // that was a command
      REQUIRE(it.start_member("staff")->ok());
      leave(it, "staff/m-1");
      CHECK(runs() == (when == sup::auto_shutdown::all_significant));
      if (runs())
        leave(it, "staff/m-3");
      CHECK_FALSE(runs());
    }
  }
}
