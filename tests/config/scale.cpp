// A hundred thousand of everything that a file can have many of. Nothing is measured here; what takes
// the square of it does not end within the time that a test has.

#include "said.hpp"

#include <supervisor/config/finder.hpp>
#include <supervisor/plan/plan.hpp>
#include <supervisor/rules/lint.hpp>
#include <supervisor/simulate/simulate.hpp>

#include <functional>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t many = SUPERVISOR_MANY; // a hundred thousand, or fewer under a sanitizer

using text_of = std::function<std::string(std::size_t)>;

std::string number(std::size_t i) { return std::to_string(i); }

std::string repeated(const text_of& one) {
  std::string text;
  for (std::size_t i = 0; i < many; ++i)
    text += (i == 0 ? "\n" : ",\n") + one(i);
  return text;
}

/// So many children with these members behind id and factory, in a supervisor that says more.
std::string children(const text_of& child, const std::string& more = "") {
  return file_with(more + "\"children\": [" + repeated([&](std::size_t i) {
                     return R"({"id": "c)" + number(i) + R"(", "factory": "f")" + child(i) + "}";
                   })
                   + "]");
}

std::string nothing(std::size_t) { return ""; }

text_of same(std::string text) {
  return [=](std::size_t) { return text; };
}

/// What is unwise about a file without faults.
std::vector<lint> advice(const std::string& text) {
  const auto file = spec_draft::of(text);
  REQUIRE_MESSAGE(file.is_good(), to_string(file.wrong()).substr(0, 500));
  auto found = lints(*file.read());
  faults told;
  for (const auto& x : found)
    told.push_back(x.at);
  CHECK(file.with_lines(told).size() == std::min<std::size_t>(found.size(), 1001));
  return found;
}

std::size_t count(const std::vector<lint>& all, std::string_view rule) {
  return static_cast<std::size_t>(std::ranges::count(all, rule, &lint::rule));
}

/// The thousand that are told, and how many more there are.
std::string last_word(const std::string& text) {
  const auto read = read_spec(text);
  REQUIRE_FALSE(read);
  REQUIRE(read.error().size() == 1001);
  return read.error().back().what;
}

} // namespace

TEST_CASE("a hundred thousand faults are found, and a thousand told") {
  const auto all = number(many - 1000);
  CHECK(last_word(children(same(R"(, "shutdown": 5)"))) == "and " + all + " more faults");
  CHECK(last_word(children(same(R"(, "dependencies": ["none"])")))
        == "and " + all + " more faults");
  CHECK(last_word(children(same(R"(, "group": "none")"))) == "and " + all + " more faults");
  CHECK(last_word(file_with(repeated([](std::size_t i) { return "\"k" + number(i) + "\": 1"; })))
        == "and " + all + " more faults");
}

TEST_CASE("a hundred thousand faults that others find have their lines") {
  auto file = spec_draft::of(children(nothing));
  faults found;
  for (std::size_t i = many; i-- > 0;)
    found.push_back({"/children/" + number(i) + "/factory", "is none"});
  const auto told = file.with_lines(found);
  REQUIRE(told.size() == 1001);
  CHECK(told[0].where == "/children/0/factory");
  CHECK(told[999].line == 1001);
  CHECK(told[1000].what == "and " + number(many - 1000) + " more");
}

TEST_CASE("a list is gone through once, however many of it are looked for") {
  const auto text = children(nothing);
  const auto file = config::document::parse(text);
  REQUIRE(file);
  config::finder places{*file};
  for (std::size_t i = 0; i < many; ++i)
    CHECK(places.nearest("/children/" + number(i) + "/id").text == "c" + number(i));
}

TEST_CASE("a hundred thousand pieces of advice") {
  CHECK(
    count(advice(children(same(R"(, "resource_limits": {"max_core_mb": 0})"))), "resource_limits")
    == many);
  CHECK(count(advice(children(same(R"(, "task_role": "job", "restart": "permanent")"))), "role")
        == many);
  CHECK(count(advice(children(
                [](std::size_t i) {
                  return i + 1 == many ? std::string{}
                                       : R"(, "dependencies": ["c)" + number(i + 1) + "\"]";
                },
                R"("strategy": "rest_for_one", )")),
              "order")
        == many - 1);
}

