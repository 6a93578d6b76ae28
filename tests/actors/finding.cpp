// How children and strangers find a child: by a ref that stays good, by the handle it has now, by
// a key.

#include "governed.hpp"

#include <atomic>
#include <future>
#include <optional>
#include <set>
#include <thread>

using namespace governed;

namespace {

using adder = sup::typed_actor<caf::result<int>(int)>;
using speller = sup::typed_actor<caf::result<std::string>(std::string)>;

adder::behavior_type adds(adder::pointer) {
  return {[](int n) -> int {
    if (n < 0)
      throw std::domain_error{"negative"};
    return n + 1;
  }};
}

speller::behavior_type spells(speller::pointer) {
  return {[](const std::string& word) { return word + "!"; }};
}

/// Passes on what it is asked.
caf::behavior asks(caf::event_based_actor* self, const sup::supervised_ref<adder>& whom) {
  return {[self, whom](int n) { return sup::compat::delegate(self, *whom, n); }};
}

caf::behavior asks_speller(caf::event_based_actor* self, const sup::supervised_ref<speller>& whom) {
  return {[self, whom](const std::string& x) { return sup::compat::delegate(self, *whom, x); }};
}

sup::child_spec adding(std::string id) { return {.id = std::move(id), .start = sup::worker(adds)}; }

sup::child_spec asking(std::string id, std::string whom) {
  return {.id = std::move(id), .start = sup::worker(asks, sup::ref<adder>(std::move(whom)))};
}

/// Takes an adder for a speller.
sup::child_spec mistaken(std::string id, std::string whom) {
  return {.id = std::move(id),
          .start = sup::worker(asks_speller, sup::ref<speller>(std::move(whom)))};
}

template <class T>
std::string text_of(const sup::expected<T>& x) {
  return x ? "found" : to_string(x.error());
}

const std::string other_type
  = "another handle type than the child: ask for the type that its start "
    "makes, ";

const std::string an_adder = sup::compat::demangled(typeid(adder));

/// An office that asks a shop, and a shop that asks itself.
sup::supervisor_spec town() {
  sup::supervisor_spec shop{.children = {adding("till"), asking("clerk", "till")}};
  sup::supervisor_spec cellar{.children = {asking("deep", "/shop/till")}};
  sup::supervisor_spec office{
    .children = {asking("boss", "/shop/till"), nested_child("cellar", std::move(cellar))}};
  return {.children
          = {nested_child("shop", std::move(shop)), nested_child("office", std::move(office))}};
}

} // namespace

// -- refs ----------------------------------------------------------------------------------------------

SCENARIO("a ref finds a sibling by its name and everybody by a path") {
  GIVEN("an office that asks the till of a shop") {
    sup::test::tree it{town()};
    const auto all_reach_it = [&it] {
      for (const auto* path : {"shop/till", "shop/clerk", "office/boss", "office/cellar/deep"})
        CHECK(ask(it, path, 1) == 2);
    };
    all_reach_it();
    WHEN("the till crashes") {
      it.crash("shop/till");
      it.advance(10ms);
      THEN("they ask the next one") { all_reach_it(); }
    }
    WHEN("the whole shop crashes") {
      it.crash("shop");
      it.advance(10ms);
      THEN("they ask the one in the next shop") { all_reach_it(); }
    }
  }
}

TEST_CASE("a ref does not take the next supervisor's first life for the last one's") {
  sup::test::tree it{town()};
  const auto ref = it.ref<adder>("shop/till");
  it.run();
  const auto kept = *ref; // keeps what is left of it
  const auto before = ref.life();
  it.crash("shop");
  CHECK(ref.life() == 0);
  it.advance(10ms);
  CHECK(ref.life() == before);
  CHECK(*ref != kept);
  CHECK(*ref == *it.whereis<adder>("shop/till"));
}

