#include "supervisor/changes/changes.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/effective/effective.hpp"

#include "../core/mind/any_limits.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

using namespace supervisor;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// -- equality, member by member: a binding stops compiling when a member is added ---------------------

bool same(const declared_spec&, const declared_spec&);

bool same(const child_details& a, const child_details& b) {
  const auto& [n1, t1, r1, re1, c1, l1, s1, g1, si1, sg1, ru1, hp1, hc1, rp1, sw1, rl1, cp1, e1,
               se1, p1, rc1, sb1]
    = a;
  const auto& [n2, t2, r2, re2, c2, l2, s2, g2, si2, sg2, ru2, hp2, hc2, rp2, sw2, rl2, cp2, e2,
               se2, p2, rc2, sb2]
    = b;
  return n1 == n2 && t1 == t2 && r1 == r2 && re1 == re2 && c1 == c2 && l1 == l2 && s1 == s2
         && g1 == g2 && si1 == si2 && sg1 == sg2 && ru1 == ru2 && hp1 == hp2 && hc1 == hc2
         && rp1 == rp2 && sw1 == sw2 && rl1 == rl2 && cp1 == cp2 && e1 == e2 && se1 == se2
         && p1 == p2 && rc1 == rc2 && sb1 == sb2;
}

bool same(const declared_start& a, const declared_start& b) {
  const auto& [f1, a1, n1, p1] = a;
  const auto& [f2, a2, n2, p2] = b;
  const auto args_of = [](const std::string& x) { return x.empty() ? std::string{"{}"} : x; };
  return f1 == f2 && args_of(a1) == args_of(a2) && !n1 == !n2 && (!n1 || same(*n1, *n2))
         && !p1 == !p2 && (!p1 || *p1 == *p2);
}

bool same(const declared_child_spec& a, const declared_child_spec& b) {
  const auto& [i1, s1, r1, b1, p1, sh1, re1, d1, c1, t1, m1] = a;
  const auto& [i2, s2, r2, b2, p2, sh2, re2, d2, c2, t2, m2] = b;
  const child_details none;
  return i1 == i2 && same(s1, s2) && r1 == r2 && b1 == b2 && !p1 && !p2 && sh1 == sh2 && re1 == re2
         && d1 == d2 && c1 == c2 && t1 == t2 && same(m1 ? *m1 : none, m2 ? *m2 : none);
}

bool same(const supervisor_details& a, const supervisor_details& b) {
  const auto& [v1, l1, o1, r1, e1, f1, gs1, co1, gc1, gd1, sd1, as1, dy1, cc1, ec1] = a;
  const auto& [v2, l2, o2, r2, e2, f2, gs2, co2, gc2, gd2, sd2, as2, dy2, cc2, ec2] = b;
  return v1 == v2 && l1 == l2 && !o1 && !o2 && r1 == r2 && e1 == e2 && f1 == f2 && gs1 == gs2
         && co1 == co2 && gc1 == gc2 && gd1 == gd2 && sd1 == sd2 && as1 == as2 && dy1 == dy2
         && cc1 == cc2 && ec1 == ec2;
}

bool same(const declared_spec& a, const declared_spec& b) {
  const auto& [i1, s1, in1, c1, d1, m1, _1] = a; // the last one is for lints
  const auto& [i2, s2, in2, c2, d2, m2, _2] = b;
  const supervisor_details none;
  if (c1.size() != c2.size())
    return false;
  for (std::size_t i = 0; i < c1.size(); ++i)
    if (!same(c1[i], c2[i]))
      return false;
  return i1 == i2 && s1 == s2 && in1 == in2 && d1 == d2 && same(m1 ? *m1 : none, m2 ? *m2 : none);
}

std::string content(const std::string& file) {
  std::ifstream from{std::string{SUPERVISOR_SOURCE_DIR} + "/" + file};
  return {std::istreambuf_iterator<char>{from}, {}};
}

// -- random specs ----------------------------------------------------------------------------------------

bool maybe(dice& d) { return roll(d, 3) == 0; }
nanoseconds any_time(dice& d) {
  constexpr nanoseconds all[] = {1ns, 1500us, 10ms, 1s, 90s, 61min, 24h, 1234567891ns};
  return all[roll(d, std::size(all))];
}

template <class Enum>
Enum any_of(dice& d, std::uint32_t labels) {
  return static_cast<Enum>(roll(d, labels));
}

std::string any_name(dice& d, std::size_t i) {
  return std::string(1, static_cast<char>('a' + roll(d, 26))) + "_" + std::to_string(i);
}

