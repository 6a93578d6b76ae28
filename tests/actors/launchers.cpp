#include "supervisor/actors/launcher.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace supervisor;

namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

caf::behavior lazy(caf::event_based_actor*) {
  return {[](int) {}};
}

caf::behavior clerk(caf::event_based_actor*, const std::string&, int) {
  return {[](int) {}};
}

void grind(int) {}

class shelf : public caf::event_based_actor {
public:
  shelf(caf::actor_config& config, int) : caf::event_based_actor(config) {}

  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
};

class drawer : public caf::event_based_actor {
public:
  drawer(caf::actor_config& config, int) : caf::event_based_actor(config) {}

  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
};

struct opaque {
  int inside = 0;
};

template <class T>
caf::behavior takes(caf::event_based_actor*, const T&) {
  return {[](int) {}};
}

template <class T>
launcher with(T x) {
  return worker(takes<T>, std::move(x));
}

/// The same code each time it is called, and another lambda than any other.
launcher of_lambda() {
  return worker([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
}

launcher of_lambda_that_holds(int x) {
  return worker([x](caf::event_based_actor*) -> caf::behavior { return {[x](int) { (void)x; }}; });
}

launcher customary() {
  return custom([](caf::local_actor&, const child&) { return launched::ignore(); });
}

/// As if a file said so.
launcher declared(std::string factory, std::string args, launcher start) {
  return detail::declared_as(start, {std::move(factory), std::move(args), {}});
}

const std::string cannot_compare = "start: cannot be compared with the old one";

std::string why(const launcher& a, const launcher& b) {
  CHECK(same_start(a, b) == start_difference(a, b).empty());
  CHECK(same_start(a, b) == same_start(b, a));
  return start_difference(a, b);
}

} // namespace

TEST_CASE("copies of a launcher are the same start") {
  for (const auto& x : {launcher{}, worker(idle), of_lambda_that_holds(1), customary(),
                        blocking_worker(grind, 1), worker<shelf>(1), nested({}), with(opaque{})})
    CHECK(why(x, launcher{x}) == "");
}

TEST_CASE("workers of the same function and arguments are the same start") {
  CHECK(why(worker(idle), worker(idle)) == "");
  CHECK(why(worker(idle), worker(lazy)) == "start: it runs another function");
  CHECK(why(worker(clerk, std::string{"a"}, 1), worker(clerk, std::string{"a"}, 1)) == "");
  CHECK(why(worker(clerk, std::string{"a"}, 1), worker(clerk, std::string{"b"}, 1))
        == "args: another value of argument 1");
  CHECK(why(worker(clerk, std::string{"a"}, 1), worker(clerk, std::string{"a"}, 2))
        == "args: another value of argument 2");
  CHECK(why(worker(idle), worker(clerk, std::string{"a"}, 1)) == "start: it runs something else");
}

TEST_CASE("a lambda without captures is known by its type") {
  CHECK(why(of_lambda(), of_lambda()) == "");
  CHECK(why(of_lambda(), worker([](caf::event_based_actor*) -> caf::behavior { return {}; }))
        == "start: it runs something else");
}

TEST_CASE("a lambda with captures cannot be compared") {
  CHECK(why(of_lambda_that_holds(1), of_lambda_that_holds(1)) == cannot_compare);
}

TEST_CASE("workers of the same class and arguments are the same start") {
  CHECK(why(worker<shelf>(1), worker<shelf>(1)) == "");
  CHECK(why(worker<shelf>(1), worker<shelf>(2)) == "args: another value of argument 1");
  CHECK(why(worker<shelf>(1), worker<drawer>(1)) == "start: it runs something else");
}

TEST_CASE("blocking workers are compared as well and are no other kind") {
  CHECK(why(blocking_worker(grind, 1), blocking_worker(grind, 1)) == "");
  CHECK(why(blocking_worker(grind, 1), blocking_worker(grind, 2))
        == "args: another value of argument 1");
  CHECK(why(worker(idle), blocking_worker(grind, 1)) == "start: worker -> blocking_worker");
}

TEST_CASE("arguments are compared where that is possible") {
  const auto one = std::make_shared<int>(1), another = std::make_shared<int>(1);
  CHECK(why(with(one), with(one)) == "");
  CHECK(why(with(one), with(another)) == "args: another value of argument 1");

  using words = std::vector<std::string>;
  CHECK(why(with(words{"a"}), with(words{"a"})) == "");
  CHECK(why(with(words{"a"}), with(words{"b"})) == "args: another value of argument 1");

  using table = std::map<std::string, std::pair<int, std::vector<bool>>>;
  CHECK(why(with(table{{"a", {1, {true}}}}), with(table{{"a", {1, {true}}}})) == "");

  CHECK(why(with(opaque{}), with(opaque{})) == cannot_compare);
  CHECK(why(with(std::vector<opaque>(1)), with(std::vector<opaque>(1))) == cannot_compare);
  CHECK(why(with(std::map<int, opaque>{}), with(std::map<int, opaque>{})) == cannot_compare);
  CHECK(why(with(std::pair<int, opaque>{}), with(std::pair<int, opaque>{})) == cannot_compare);
  CHECK(why(with(std::function<void()>{}), with(std::function<void()>{})) == cannot_compare);
  CHECK(why(with(std::variant<int, opaque>{}), with(std::variant<int, opaque>{}))
        == cannot_compare);
}

TEST_CASE("a reference is the same if it refers to the same") {
  int one = 1, another = 1;
  CHECK(why(with(std::ref(one)), with(std::ref(one))) == "");
  CHECK(why(with(std::ref(one)), with(std::ref(another))) == "args: another value of argument 1");
}

TEST_CASE("a wish for another child's handle is compared by its path") {
  const auto caller = [](std::string path) {
    return worker([](caf::event_based_actor*,
                     const supervised_ref<>&) -> caf::behavior { return {[](int) {}}; },
                  ref(std::move(path)));
  };
  CHECK(why(caller("db"), caller("db")) == "");
  CHECK(why(caller("db"), caller("cache")) == "args: another value of argument 1");
}

TEST_CASE("nested supervisors are the same start whatever their children") {
  CHECK(why(nested({}), nested({.children = {{.id = "a", .start = worker(idle)}}})) == "");
  CHECK(why(nested({}), worker(idle)) == "start: supervisor -> worker");
}

TEST_CASE("a custom launcher is the same as its copies only") {
  CHECK(why(customary(), customary()) == cannot_compare);
  CHECK(why(customary(), worker(idle)) == "start: custom -> worker");
}

TEST_CASE("no launcher is another start than any") {
  CHECK(why(launcher{}, launcher{}) == "");
  CHECK(why(launcher{}, worker(idle)) == "start: it runs something else");
}

TEST_CASE("what callers meet while a child is down belongs to its start") {
  const auto held = [](std::size_t n) { return worker(idle).while_down(hold_up_to(n)); };
  CHECK(why(held(5), held(5)) == "");
  CHECK(why(held(5), held(6)) == "while_down: another one");
  CHECK(why(worker(idle), held(5)) == "while_down: another one");
  CHECK(why(worker(idle), held(256)) == "");
}

SCENARIO("what a catalog made is the same if it was made of the same words") {
  THEN("nothing else is looked at") {
    CHECK(why(declared("a", "{}", of_lambda_that_holds(1)),
              declared("a", "{}", of_lambda_that_holds(2)))
          == "");
    CHECK(why(declared("a", "{}", customary()), declared("a", "{}", customary())) == "");
  }
  THEN("another name or other arguments are another start") {
    CHECK(why(declared("a", "{}", worker(idle)), declared("b", "{}", worker(idle)))
          == "factory: a -> b");
    CHECK(why(declared("a", "{}", worker(idle)), declared("a", R"({"x":1})", worker(idle)))
          == R"(args: {} -> {"x":1})");
    CHECK(why(declared("a", "{}", worker(idle)), worker(idle)) == "start: it runs something else");
  }
  THEN("what callers meet is part of the words until somebody says otherwise") {
    const auto answering
      = [] { return declared("a", "{}", worker(idle).while_down(answer_with(1))); };
    CHECK(why(answering(), answering()) == "");
    CHECK(why(answering(), answering().while_down(fail_fast)) == "while_down: another one");
    CHECK(why(answering().while_down(fail_fast), answering().while_down(fail_fast)) == "");
  }
  THEN("no start remains none") { CHECK(declared("a", "{}", {}).empty()); }
}

TEST_CASE("changes of a tree that can run are listed with what is different") {
  const auto tree = [](launcher start) {
    return supervisor_spec{
      .children = {{.id = "a", .start = std::move(start)}, {.id = "b", .start = worker(lazy)}}};
  };
  CHECK(to_string(changes(tree(worker(idle)), tree(worker(idle)))) == "3 as they are\n");
  CHECK(to_string(changes(tree(worker(idle)), tree(worker(lazy))))
        == "restart  /a  start: it runs another function\n1 to restart, 2 as they are\n");
  CHECK(to_string(changes(tree(worker(idle)), tree(of_lambda_that_holds(1))))
        == "restart  /a  start: it runs something else\n1 to restart, 2 as they are\n");
}