SCENARIO("a ref of another type than its child fails by name") {
  GIVEN("an adder that somebody takes for a speller") {
    sup::test::tree it{{.children = {adding("a")}}};
    const auto wrong = it.ref<speller>("a");
    it.run(); // its supervisor hears of the ref
    const auto answer = [&] {
      caf::scoped_actor self{it.system()};
      auto request = sup::compat::request(self, *wrong, caf::infinite, std::string{"x"});
      it.run();
      std::string came;
      std::move(request).receive([&](const std::string& x) { came = x; },
                                 [&](const caf::error& why) {
                                   CHECK(sup::compat::is(why, sup::failure::fatal_bug));
                                   came = sup::words(why);
                                 });
      return came;
    };
    THEN("its requests fail with what would be right") {
      CHECK(answer() == "the ref to /a has " + other_type + an_adder);
      CHECK(answer() == "the ref to /a has " + other_type + an_adder);
    }
    WHEN("the child is down") {
      it.crash("a");
      THEN("they fail the same way") {
        CHECK(answer() == "the ref to /a has " + other_type + an_adder);
      }
    }
    WHEN("the child becomes a speller") {
      const auto plan = it.plan_for({.children = {{.id = "a", .start = sup::worker(spells)}}});
      REQUIRE(plan);
      REQUIRE(it.apply(*plan)->ok());
      THEN("it is right") { CHECK(answer() == "x!"); }
    }
    THEN("plain messages are dropped and those who ask well are answered") {
      sup::compat::anon_send(*wrong, std::string{"x"});
      it.run();
      CHECK(ask(it, "a", 1) == 2);
      CHECK(it.state_of("a").attempt == 1);
      CHECK(it.whereis<adder>("a"));
    }
  }
}

namespace {

/// Where askers live that are not of the tree's system.
class other_system {
public:
  caf::actor_system& operator*() { return *system_; }
  caf::actor_system* operator->() { return &*system_; }

  /// Before the tree that was asked, if CAF leaves its actors no turns on workers of others.
  void end_early() {
    if (sup::compat::turns_stay_home)
      system_.reset();
  }

private:
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_{std::in_place, config_};
};

struct tally {
  std::atomic<int> replies = 0, errors = 0, timeouts = 0;

  void note(const caf::error& why) {
    ++(sup::compat::is(why, caf::sec::request_timeout) ? timeouts : errors);
  }
};

/// Every tenth call kills.
int number(int i) { return i % 10 == 9 ? -1 : i; }

/// An actor that makes `n` calls, one after the other.
void call(caf::event_based_actor* self, sup::supervised_ref<adder> whom, tally& all, int n,
          std::shared_ptr<std::promise<void>> done) {
  if (n == 0)
    return done->set_value();
  const auto next = [=, &all] { call(self, whom, all, n - 1, done); };
  sup::compat::request(self, *whom, 10s, number(n))
    .then(
      [next, &all](int) {
        ++all.replies;
        next();
      },
      [next, &all](const caf::error& why) {
        all.note(why);
        next();
      });
}

sup::supervisor_spec tireless() {
  auto till = adding("till");
  till.backoff = {.first = 0ns, .longest = 1ms};
  return {.children = {nested_child(
            "shop", {.intensity = {.restarts = sup::unlimited}, .children = {std::move(till)}})}};
}

} // namespace