backoff any_backoff(dice& d) {
  const jitter all[]
    = {jitter::none(), jitter::by(0.1), jitter::by(1), jitter::full(), jitter::decorrelated()};
  return {.first = 1ms, .longest = 1ms + any_time(d), .jitter = all[roll(d, 5)]};
}

stop_budget any_stop(dice& d) {
  const stop_budget all[]
    = {brutal_kill, unlimited_stop, stop_budget{any_time(d)}, stop_budget{any_time(d), any_time(d)},
       stop_budget{stop_budget::no_end, 2s}};
  return all[roll(d, 5)];
}

std::shared_ptr<const process_spec> any_process(dice& d) {
  process_spec x{.argv = {"/bin/x", "", "two words", "\"quoted\" \\ \t"}};
  if (maybe(d))
    x.cwd = "/srv";
  if (maybe(d)) {
    x.inherit = env_inheritance::listed;
    x.inherited = {"PATH"};
  }
  if (maybe(d))
    x.umask = roll(d, 0777 + 1);
  x.stop_to = any_of<stop_target>(d, 3);
  if (maybe(d))
    x.stop_signal = "SIGINT";
  x.max_line_bytes = 1 + roll(d, 100000);
  return std::make_shared<const process_spec>(std::move(x));
}

child_details any_details(dice& d, const declared_child_spec& child) {
  child_details x;
  if (maybe(d))
    x.name = "a \"name\" with \xc3\xa4";
  if (maybe(d))
    x.tags = {"one", "two"};
  if (maybe(d))
    x.limits = any_limits(d);
  if (maybe(d))
    x.severity = any_of<severity_class>(d, 3);
  if (maybe(d))
    x.success_exit_codes = {{0, 3, 255}};
  if (maybe(d))
    x.run_timeout = any_time(d);
  if (maybe(d))
    x.reactions.on_timeout = any_of<on_timeout_action>(d, 2);
  if (maybe(d))
    x.reactions.on_failure_exit = any_of<on_failure_action>(d, 3);
  if (maybe(d))
    x.command_permissions = command_permissions{roll(d, 2) == 0, roll(d, 2) == 0, {}};
  if (maybe(d))
    x.recycle = recycle_policy{.max_age = 1h, .max_count = 1 + roll(d, 1000), .spread = 0.25};
  if (maybe(d)) {
    x.secrets = {{.name = "KEY", .key = "a key", .required = roll(d, 2) == 0}};
    x.environment = {{.name = "A", .value = ""}, {.name = "B", .secret_ref = "${KEY}"}};
  }
  if (maybe(d))
    x.preconditions = {{.path = "/srv"}, {.tcp = "host:80", .timeout = 40s}};
  if (maybe(d) && child.restart && *child.restart == restart::temporary)
    x.significant = true;
  if (child.start.process) {
    if (maybe(d))
      x.resource_limits = resource_limits{.max_memory_mb = 1 + roll(d, 1000), .required = true};
    return x;
  }
  if (maybe(d))
    x.health_policy = health_policy{1s, 2s + any_time(d)};
  if (maybe(d))
    x.health_check = health_check{any_time(d), any_time(d), 1 + roll(d, 9)};
  if (maybe(d))
    x.stall_watchdog = stall_watchdog{any_time(d), any_of<on_stall_action>(d, 2)};
  return x;
}

declared_spec any_spec(dice& d, int deepest);

declared_child_spec any_child(dice& d, std::size_t i, int deepest) {
  declared_child_spec x{.id = any_name(d, i)};
  const auto kind = roll(d, 4);
  if (kind == 0 && deepest > 0)
    x.start.nested = std::make_shared<const declared_spec>(any_spec(d, deepest - 1));
  else if (kind == 1)
    x.start.process = any_process(d);
  else
    x.start = {.factory = "f", .args = roll(d, 2) ? R"({"a":[1,2.50,null],"b":"\u00e4"})" : "{}"};
  if (maybe(d))
    x.restart = any_of<restart>(d, 3);
  if (maybe(d))
    x.backoff = any_backoff(d);
  if (maybe(d))
    x.shutdown = any_stop(d);
  x.criticality = any_of<criticality>(d, 2);
  if (maybe(d))
    x.start_timeout = any_time(d);
  if (maybe(d))
    x.more = any_details(d, x);
  return x;
}

/// What a fuse does is up to where it is.
scope_limits any_scope_of(dice& d, meltdown_scope where) {
  auto x = any_scope(d);
  if (x.meltdown)
    x.meltdown->scope = where;
  return x;
}

