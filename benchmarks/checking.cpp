// How `check` and `simulate` grow with the lists of a file: each is read, bound, looked at and tried with
// n and with 4 n entries. Prints milliseconds, and how many times as long the longer one takes: 4 is
// linear, 16 is quadratic.
//
//   checking [n] [word]    25000 and all lists; else those whose names have the word in them

#include <supervisor/cli/catalog.hpp>
#include <supervisor/cli/commands/loading.hpp>
#include <supervisor/plan/plan.hpp>
#include <supervisor/rules/lint.hpp>
#include <supervisor/simulate/simulate.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace sup = supervisor;

using text_of = std::function<std::string(std::size_t)>;
using steady = std::chrono::steady_clock;

struct list {
  std::string name;
  text_of file;   ///< with so many entries
  text_of script; ///< likewise; empty: one crash
};

// -- texts ---------------------------------------------------------------------------------------------

std::string number(std::size_t i) { return std::to_string(i); }

std::string repeated(std::size_t n, const text_of& one) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i)
    text += (i == 0 ? "\n" : ",\n") + one(i);
  return text;
}

std::string file_with(const std::string& members) {
  return R"({"version": 1, "intensity": {"restarts": 9, "period": "1s"}, )" + members + "}";
}

/// `child` has members behind id and factory, each with a comma in front.
std::string children(std::size_t n, const text_of& child, const std::string& before = "") {
  return file_with(before + "\"children\": ["
                   + repeated(n,
                              [&](std::size_t i) {
                                return R"({"id": "c)" + number(i) + R"(", "factory": "f")"
                                       + child(i) + "}";
                              })
                   + "]");
}

std::string one_child(const std::string& members) {
  return file_with(R"("children": [{"id": "c0", "factory": "f", )" + members + "}]");
}

text_of each_child(text_of child, std::string before = "") {
  return [=](std::size_t n) { return children(n, child, before); };
}

/// A list in one child.
text_of in_child(std::string key, text_of element, std::string more = "") {
  return [=](std::size_t n) {
    return one_child(more + '"' + key + "\": [" + repeated(n, element) + "]");
  };
}

/// A list of the supervisor, about children that say something as well.
text_of in_supervisor(std::string key, text_of element, text_of child) {
  return [=](std::size_t n) {
    return children(n, child, '"' + key + "\": [" + repeated(n, element) + "], ");
  };
}

std::string nothing(std::size_t) { return ""; }

std::string nested(std::size_t i) {
  return R"({"id": "s)" + number(i)
         + R"(", "supervisor": {"children": [{"id": "a", "factory": "f"}]}})";
}

std::string group(std::size_t i) { return R"({"name": "g)" + number(i) + "\"}"; }

std::string groups_and_edges(std::size_t n) {
  return file_with("\"group_configs\": [" + repeated(n, group) + "], \"group_dependencies\": ["
                   + repeated(n - 1,
                              [](std::size_t i) {
                                return R"({"from_group": "g)" + number(i) + R"(", "to_group": "g)"
                                       + number(i + 1) + R"(", "propagation": "full"})";
                              })
                   + R"(], "children": [{"id": "c0", "factory": "f"}])");
}

/// One group that lists all.
std::string one_group(std::size_t n) {
  return children(n, nothing,
                  R"("group_configs": [{"name": "g", "children": [)"
                    + repeated(n, [](std::size_t i) { return "\"c" + number(i) + '"'; }) + "]}], ");
}

std::string needs(std::string who) { return R"(, "dependencies": [")" + who + "\"]"; }