TEST_CASE("a ref is good for threads and actors of other actor systems") {
  other_system other;
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(system, tireless(), sup::test::tree::quiet());
  REQUIRE(tree);
  const auto till = tree->ref<adder>("shop/till");
  tally all;
  {
    auto& elsewhere = *other;
    std::vector<std::future<void>> done;
    for (int i = 0; i < 3; ++i) {
      auto one = std::make_shared<std::promise<void>>();
      done.push_back(one->get_future());
      elsewhere.spawn(
        [till, &all, one](caf::event_based_actor* self) { call(self, till, all, 200, one); });
      done.push_back(std::async(std::launch::async, [till, &all, &elsewhere] {
        caf::scoped_actor self{elsewhere};
        for (int n = 0; n < 200; ++n)
          sup::compat::request(self, *till, 10s, number(n))
            .receive([&](int) { ++all.replies; }, [&](const caf::error& why) { all.note(why); });
      }));
      done.push_back(std::async(std::launch::async, [till] { // a thread that is no actor
        for (int n = 0; n < 200; ++n)
          sup::compat::anon_send(*till, n);
      }));
    }
    for (auto& x : done)
      x.get();
  }
  other.end_early();
  CHECK(all.replies + all.errors == 1200);
  CHECK(all.replies > 600);
  CHECK(all.timeouts == 0);
  caf::scoped_actor self{system};
  sup::compat::request(self, *till, 10s, 1)
    .receive([](int n) { CHECK(n == 2); }, [](const caf::error& why) { FAIL(sup::words(why)); });
}

namespace {

void count_down(caf::event_based_actor* self, sup::supervised_ref<> whom, int n,
                std::shared_ptr<std::promise<void>> done) {
  if (n == 0)
    return done->set_value();
  sup::compat::request(self, *whom, 10s, n)
    .then([=](int got) { count_down(self, whom, got - 1, done); },
          [=](const caf::error&) { count_down(self, whom, 0, done); });
}

} // namespace

TEST_CASE("a child runs where its tree runs whoever calls it") {
  other_system other;
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::mutex lock;
  std::set<std::thread::id> seen;
  const auto noting = [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int n) {
      const std::scoped_lock guard{lock};
      seen.insert(std::this_thread::get_id());
      return n;
    }};
  };
  auto tree = sup::start(system, {.children = {{.id = "a", .start = sup::worker(noting)}}},
                         sup::test::tree::quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  const auto a = tree->ref("a");
  std::set<std::thread::id> strangers;
  auto done = std::make_shared<std::promise<void>>();
  other->spawn([a, done, &strangers](caf::event_based_actor* self) {
    strangers.insert(std::this_thread::get_id());
    count_down(self, a, 200, done);
  });
  done->get_future().get();
  other.end_early();
  const std::scoped_lock guard{lock};
  CHECK(!seen.empty());
  if (sup::compat::turns_stay_home)
    for (const auto& x : strangers)
      CHECK(!seen.contains(x));
}

// -- where a child is now --------------------------------------------------------------------------------

SCENARIO("whereis tells which actor a child is now") {
  GIVEN("a shop with a till") {
    sup::test::tree it{town()};
    const auto first = it.whereis<adder>("shop/till");
    REQUIRE(first);
    THEN("it is whom a ref finds") {
      CHECK(*first == *it.ref<adder>("shop/till"));
      CHECK(*it.whereis("/shop/till") == caf::actor_cast<caf::actor>(*first));
      CHECK(it.whereis<sup::supervisor_mailbox>("office/cellar"));
    }
    THEN("who is nobody is named") {
      CHECK(text_of(it.whereis("shop/tills")) == "/shop/tills: names no child of this tree");
      CHECK(text_of(it.whereis("none/till")) == "/none: names no child of this tree");
      CHECK(text_of(it.whereis("shop/till/x")) == "/shop/till: /shop/till is no supervisor");
      CHECK(text_of(it.whereis("/")) == "/: is the root, and no child");
    }
    THEN("another type is named with the right one") {
      CHECK(text_of(it.whereis<speller>("shop/till"))
            == "shop/till: has another handle type: ask for the type that its start makes, "
                 + an_adder);
      CHECK(text_of(it.whereis<adder>("shop")).starts_with("shop: has another handle type"));
    }
    WHEN("it crashes") {
      it.crash("shop/till");
      THEN("it is down, and then somebody else") {
        CHECK(text_of(it.whereis<adder>("shop/till")) == "shop/till: is down");
        CHECK(text_of(it.whereis<speller>("shop/till"))
                .starts_with("shop/till: has another handle type"));
        it.advance(10ms);
        const auto second = it.whereis<adder>("shop/till");
        REQUIRE(second);
        CHECK(*second != *first);
        CHECK(*second == *it.ref<adder>("shop/till"));
      }
    }
    WHEN("its supervisor is down") {
      it.crash("shop");
      THEN("so is it, and who was nobody still is") {
        CHECK(text_of(it.whereis<adder>("shop/till")) == "shop/till: is down");
        CHECK(text_of(it.whereis("shop/tills")) == "/shop: its supervisor /shop is down");
        it.advance(10ms);
        CHECK(it.whereis<adder>("shop/till"));
      }
    }
    WHEN("the tree has ended") {
      it.stop();
      CHECK(text_of(it.whereis("shop/till"))
            == "/: nobody could answer: its supervisor or the tree is gone");
    }
  }
}

