#include "supervisor/cli/output/screen.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

using namespace supervisor;

namespace {

supervisor_state tree_of(int children) {
  supervisor_state x;
  x.answered = true;
  for (int i = 0; i < children; ++i) {
    auto& child = x.children.emplace_back();
    child.name = "c" + std::to_string(i);
    child.state = lifecycle::ready;
  }
  return x;
}

/// A screen whose size a test may change.
struct terminal {
  std::shared_ptr<terminal_size> size = std::make_shared<terminal_size>();
  screen it{{.can_draw = true, .title = "shop", .size = [size = size] { return *size; }}};

  terminal(std::size_t rows, std::size_t columns) { resize(rows, columns); }
  void resize(std::size_t rows, std::size_t columns) { *size = {rows, columns}; }
};

std::ptrdiff_t lines_in(const std::string& text) { return std::ranges::count(text, '\n'); }

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

constexpr auto erase = "\r\x1b[J";

} // namespace

TEST_CASE("where nothing can be drawn there are lines and no pictures") {
  screen it{{.size = [] { return terminal_size{24, 80}; }}};
  CHECK(it.text_of({"one", "two"}) == "one\ntwo\n");
  it.show(tree_of(2));
  CHECK(it.text_of({}) == "");
  CHECK(it.text_of({"three"}) == "three\n");
}

SCENARIO("a picture is painted below the lines that stay") {
  GIVEN("a terminal, and a tree that was painted once") {
    terminal on{24, 80};
    on.it.show(tree_of(2));
    const auto first = on.it.text_of({});

    THEN("the cursor goes back to its beginning, and nothing wraps") {
      CHECK(first == "\x1b[?7lshop  one_for_one\n●  c0  ready\n●  c1  ready\n\x1b[?7h\x1b[3A\r");
    }

    THEN("a line takes its place, and it is painted again below") {
      CHECK(on.it.text_of({"news"}) == erase + ("news\n" + first));
    }

    THEN("in the end it is gone") {
      on.it.clear();
      CHECK(on.it.text_of({"bye"}) == std::string{erase} + "bye\n");
      CHECK(on.it.text_of({"bye"}) == "bye\n");
    }

    THEN("a terminal that has become smaller gets a smaller one, and the old one is erased") {
      on.resize(3, 20);
      const auto next = on.it.text_of({});
      CHECK(next.starts_with(erase));
      CHECK(lines_in(next) == 2);
      CHECK(has(next, "and 2 more"));
    }

    THEN("one that has become too small gets none, and the old one is erased") {
      on.resize(2, 80);
      CHECK(on.it.text_of({}) == erase);
      CHECK(on.it.text_of({}) == "");
    }
  }
}

TEST_CASE("no picture has more lines than there is room for, nor wider ones") {
  for (std::size_t rows = 0; rows < 30; ++rows)
    for (const std::size_t columns : {0, 1, 2, 10, 16, 17, 40, 80}) {
      terminal on{rows, columns};
      on.it.show(tree_of(20));
      const auto lines = static_cast<std::size_t>(lines_in(on.it.text_of({})));
      CHECK(lines <= (rows == 0 ? 0 : rows - 1));
      CHECK((lines == 0) == (rows < 3 || columns < 16));
    }
}
