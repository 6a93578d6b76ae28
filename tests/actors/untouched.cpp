// What must not happen to bystanders: to other children, to other commands, to the process.

#include "governed.hpp"

using namespace governed;

namespace {

std::vector<sup::child> lives;

caf::behavior tells(caf::event_based_actor*, const sup::child& me) {
  lives.push_back(me);
  return {[](int n) { return n; }};
}

sup::child_spec teller(std::string id) {
  return {.id = std::move(id), .start = sup::worker(tells)};
}

sup::child_spec broken_child(std::string id) {
  return {.id = std::move(id), .start = sup::worker(broken)};
}

/// Both are under way before either is answered.
std::pair<std::string, std::string> apply_both(sup::test::tree& it, sup::supervisor_spec one,
                                               sup::supervisor_spec two) {
  const auto first = it.plan_for(std::move(one)), second = it.plan_for(std::move(two));
  std::pair<std::string, std::string> said;
  it.running().apply(*first, {"one", "first"}, [&](auto x) { said.first = text_of(x); });
  it.running().apply(*second, {"two", "second"}, [&](auto x) { said.second = text_of(x); });
  it.advance(1s);
  return said;
}

} // namespace

TEST_CASE("a handle of a life before the last one of a removed child is harmless") {
  lives.clear();
  sup::test::tree it{{.children = {child("b")}}};
  CHECK(it.start_child(teller("a")));
  it.crash("a");
  it.advance(1s);
  CHECK(it.remove_child("a"));
  it.run();
  lives.front().heartbeat();
  it.run();
  CHECK(it.state().children.size() == 1);
}

TEST_CASE("the child whose crash began a group restart may be removed meanwhile") {
  auto a = child("a");
  a.backoff = {5s, 5s};
  sup::test::tree it{{.strategy = sup::strategy::one_for_all, .children = {a, tidy_child("b")}}};
  it.crash("a");
  CHECK(it.remove_child("a"));
  it.advance(10s);
  CHECK(it.state_of("b").state == sup::lifecycle::ready);
}

TEST_CASE("attempts are counted from one in a seat that was used before") {
  lives.clear();
  sup::test::tree it{{.children = {child("b")}}};
  for (const auto* id : {"x", "y", "z"}) {
    CHECK(it.start_child(teller(id)));
    CHECK(lives.back().attempt() == 1);
    CHECK(it.remove_child(id));
    it.run();
  }
  CHECK(it.start_child(teller("last")));
  for (const auto& x : it.stop().outcomes)
    CHECK(x.attempt == 1);
}

TEST_CASE("a pool finds an id that is free") {
  sup::test::tree it{{.children = {{.id = "p", .start = sup::pool(child("conn"))}}}};
  CHECK(it.command({.what = sup::command::start_child,
                    .path = "/p",
                    .audit = {"ann", "by name"},
                    .id = "conn-1"}));
  CHECK(it.start_member("p")->path == "/p/conn-2");
}

TEST_CASE("a tree becomes one other tree at a time") {
  const sup::supervisor_spec now{.children
                                 = {child("a"), nested_child("sub", {.children = {child("x")}})}};
  sup::test::tree it{now};
  auto fails = now, adds = now;
  fails.children[1] = nested_child("sub", {.children = {child("x"), broken_child("one")}});
  adds.children.push_back(child("two"));
  const auto [first, second] = apply_both(it, fails, adds);
  CHECK(second == "fault: /: busy: the tree is becoming another one already");
  CHECK(it.state().children.size() == 2);
  CHECK(it.apply(*it.plan_for(adds))->ok());
  CHECK(it.state_of("two").state == sup::lifecycle::ready);
}

TEST_CASE("a child that is refused leaves the forgotten one of that id as it was") {
  auto a = child("a");
  a.restart = sup::restart::temporary;
  sup::supervisor_spec spec{.children = {a, child("b")}};
  spec.more.make().dynamic_supervisor_policy = {.enabled = false};
  sup::test::tree it{spec};
  leave(it, "a");
  const auto before = text_of(it.state());
  CHECK_FALSE(it.start_child(child("a")));
  CHECK(text_of(it.state()) == before);
}

TEST_CASE("a pool with groups becomes another pool") {
  sup::supervisor_spec pool{.strategy = sup::strategy::simple_one_for_one,
                            .children = {child("conn")}};
  pool.more.make().group_configs
    = {{.name = "g", .limits = sup::scope_limits{.concurrent_restarts = 2}}};
  pool.children[0].more.make().group = "g";
  sup::test::tree it{{.children = {nested_child("p", pool)}}};
  CHECK(it.start_member("p"));
  pool.children[0].start_timeout = 3s;
  CHECK(it.apply(*it.plan_for({.children = {nested_child("p", pool)}}))->ok());
  CHECK(it.start_member("p"));
}

TEST_CASE("whoever is called back may throw") {
  sup::test::tree it{{.children = {child("b")}}};
  it.running().carry_out(
    {.what = sup::command::pause_child, .path = "/b", .audit = {"ann", "to see"}},
    [](const auto&) { throw std::runtime_error{"not my day"}; });
  it.run();
  CHECK(it.state_of("b").state == sup::lifecycle::paused);
}

TEST_CASE("a paused child is paused after a revision that was taken back") {
  sup::test::tree it{{.children = {child("a"), child("b")}}};
  CHECK(it.pause_child("a"));
  const auto before = text_of(it.state());
  const auto plan = it.plan_for({.children = {child("b"), broken_child("c")}});
  CHECK_FALSE(it.apply(*plan)->ok());
  it.advance(1s);
  CHECK(text_of(it.state()) == before);
}

TEST_CASE("of two that add the forgotten child that others need one is told so") {
  auto a = child("a"), b = child("b");
  a.restart = sup::restart::temporary;
  b.dependencies = {"a"};
  sup::test::tree it{{.children = {a, b}}};
  leave(it, "a");
  const auto wanted = std::make_shared<const sup::child_spec>(a);
  std::vector<std::string> said;
  for (int i = 0; i < 2; ++i)
    it.running().carry_out(
      {.what = sup::command::start_child, .path = "/", .audit = {"ann", "again"}, .child = wanted},
      [&](auto x) { said.push_back(text_of(x)); });
  it.run();
  REQUIRE(said.size() == 2);
  CHECK((said[0].starts_with("fault") != said[1].starts_with("fault")));
  CHECK(it.state_of("a").state == sup::lifecycle::ready);
}