TEST_CASE("a thread waits for the answer to whereis") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(system, town(), sup::test::tree::quiet());
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  const auto till = tree->whereis<adder>("shop/till");
  REQUIRE(till);
  CHECK(
    text_of(tree->whereis<speller>("shop/till")).starts_with("shop/till: has another handle type"));
  CHECK(text_of(tree->whereis("none")) == "/none: names no child of this tree");
  caf::scoped_actor self{system};
  sup::compat::request(self, *till, 10s, 1)
    .receive([](int n) { CHECK(n == 2); }, [](const caf::error& why) { FAIL(sup::words(why)); });
}

// -- children that come at run time --------------------------------------------------------------------------

SCENARIO("a child that is added must be able to reach whom it wants") {
  GIVEN("a running town") {
    sup::test::tree it{town()};
    const auto fault = "fault: /start: the ref to ";
    const auto nobody = [](const std::string& path) {
      return "fault: /start: a ref names no child of this tree: " + path;
    };
    THEN("it finds siblings and others") {
      CHECK(it.start_child(asking("one", "/shop/till"))->ok());
      CHECK(it.start_child("shop", asking("two", "till"))->ok());
    }
    THEN("nobody and others than it thinks are named and nothing is started") {
      it.log();
      CHECK(text_of(it.start_child("shop", asking("x", "til")))
            == nobody("/shop/til, did you mean \"/shop/till\"?"));
      CHECK(text_of(it.start_child(asking("x", "/shop/none"))) == nobody("/shop/none"));
      CHECK(text_of(it.start_child(asking("x", "/none/till"))) == nobody("/none/till"));
      CHECK(text_of(it.start_child("shop", mistaken("x", "till")))
            == fault + std::string{"/shop/till has "} + other_type + an_adder);
      CHECK(text_of(it.start_child("office", mistaken("x", "/shop/till")))
            == fault + std::string{"/shop/till has "} + other_type + an_adder);
      CHECK(it.log() == "");
    }
    THEN("whoever was added is found as well") {
      REQUIRE(it.start_child("shop", adding("second"))->ok());
      REQUIRE(it.start_child("office", asking("x", "/shop/second"))->ok());
      CHECK(ask(it, "office/x", 1) == 2);
      REQUIRE(it.remove_child("shop/second"));
      CHECK(text_of(it.start_child("office", asking("y", "/shop/second")))
            == nobody("/shop/second"));
    }
    THEN("so are those who come together with it") {
      sup::supervisor_spec annex{.children = {adding("a"), asking("b", "a"),
                                              asking("c", "/annex/a"), asking("d", "/shop/till")}};
      REQUIRE(it.start_child(nested_child("annex", annex))->ok());
      for (const auto* path : {"annex/b", "annex/c", "annex/d"})
        CHECK(ask(it, path, 1) == 2);
      annex.children[3] = asking("d", "/shop/b");
      CHECK(text_of(it.start_child(nested_child("wing", annex)))
            == "fault: /supervisor/children/3/start: a ref names no child of this tree: /shop/b, "
               "did you mean \"/shop\"?");
    }
    WHEN("the shop is closed") {
      REQUIRE(it.terminate_child("shop"));
      THEN("who belongs to it is known all the same") {
        CHECK(it.start_child(asking("one", "/shop/till"))->ok());
        CHECK(text_of(it.start_child(asking("x", "/shop/none"))) == nobody("/shop/none"));
        CHECK(text_of(it.start_child(mistaken("x", "/shop/till")))
              == fault + std::string{"/shop/till has "} + other_type + an_adder);
      }
    }
  }
}