TEST_CASE("a hundred thousand siblings that go down together") {
  for (const std::string how : {"one_for_all", "rest_for_one"})
    CHECK(advice(children(same(R"(, "shutdown": "0s")"),
                          R"("intensity": {"restarts": 1, "period": "1h"}, "strategy": ")" + how
                            + "\", "))
            .empty());
}

TEST_CASE("a hundred thousand children that depend one on the other") {
  const auto text = [](std::string_view shutdown) {
    return children(
      [shutdown](std::size_t i) {
        const auto stop = R"(, "shutdown": ")" + std::string{shutdown} + '"';
        return i == 0 ? stop : stop + R"(, "dependencies": ["c)" + number(i - 1) + "\"]";
      },
      R"("intensity": {"restarts": 1, "period": "1h"}, "strategy": "one_for_dependents", )");
  };
  CHECK(advice(text("0s")).empty());
  CHECK(advice(text("5s")).empty());
  CHECK(count(advice(text("2h")), "unreachable_limit") == 1);
}

TEST_CASE("a hundred thousand tags, groups and overrides, each for one child") {
  const auto text = children(
    [](std::size_t i) {
      return R"(, "tags": ["t)" + number(i) + R"("], "group": "g)" + number(i) + '"';
    },
    "\"group_strategies\": ["
      + repeated([](std::size_t i) { return R"({"group": "t)" + number(i) + "\"}"; })
      + "], \"group_configs\": [" + repeated([](std::size_t i) {
          return R"({"name": "g)" + number(i) + R"(", "limits": "guarded"})";
        })
      + "], \"child_strategy_overrides\": ["
      + repeated([](std::size_t i) { return R"({"child_id": "c)" + number(i) + "\"}"; }) + "], ");
  CHECK(advice(text).empty());
  const auto plan = make_plan(spec_of(text), 1);
  CHECK(plan->groups.size() == many);
  CHECK(plan->of(many - 1).group == many - 1);
  CHECK(plan->of(many - 1).team == many - 1);
}

TEST_CASE("a hundred thousand supervisors") {
  const auto text
    = file_with("\"intensity\": {\"restarts\": 3}, \"children\": [" + repeated([](std::size_t i) {
                  return R"({"id": "s)" + number(i)
                         + R"(", "supervisor": {"children": [{"id": "a", "factory": "f"}]}})";
                })
                + "]");
  CHECK(advice(text).empty());
  const auto tree = spec_of(text);
  const auto played = read_script("crash s" + number(many - 1) + "/a at 1s", tree);
  REQUIRE(played);
  CHECK(simulate(tree, *played, {.how_long = 2s}).restarts == 1);
}

TEST_CASE("a hundred thousand lines of a script") {
  const auto tree = spec_of(children(nothing, R"("intensity": {"restarts": "unlimited"}, )"));
  std::string lines, wrong;
  for (std::size_t i = 0; i < many; ++i) {
    lines += "crash c" + number(i) + " at 1s\n";
    wrong += "crash d" + number(i) + " at 1s\n";
  }
  const auto played = read_script(lines, tree);
  REQUIRE(played);
  CHECK(simulate(tree, *played, {.how_long = 10s}).restarts == many);
  const auto refused = read_script(wrong, tree);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().size() == many);
}

TEST_CASE("a hundred thousand of what one child can have many of") {
  const auto list = [](const std::string& key, const text_of& one) {
    return '"' + key + "\": [" + repeated(one) + "]";
  };
  const auto file = [](const std::string& members) {
    return said(file_with(R"("children": [{"id": "a", "factory": "f", )" + members + "}]"));
  };
  CHECK(file(list("tags", [](std::size_t i) { return "\"t" + number(i) + '"'; })) == "ok");
  CHECK(file(list("success_exit_codes", [](std::size_t i) { return number(i % 256); })) == "ok");
  CHECK(file(list("preconditions", same(R"({"path": "/p"})"))) == "ok");
  CHECK(file(list("secrets",
                  [](std::size_t i) { return R"({"name": "S)" + number(i) + R"(", "key": "k"})"; })
             + ", "
             + list("environment",
                    [](std::size_t i) {
                      return R"({"name": "V)" + number(i) + R"(", "secret_ref": "${S)" + number(i)
                             + "}\"}";
                    }))
        == "ok");
  CHECK(last_word(file_with(R"("children": [{"id": "a", "factory": "f", "command_permissions": {)"
                            + list("allowed_signals", same(R"("SIGTERM")")) + "}}]"))
        == "and " + number(many - 1001) + " more faults");
}