declared_spec any_spec(dice& d, int deepest) {
  declared_spec x{.strategy = any_of<strategy>(d, 4)};
  if (maybe(d))
    x.intensity = {roll(d, 2) ? unlimited : roll(d, 9), 1s + any_time(d)};
  for (std::size_t i = 0, n = roll(d, 4); i < n; ++i) {
    x.children.push_back(any_child(d, i, deepest));
    if (i > 0 && maybe(d))
      x.children[i].dependencies = {x.children[0].id};
  }
  if (maybe(d))
    x.defaults.backoff = any_backoff(d);
  if (maybe(d))
    x.defaults.limits = any_limits(d);
  if (maybe(d))
    x.more = supervisor_details{.limits = any_scope_of(d, meltdown_scope::supervisor),
                                .escalation_policy = any_of<escalation_policy>(d, 3),
                                .group_configs
                                = {{.name = "g", .limits = any_scope_of(d, meltdown_scope::group)}},
                                .severity_defaults = {{task_role::job, severity_class::critical}},
                                .dynamic_supervisor_policy = {roll(d, 2) == 0, 9}};
  return x;
}

} // namespace

TEST_CASE("what is written of an example is read as the same tree, and written the same") {
  for (const auto* file : {"examples/tree.json", "examples/shop.json", "examples/processes.json",
                           "examples/dependents.json", "examples/04_from_json.json",
                           "examples/unwise.json", "tests/golden/trees/mall.json"}) {
    INFO(file);
    const auto spec = read_spec(content(file));
    REQUIRE(spec);
    const auto text = to_json(*spec);
    REQUIRE(text);
    const auto again = read_spec(*text);
    REQUIRE_MESSAGE(again, to_string(again.error()));
    CHECK(same(*again, *spec));
    CHECK(*to_json(*again) == *text);
  }
}

TEST_CASE("what is written of a random spec is read as the same spec") {
  std::size_t valid = 0;
  for (std::uint64_t seed = 0; valid < 10'000; ++seed) {
    INFO("seed " << seed);
    REQUIRE(seed < 100'000);
    dice d{seed};
    const auto spec = any_spec(d, 2);
    if (!validate(spec).empty())
      continue;
    ++valid;
    const auto text = to_json(spec);
    REQUIRE(text);
    INFO("" << *text);
    const auto again = read_spec(*text);
    REQUIRE_MESSAGE(again, to_string(again.error()));
    REQUIRE(same(*again, spec));
  }
}

namespace {

/// The name of a schema is for editors; the others are said there with their defaults.
bool is_left_out(std::string_view key) {
  return key == "$schema" || key == "stdin" || key == "graceful_timeout" || key == "abort_wait";
}

} // namespace

TEST_CASE("every key of a file is written if it says something") {
  const auto all = json::parse(content("tests/config/every_key.json"), nullptr, true, true);
  const spec_draft draft = spec_draft::of(content("tests/config/every_key.json"));
  REQUIRE(draft.read());
  const auto text = to_json(*draft.read());
  REQUIRE(text);
  const auto written = json::parse(*text).flatten();
  const auto is_there = [&](const std::string& key) {
    return std::ranges::any_of(
      written.items(), [&](const auto& x) { return x.key().find("/" + key) != std::string::npos; });
  };
  const auto flat = all.flatten();
  for (const auto& x : flat.items()) {
    const auto last
      = x.key().substr(x.key().find_last_of('/', x.key().find_last_not_of("/0123456789")) + 1);
    const auto key = last.substr(0, last.find('/'));
    const std::string where = x.key();
    INFO(where);
    CHECK((is_left_out(key) || is_there(key)));
  }
}

TEST_CASE("a policy of one's own cannot be written, and its place is named") {
  declared_spec spec{.children = {{.id = "a", .start = {"x"}}}};
  spec.children[0].policy = restart_policy{standard_policy{}};
  const auto text = to_json(spec);
  REQUIRE(!text);
  CHECK(to_string(text.error())
        == "/children/0/policy: is a policy of your own, and a file has no words for it");
}

TEST_CASE("what is so anyway is left out") {
  const auto spec = read_spec(R"({"version": 1, "strategy": "one_for_one", "children": [
    {"id": "a", "factory": "x", "args": {}, "readiness_policy": "immediate", "tags": [],
     "shutdown": {"graceful_timeout": "2000ms"}, "start_timeout": "90s"}]})");
  REQUIRE(spec);
  CHECK(*to_json(*spec) == R"({
  "version": 1,
  "children": [
    {
      "id": "a",
      "factory": "x",
      "shutdown": "2s",
      "start_timeout": "1.5min"
    }
  ]
}
)");
}