TEST_CASE("a member of a pool must be able to reach whom it wants") {
  auto spec = town();
  spec.children.push_back(
    {.id = "staff",
     .start = sup::pool({.id = "m", .start = sup::worker_with<sup::ref_to<adder>>(asks)})});
  sup::test::tree it{std::move(spec)};
  CHECK(text_of(it.start_member("staff", sup::ref<adder>("/shop/none")))
        == "fault: /staff/start: a ref names no child of this tree: /shop/none");
  const auto one = it.start_member("staff", sup::ref<adder>("/shop/till"));
  REQUIRE(one);
  CHECK(one->path == "/staff/m-1");
  CHECK(ask(it, one->path, 1) == 2);
}

TEST_CASE("a child does not start if its ref leads to another type since it was added") {
  sup::test::tree it{{.children = {adding("a")}}};
  REQUIRE(it.start_child(asking("b", "a"))->ok());
  const auto plan = it.plan_for({.children = {{.id = "a", .start = sup::worker(spells)}}});
  REQUIRE(plan);
  REQUIRE(it.apply(*plan)->ok());
  REQUIRE(it.restart_child("b"));
  it.run();
  CHECK(it.state_of("b").last_words
        == "the ref to /a has " + other_type + sup::compat::demangled(typeid(speller)));
}

TEST_CASE("a ref without a type is right for every child") {
  const auto asker
    = [](caf::event_based_actor* self, const sup::supervised_ref<>& whom) -> caf::behavior {
    return {[self, whom](int n) { return sup::compat::delegate(self, *whom, n); }};
  };
  sup::test::tree it{
    {.children = {adding("a"), {.id = "b", .start = sup::worker(asker, sup::ref("a"))}}}};
  CHECK(ask(it, "b", 1) == 2);
  CHECK(it.start_child({.id = "c", .start = sup::worker(asker, sup::ref("/a"))})->ok());
  CHECK(ask(it, "c", 1) == 2);
}

// -- partitions ----------------------------------------------------------------------------------------------

namespace {

/// Says who it is.
caf::behavior named(caf::event_based_actor*, const sup::child& me) {
  return {[me](const std::string& key) { return me.id() + " has " + key; }};
}

/// Asks whoever looks after the key.
caf::behavior by_key(caf::event_based_actor* self, const sup::partitions<>& all) {
  return {
    [self, all](const std::string& key) { return sup::compat::delegate(self, *all.of(key), key); }};
}

sup::supervisor_spec library(std::size_t partitions, const sup::partitions_to<>& wanted) {
  return {.children
          = {{.id = "shelves",
              .start = sup::partitioned({.id = "shelf", .start = sup::worker(named)}, partitions)},
             {.id = "desk", .start = sup::worker(by_key, wanted)}}};
}

std::string ask_desk(sup::test::tree& it, const std::string& key) {
  caf::scoped_actor self{it.system()};
  auto request = sup::compat::request(self, *it.ref("desk"), caf::infinite, key);
  it.run();
  std::string came;
  std::move(request).receive([&](const std::string& x) { came = x; },
                             [&](const caf::error& why) { came = sup::words(why); });
  return came;
}

} // namespace

