#include "supervisor/cli/output/tree_view.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

child_state child_called(std::string name, lifecycle state) {
  child_state x;
  x.id = name;
  x.name = std::move(name);
  x.state = state;
  return x;
}

/// A web front that waits for its restart, and a cache below a supervisor.
supervisor_state shop() {
  auto web = child_called("web", lifecycle::restarting);
  web.restart_count = 2;
  web.last_exit = child_exit{exit_class::panic};
  web.last_words = "no\nluck";
  web.next_start = 1500ms;
  auto caches = child_called("caches", lifecycle::ready);
  caches.below = std::make_shared<supervisor_state>();
  caches.below->children = {child_called("small", lifecycle::abandoned)};
  supervisor_state s;
  s.recent_restarts = 2;
  s.children = {web, caches};
  return s;
}

std::string shown(const supervisor_state& s, const view_options& o) {
  std::string text;
  for (const auto& line : view(s, o))
    text += line + "\n";
  return text;
}

} // namespace

TEST_CASE("a tree has a line for each child") {
  CHECK(shown(shop(), {.title = "shop", .width = 100})
        == "shop  one_for_one  2 restarts of 10 in 1min\n"
           "↻  web      restarting     2 restarts  next try in 1.5s  last: panicked: no\\nluck\n"
           "●  caches   ready\n"
           "⛔   small  abandoned\n");
}

TEST_CASE("a process has its pid and what it says of itself, and limits that nobody keeps") {
  auto db = child_called("db", lifecycle::ready);
  db.pid = 4711;
  db.status_text = "serving 3";
  db.remarks = {"/resource_limits/max_cpu_percent: is not enforced"};
  db.refused_requests = 1;
  supervisor_state s;
  s.children = {db};
  CHECK(shown(s, {.title = "shop", .width = 130})
        == "shop  one_for_one\n"
           "●  db  ready          pid 4711  \"serving 3\"  (/resource_limits/max_cpu_percent: is "
           "not enforced)  1 request refused\n");
}

TEST_CASE("glyph and state have the colour of the state") {
  const auto text = shown(shop(), {.title = "shop", .colour = true});
  CHECK(text.find("\x1b[32m●  \x1b[0mcaches   \x1b[32mready\x1b[0m\n") != std::string::npos);
}

TEST_CASE("what does not fit is cut") {
  CHECK(shown(shop(), {.title = "shop", .width = 24, .height = 3})
        == "shop  one_for_one  2 re…\n"
           "↻  web      restarting …\n"
           "   and 2 more\n");
  for (std::size_t width = 0; width < 40; ++width)
    for (const auto colour : {false, true})
      CHECK(view(shop(), {.colour = colour, .width = width, .height = 2}).size() == 2);
}

TEST_CASE("no line is wider than it may be") {
  auto odd = child_called("世界", lifecycle::ready);
  odd.status_text = "世界 世界 世界\t世界 世界 世界 世界 世界 世界";
  supervisor_state s;
  s.children = {odd};
  CHECK(shown(s, {.title = "世界", .width = 30})
        == "世界  one_for_one\n●  世界  ready          \"世界…\n");
  CHECK(shown(s, {.title = "世界", .width = 31})
        == "世界  one_for_one\n●  世界  ready          \"世界 …\n");
  CHECK(shown(s, {.title = "shop", .width = 10, .height = 1}) == "   and 2 …\n");
  CHECK(shown(s, {.title = "shop", .height = 0}) == "");
}