const std::vector<list>& lists() {
  static const std::vector<list> all{
    {"children", each_child(nothing), {}},
    {"children, one_for_all", each_child(nothing, R"("strategy": "one_for_all", )"), {}},
    {"children, rest_for_one", each_child(nothing, R"("strategy": "rest_for_one", )"), {}},
    {"supervisors",
     [](std::size_t n) { return file_with("\"children\": [" + repeated(n, nested) + "]"); },
     {}},
    {"unknown factories",
     [](std::size_t n) {
       return file_with(
         "\"children\": ["
         + repeated(
           n, [](std::size_t i) { return R"({"id": "c)" + number(i) + R"(", "factory": "none"})"; })
         + "]");
     },
     {}},
    {"short stops, one_for_all",
     each_child([](std::size_t) { return R"(, "shutdown": "1us")"; },
                R"("strategy": "one_for_all", )"),
     {}},
    {"short stops, rest_for_one",
     each_child([](std::size_t) { return R"(, "shutdown": "1us")"; },
                R"("strategy": "rest_for_one", )"),
     {}},
    {"faults of form", each_child([](std::size_t) { return R"(, "shutdown": 5)"; }), {}},
    {"faults of rules",
     each_child([](std::size_t) { return R"(, "dependencies": ["none"])"; }),
     {}},
    {"unknown keys",
     [](std::size_t n) {
       return file_with(repeated(n, [](std::size_t i) { return "\"key" + number(i) + "\": 1"; }));
     },
     {}},
    {"advice",
     each_child([](std::size_t) { return R"(, "resource_limits": {"max_core_mb": 0})"; }),
     {}},
    {"advice about limits",
     each_child([](std::size_t) { return R"(, "limits": {"restart_limit": {"window": "1ms"}})"; }),
     {}},
    {"roles",
     each_child([](std::size_t) { return R"(, "task_role": "job", "restart": "permanent")"; }),
     {}},
    {"a chain of dependencies",
     each_child([](std::size_t i) { return i == 0 ? "" : needs("c" + number(i - 1)); }),
     {}},
    {"a chain from behind, rest_for_one",
     [](std::size_t n) {
       return children(
         n, [n](std::size_t i) { return i + 1 == n ? "" : needs("c" + number(i + 1)); },
         R"("strategy": "rest_for_one", )");
     },
     {}},
    {"dependencies of all on one",
     each_child([](std::size_t i) { return i == 0 ? "" : needs("c0"); }),
     {}},
    {"dependencies of one on all",
     [](std::size_t n) {
       return children(n, [n](std::size_t i) {
         return i + 1 < n ? std::string{}
                          : ", \"dependencies\": [" + repeated(n - 1, [](std::size_t k) {
                              return "\"c" + number(k) + '"';
                            }) + "]";
       });
     },
     {}},
    {"sidecars",
     each_child([](std::size_t i) {
       return i == 0
                ? std::string{}
                : std::string{
                  R"(, "task_role": "sidecar", "sidecar_config": {"primary_child_id": "c0", "linked_lifecycle": true})"};
     }),
     {}},
    {"tags of one", in_child("tags", [](std::size_t i) { return "\"t" + number(i) + '"'; }), {}},
    {"tags and their strategies",
     in_supervisor(
       "group_strategies", [](std::size_t i) { return R"({"group": "t)" + number(i) + "\"}"; },
       [](std::size_t i) { return R"(, "tags": ["t)" + number(i) + "\"]"; }),
     {}},
    {"overrides",
     in_supervisor(
       "child_strategy_overrides",
       [](std::size_t i) { return R"({"child_id": "c)" + number(i) + "\"}"; }, nothing),
     {}},
    {"groups",
     in_supervisor("group_configs", group,
                   [](std::size_t i) { return R"(, "group": "g)" + number(i) + '"'; }),
     {}},
    {"groups with limits",
     in_supervisor(
       "group_configs",
       [](std::size_t i) { return R"({"name": "g)" + number(i) + R"(", "limits": "guarded"})"; },
       [](std::size_t i) { return R"(, "group": "g)" + number(i) + '"'; }),
     {}},
    {"one group of all", one_group, {}},
    {"edges between groups", groups_and_edges, {}},
    {"secrets",
     in_child("secrets",
              [](std::size_t i) { return R"({"name": "S)" + number(i) + R"(", "key": "k"})"; }),
     {}},
    {"variables",
     in_child("environment",
              [](std::size_t i) { return R"({"name": "V)" + number(i) + R"(", "value": ""})"; }),
     {}},
    {"variables with secrets",
     [](std::size_t n) {
       return one_child(
         "\"secrets\": ["
         + repeated(
           n, [](std::size_t i) { return R"({"name": "S)" + number(i) + R"(", "key": "k"})"; })
         + "], \"environment\": ["
         + repeated(n,
                    [](std::size_t i) {
                      return R"({"name": "V)" + number(i) + R"(", "secret_ref": "${S)" + number(i)
                             + "}\"}";
                    })
         + "]");
     },
     {}},
    {"preconditions",
     in_child("preconditions", [](std::size_t i) { return R"({"path": "/p)" + number(i) + "\"}"; }),
     {}},
    {"checks", in_child("preconditions", [](std::size_t) { return R"({"check": "holds"})"; }), {}},
    {"exit codes",
     in_child("success_exit_codes", [](std::size_t i) { return number(i % 256); }),
     {}},
    {"signals",
     [](std::size_t n) {
       return one_child("\"command_permissions\": {\"allowed_signals\": ["
                        + repeated(n, [](std::size_t) { return "\"SIGTERM\""; }) + "]}");
     },
     {}},
    {"arguments",
     [](std::size_t n) {
       return one_child(
         "\"args\": {"
         + repeated(n, [](std::size_t i) { return "\"a" + number(i) + "\": " + number(i); }) + "}");
     },
     {}},
    {"words of a program",
     [](std::size_t n) {
       return file_with(
         R"("children": [{"id": "c0", "process": {"inherit": "listed", "argv": ["x", )"
         + repeated(n, [](std::size_t) { return "\"y\""; }) + "], \"inherited\": ["
         + repeated(n, [](std::size_t i) { return "\"V" + number(i) + '"'; }) + "]}}]");
     },
     {}},
    {"lines of a script", each_child(nothing),
     [](std::size_t n) {
       std::string text;
       for (std::size_t i = 0; i < n; ++i)
         text += "crash c" + number(i) + " at 5s\n";
       return text;
     }},
    {"lines about everybody", [](std::size_t n) { return children(n / 100, nothing); },
     [](std::size_t) {
       std::string text;
       for (std::size_t i = 0; i < 100; ++i)
         text += "stop * takes 5ms\n";
       return text;
     }},
    {"wrong lines of a script", each_child(nothing),
     [](std::size_t n) {
       std::string text;
       for (std::size_t i = 0; i < n; ++i)
         text += "crash d" + number(i) + " at 5s\n";
       return text;
     }},
  };
  return all;
}