TEST_CASE("partitions are a start argument and lead where a key leads from outside") {
  sup::test::tree it{library(4, sup::partitions_ref("shelves/shelf", 4))};
  std::vector<sup::supervised_ref<>> refs;
  for (int i = 0; i < 4; ++i)
    refs.push_back(it.ref("shelves/shelf-" + std::to_string(i)));
  const sup::partitions<> outside{refs};
  std::set<std::string> places;
  for (int i = 0; i < 40; ++i) {
    const auto key = "book" + std::to_string(i);
    const auto path = outside.of(key).path();
    places.insert(path);
    CHECK("/shelves/" + ask_desk(it, key) == path + " has " + key);
  }
  CHECK(places.size() == 4);
  it.crash("shelves/shelf-2");
  it.advance(10ms);
  for (int i = 0; i < 40; ++i)
    CHECK(ask_desk(it, "book" + std::to_string(i)).find(" has ") != std::string::npos);
}

TEST_CASE("partitions that are not what a start wants are named before anything starts") {
  const auto faults_of = [](const sup::partitions_to<>& wanted) {
    return to_string(sup::detail::all_faults(library(4, wanted)));
  };
  CHECK(faults_of(sup::partitions_ref("shelves/shelf", 4)) == "");
  CHECK(faults_of(sup::partitions_ref("/shelves/shelf", 4)) == "");
  CHECK(faults_of(sup::partitions_ref("shelves/book", 4))
          .starts_with("/children/1/start: a ref names no child of this tree: /shelves/book-0"));
  CHECK(faults_of(sup::partitions_ref("shelves/shelf", 5))
          .starts_with("/children/1/start: a ref names no child of this tree: /shelves/shelf-4"));
  for (const auto none : {std::size_t{0}, ~std::size_t{0}})
    CHECK(faults_of(sup::partitions_ref("shelves/shelf", none))
          == "/children/1/start: a ref is to no partitions called shelves/shelf, or to too many: "
             "must be to 1 to 1000000");
  CHECK(faults_of(sup::partitions_ref("shelves/shelf", 3))
        == "/children/1/start: there are more than 3 partitions called /shelves/shelf-0, ...: keys "
           "would lead elsewhere than for other callers");
  sup::supervisor_spec typed{
    .children = {{.id = "sums", .start = sup::partitioned(adding("sum"), 2)},
                 {.id = "desk",
                  .start = sup::worker([](caf::event_based_actor*, const sup::partitions<speller>&)
                                         -> caf::behavior { return {[](int) {}}; },
                                       sup::partitions_ref<speller>("sums/sum", 2))}}};
  CHECK(to_string(sup::detail::all_faults(typed))
        == "/children/1/start: the ref to /sums/sum-0 has " + other_type + an_adder);
}

TEST_CASE("a child that is added is told of partitions that are not what it wants") {
  sup::test::tree it{library(4, sup::partitions_ref("shelves/shelf", 4))};
  const auto desk = [](std::size_t n) -> sup::child_spec {
    return {.id = "second", .start = sup::worker(by_key, sup::partitions_ref("shelves/shelf", n))};
  };
  CHECK(text_of(it.start_child(desk(3))).find("there are more than 3 partitions")
        != std::string::npos);
  CHECK(text_of(it.start_child(desk(5))).find("names no child of this tree: /shelves/shelf-4")
        != std::string::npos);
  CHECK(it.start_child(desk(4))->ok());
}

// -- children that are removed and come again -------------------------------------------------------------

namespace {

/// The answer of the adder behind the ref, or why there is none.
template <class T>
std::string answer_of(sup::test::tree& it, const sup::supervised_ref<T>& who, int n) {
  caf::scoped_actor self{it.system()};
  auto request = sup::compat::request(self, *who, caf::infinite, n);
  it.run();
  std::string came = "nothing";
  std::move(request).receive([&](int x) { came = std::to_string(x); },
                             [&](const caf::error& why) { came = sup::words(why); });
  return came;
}

} // namespace

