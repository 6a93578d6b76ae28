// Faults that only follow from others are not told, and others are.

#include "said.hpp"

using namespace supervisor;

namespace {

/// The places of all faults of a file, one a line.
std::string places(std::string_view members) {
  const auto spec = read_spec(file_with(members));
  std::string text;
  if (!spec)
    for (const auto& x : spec.error())
      text += (text.empty() ? "" : " ") + x.where;
  return text;
}

/// The same of the only child "a".
std::string places_in_child(std::string_view members) {
  constexpr std::string_view child = "/children/0/";
  auto text = places(R"("children": [{"id": "a", "factory": "f", )" + std::string{members} + "}]");
  for (auto at = text.find(child); at != text.npos; at = text.find(child))
    text.erase(at, child.size());
  return text;
}

} // namespace

TEST_CASE("whether a significant child is permanent is not judged by what could not be read") {
  const auto judged = [](std::string_view of_supervisor, std::string_view of_child) {
    return places(std::string{of_supervisor}
                  + R"(, "children": [{"id": "a", "factory": "f", "significant": true)"
                  + std::string{of_child} + "}]");
  };
  constexpr auto ends = R"("auto_shutdown": "any_significant")";
  CHECK(judged(ends, "") == "/children/0/significant");
  CHECK(judged(ends, R"(, "restart": "sometimes")") == "/children/0/restart");
  CHECK(judged(ends, R"(, "restrat": "transient")") == "/children/0/restrat");
  CHECK(judged(ends, R"(, "colour": "transient")")
        == "/children/0/significant /children/0/colour"); // nobody meant restart by that
  CHECK(judged(ends, R"(, "task_role": "jop")") == "/children/0/task_role");
  CHECK(judged(R"("auto_shutdown": "any_significant", "defaults": {"restart": "sometimes"})", "")
        == "/defaults/restart");
  CHECK(judged(R"("auto_shutdown": "any_significant", "defaults": 5)", "") == "/defaults");
  CHECK(judged(R"("auto_shutdown": "any")", R"(, "restart": "transient")") == "/auto_shutdown");
  CHECK(judged(R"("auto_shutdwn": "any_significant")", R"(, "restart": "transient")")
        == "/auto_shutdwn");
}

TEST_CASE("what belongs to a role or a kind is not judged if that could not be read") {
  CHECK(places_in_child(R"("task_role": "sidcar", "sidecar_config": {"primary_child_id": "b"})")
        == "task_role sidecar_config/primary_child_id");
  CHECK(places_in_child(R"("readiness": {"timeout": "40s"})") == "readiness/timeout");
  CHECK(places_in_child(R"("readiness": {"timeout": "40s"}, "start_timeout": 60)")
        == "start_timeout");
  CHECK(places(R"("children": [{"id": "a", "procss": {"argv": ["x"]},
                                "resource_limits": {"max_core_mb": 0, "required": true}}])")
        == "/children/0/factory /children/0/procss");
  CHECK(places(R"("children": [{"id": "a", "process": {"argv": ["x"], "inherit": "list",
                                                       "inherited": ["PATH"]}}])")
        == "/children/0/process/inherit");
}

TEST_CASE("nobody is missed where children could not be read") {
  const auto needs = [](std::string_view another) {
    return places(R"("children": [{"id": "web", "factory": "f", "dependencies": ["store"]}, )"
                  + std::string{another} + "]");
  };
  CHECK(needs(R"({"id": "x", "factory": "f"})") == "/children/0/dependencies/0");
  CHECK(needs(R"({"id": 5, "factory": "f"})") == "/children/1/id");
  CHECK(needs(R"({"factory": "f"})") == "/children/1/id");
  CHECK(needs(R"({"idd": "store", "factory": "f"})") == "/children/1/id /children/1/idd");
  CHECK(needs("5") == "/children/1");
  CHECK(needs(R"({"id": "9", "factory": "f"})")
        == "/children/0/dependencies/0 /children/1/id"); // that one is known, and another
  CHECK(needs(R"({"factory": "f"}, {"id": "stores", "factory": "f"})")
        == "/children/0/dependencies/0 /children/1/id"); // which is misspelt in any case
}

TEST_CASE("nobody is missed by those who name children from outside, either") {
  CHECK(places(R"("child_strategy_overrides": [{"child_id": "a"}],
                  "group_configs": [{"name": "g", "children": ["b"]}],
                  "group_strategies": [{"group": "t"}], "children": {})")
        == "/children");
  CHECK(places(R"("child_strategy_overrides": [{"child_id": "a"}],
                  "group_configs": [{"name": "g", "children": ["b"]}],
                  "group_strategies": [{"group": "t"}], "childern": [])")
        == "/childern");
  CHECK(places(R"("group_strategies": [{"group": "t"}],
                  "children": [{"id": "a", "factory": "f", "tags": "t"}])")
        == "/children/0/tags");
  CHECK(places(R"("group_strategies": [{"group": "t"}],
                  "children": [{"id": "a", "factory": "f", "tags": [5]}])")
        == "/children/0/tags/0");
  CHECK(places(R"("group_strategies": [{"group": "t"}],
                  "children": [{"id": "a", "factory": "f", "tags": ["other"]}])")
        == "/group_strategies/0/group");
}