// -- what is measured ------------------------------------------------------------------------------------

struct step {
  const char* name = "";
  double ms = 0;
};

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

sup::catalog known() {
  sup::catalog all;
  all.add("f", "does nothing", [](std::string_view, sup::program&) { return sup::worker(idle); });
  all.add_check("holds", [] { return true; });
  all.run_processes_with([](const sup::process_spec&) { return sup::worker(idle); });
  return all;
}

std::size_t planned(const sup::declared_spec& spec) {
  auto size = make_plan(spec, 1)->size();
  for (const auto& child : spec.children)
    if (const auto* below = child.start.tree())
      size += planned(*below);
  return size;
}

class stopwatch {
public:
  void note(const char* name, const std::function<void()>& work) {
    const auto began = steady::now();
    work();
    steps.push_back(
      {name, std::chrono::duration<double, std::milli>(steady::now() - began).count()});
  }

  std::vector<step> steps{};
};

void simulate(const sup::declared_spec& spec, const std::string& text, stopwatch& to) {
  to.note("simulate", [&] {
    if (const auto played = read_script(text, spec))
      static_cast<void>(simulate(spec, *played, {.how_long = std::chrono::seconds{10}}));
  });
}

std::vector<step> measured(const list& x, std::size_t n) {
  const auto text = x.file(n);
  const auto script = x.script ? x.script(n) : "crash c0 at 5s\n";
  const auto all = known();
  sup::program unused{.shut_down = [](auto, auto) {}, .at_end = [](auto) {}, .folder = "."};
  stopwatch watch;
  auto file = sup::spec_draft::of(std::string{});
  watch.note("read", [&] { file = sup::spec_draft::of(text); });
  if (!file.read())
    return {{"is no JSON", 0}};
  watch.note("bind", [&] { file.add(all.bind_known(*file.read(), unused).wrong); });
  watch.note("tell", [&] { static_cast<void>(file.wrong().size()); });
  if (!file.is_good())
    return watch.steps;
  const auto& spec = *file.read();
  watch.note("advise", [&] {
    sup::faults found;
    for (const auto& one : lints(spec))
      found.push_back(one.at);
    static_cast<void>(file.with_lines(found));
  });
  watch.note("effective", [&] { static_cast<void>(show_effective(spec)); });
  watch.note("plan", [&] { planned(spec); });
  simulate(spec, script, watch);
  return watch.steps;
}

void report(const list& x, std::size_t n) {
  const auto few = measured(x, n);
  const auto many = measured(x, 4 * n);
  std::printf("%-36s", x.name.c_str());
  for (std::size_t i = 0; i < many.size(); ++i) {
    const auto times = many[i].ms / few[i].ms;
    const auto is_slow = times > 6 && many[i].ms > 50;
    std::printf("  %s %.0f%s", many[i].name, many[i].ms,
                is_slow ? (" (x" + std::to_string(static_cast<int>(times)) + " !)").c_str() : "");
  }
  std::printf("\n");
  std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
  const auto n = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 25'000;
  const std::string word = argc > 2 ? argv[2] : "";
  std::printf("ms with %llu entries\n", static_cast<unsigned long long>(4 * n));
  for (const auto& x : lists())
    if (x.name.find(word) != std::string::npos)
      report(x, n);
}