SCENARIO("a ref finds a child that was removed and is added again") {
  GIVEN("a ref to a child, and a sibling that has one of its own") {
    const sup::supervisor_spec without{.children = {child("o")}};
    auto with = without;
    with.children.push_back(adding("x"));
    with.children.push_back(asking("y", "x"));
    sup::test::tree it{with};
    const auto x = it.ref<adder>("x");
    const auto y = it.ref("y");
    const auto both = [&] { return answer_of(it, x, 1) + ", " + answer_of(it, y, 2); };
    CHECK(both() == "2, 3");
    WHEN("it goes and comes by command") {
      REQUIRE(it.remove_child("x")->ok());
      CHECK(answer_of(it, x, 1) == "/x was removed");
      it.advance(1s);
      REQUIRE(it.start_child(adding("x"))->ok());
      THEN("both find it") { CHECK(both() == "2, 3"); }
    }
    WHEN("it goes and comes with another spec") {
      REQUIRE(it.apply(*it.plan_for(without))->ok());
      CHECK(answer_of(it, x, 1) == "/x was removed");
      CHECK(answer_of(it, y, 1) == "/y was removed");
      REQUIRE(it.apply(*it.plan_for(with))->ok());
      THEN("both are found") { CHECK(both() == "2, 3"); }
    }
  }
  GIVEN("partitions below a supervisor") {
    const sup::child_spec parts{.id = "parts", .start = sup::partitioned(adding("p"), 2)};
    sup::test::tree it{{.children = {child("o"), parts}}};
    const auto first = it.ref<adder>("parts/p-0");
    CHECK(answer_of(it, first, 1) == "2");
    WHEN("the whole supervisor goes and comes") {
      REQUIRE(it.remove_child("parts")->ok());
      CHECK(answer_of(it, first, 1) == "/parts/p-0 is gone: /parts was removed");
      REQUIRE(it.start_child(parts)->ok());
      THEN("they are found again") { CHECK(answer_of(it, first, 1) == "2"); }
    }
    WHEN("it comes back with another one that fails fast while it is down") {
      REQUIRE(it.remove_child("parts")->ok());
      auto shape = adding("p");
      shape.start = shape.start.while_down(sup::fail_fast);
      REQUIRE(it.start_child({.id = "parts", .start = sup::partitioned(shape, 2)})->ok());
      THEN("callers meet what its new spec says") {
        CHECK(answer_of(it, first, -1) == "negative");
        CHECK(answer_of(it, first, 1) == "/parts/p-0 is down: negative");
      }
    }
  }
  GIVEN("a ref to nobody") {
    sup::test::tree it{{.children = {child("o")}}};
    const auto x = it.ref<adder>("x");
    CHECK(answer_of(it, x, 1) == "/x names no child of this tree");
    WHEN("somebody of that name is added") {
      REQUIRE(it.start_child(adding("x"))->ok());
      THEN("it is found") { CHECK(answer_of(it, x, 1) == "2"); }
    }
  }
}

TEST_CASE("only partitioned supervisors have partitions") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto options = sup::test::tree::quiet();
  options.fake_threads = false;
  const auto tree
    = sup::start(system,
                 {.children = {nested_child("sub", {.children = {child("x"), child("y")}}),
                               nested_child("gap", {.children = {child("x-0"), child("x-2")}}),
                               {.id = "parts", .start = sup::partitioned(child("p"), 3)}}},
                 options);
  REQUIRE(tree);
  REQUIRE(tree->started().empty());
  const std::string why
    = "is not partitioned: its children are not called \"<id>-0\", \"<id>-1\" and "
      "so on, as those of partitioned() are";
  CHECK(text_of(tree->partitions("sub")) == "sub: " + why);
  CHECK(text_of(tree->partitions("gap")) == "gap: " + why);
  REQUIRE(tree->partitions("parts"));
  CHECK(tree->partitions("parts")->size() == 3);
}