TEST_CASE("no group is missed where groups could not be read") {
  const auto with_groups = [](std::string_view groups) {
    return places(std::string{groups}
                  + R"(, "group_dependencies": [{"from_group": "g", "to_group": "h"}],
                         "children": [{"id": "a", "factory": "f", "group": "g"}])");
  };
  CHECK(with_groups(R"("id": "x")")
        == "/group_dependencies/0/from_group /group_dependencies/0/to_group /children/0/group");
  CHECK(with_groups(R"("group_configs": 5)") == "/group_configs");
  CHECK(with_groups(R"("group_configs": [5])") == "/group_configs/0");
  CHECK(with_groups(R"("group_configs": [{"name": 5}])") == "/group_configs/0/name");
  CHECK(with_groups(R"("group_config": [])") == "/group_config");
  CHECK(places(R"("group_configs": [{"name": "g"}],
                  "group_dependencies": [{"from_group": "g"}, {"from_group": "g"}])")
        == "/group_dependencies/0/to_group /group_dependencies/1/to_group");
}

TEST_CASE("no secret is missed where secrets could not be read") {
  constexpr auto used = R"("environment": [{"name": "PW", "secret_ref": "${PASS}"}], )";
  const auto with
    = [&](std::string_view secrets) { return places_in_child(used + std::string{secrets}); };
  CHECK(with(R"("name": "x")") == "environment/0/secret_ref");
  CHECK(with(R"("secrets": {})") == "secrets");
  CHECK(with(R"("secrets": [7])") == "secrets/0");
  CHECK(with(R"("secrets": [{"key": "pass"}])") == "secrets/0/name");
  CHECK(with(R"("secret": [])") == "secret");
  CHECK(with(R"("secrets": [{"name": "PAS", "key": 5}])")
        == "environment/0/secret_ref secrets/0/key");
}

TEST_CASE("each supervisor is judged by its own") {
  CHECK(places(R"("children": [
          {"factory": "f"},
          {"id": "s", "supervisor": {"children": [
            {"id": "web", "factory": "f", "dependencies": ["store"]}]}}])")
        == "/children/0/id /children/1/supervisor/children/0/dependencies/0");
  CHECK(places(R"("children": [
          {"id": "web", "factory": "f", "dependencies": ["store"]},
          {"id": "s", "supervisor": {"children": [{"factory": "f"}]}}])")
        == "/children/0/dependencies/0 /children/1/supervisor/children/0/id");
}

TEST_CASE("a draft takes what others find") {
  auto file = spec_draft::of(std::string{"{\"version\": 1, \"children\": [\n"
                                         "{\"id\": \"a\", \"factory\": 5},\n"
                                         "{\"id\": \"b\", \"factory\": \"f\"}]}"});
  REQUIRE(file.read());
  CHECK(file.read()->children.size() == 2);
  CHECK_FALSE(file.is_good());
  CHECK(file.knows_all_children());
  file.add({{"/children/1/factory", "is of no use"}, {"/children/0/factory", "is none"}});
  CHECK(to_string(file.wrong())
        == "/children/0/factory (line 2): is a number, must be a string\n"
           "/children/1/factory (line 3): is of no use");
  CHECK(to_string(file.with_lines({{"/children/1", "second"}, {"/children/0/factory", "first"}}))
        == "/children/0/factory (line 2): first\n/children/1 (line 3): second");
}

TEST_CASE("a draft of what is no JSON has its fault and takes no other") {
  auto file = spec_draft::of(std::string{"{"});
  CHECK_FALSE(file.read());
  CHECK_FALSE(file.is_good());
  CHECK_FALSE(file.knows_all_children());
  file.add({{"/children", "is missing"}});
  CHECK(file.wrong().size() == 1);
  CHECK(spec_draft::of(std::filesystem::path{"/no/such.json"}).wrong().front().what
        == "cannot read /no/such.json: No such file or directory");
}

TEST_CASE("a child by itself is drafted in the same way") {
  auto file = child_draft::of(std::string{R"({"id": "a", "factory": "f", "restart": 5})"});
  REQUIRE(file.read());
  file.add({{"/factory", "is unknown"}});
  CHECK(to_string(file.wrong())
        == "/factory (line 1): is unknown\n"
           "/restart (line 1): is a number, must be one of permanent, transient, temporary");
}
