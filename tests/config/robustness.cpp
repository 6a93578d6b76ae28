#include "said.hpp"

#include <supervisor/effective/effective.hpp>
#include <supervisor/plan/plan.hpp>

#include <fstream>
#include <random>
#include <sstream>

using namespace supervisor;

namespace {

std::string text_of(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream{SUPERVISOR_SOURCE_DIR "/" + name}.rdbuf();
  return text.str();
}

/// Either a spec without faults, or faults that have a place.
bool is_sound(std::string_view file) {
  const auto spec = read_spec(file);
  if (spec)
    return validate(*spec).empty() && make_plan(*spec, 1)->size() == spec->children.size()
           && show_effective(*spec).empty() == spec->children.empty();
  for (const auto& x : spec.error())
    if (x.what.empty() || x.line == 0)
      return false;
  return true;
}

} // namespace

TEST_CASE("a file cut off anywhere is refused and nothing worse") {
  for (const auto* const name :
       {"examples/tree.json", "examples/bad.json", "tests/config/every_key.json"}) {
    const auto whole = text_of(name);
    for (std::size_t n = 0; n < whole.size(); ++n)
      if (!is_sound(whole.substr(0, n)))
        FAIL(name << " cut after " << n);
  }
}

TEST_CASE("a file with any bytes changed is refused or read and nothing worse") {
  for (const auto* const name : {"examples/tree.json", "tests/config/every_key.json"}) {
    const auto whole = text_of(name);
    std::mt19937 luck{1};
    for (int i = 0; i < 3000; ++i) {
      auto text = whole;
      for (auto changes = 1 + luck() % 4; changes > 0; --changes)
        text[luck() % text.size()] = static_cast<char>(luck());
      if (!is_sound(text))
        FAIL(name << " in round " << i);
    }
  }
}

TEST_CASE("a file with pieces moved is refused or read and nothing worse") {
  constexpr std::string_view pieces[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\"",
                                         "null",
                                         "-1",
                                         "1e5",
                                         "\"id\":",
                                         "\"children\":[",
                                         "\"supervisor\":{",
                                         "//",
                                         "/*",
                                         "*/",
                                         "\\u0000",
                                         "\n"};
  for (const auto* const name : {"examples/bad.json", "tests/config/every_key.json"}) {
    const auto whole = text_of(name);
    std::mt19937 luck{2};
    for (int i = 0; i < 3000; ++i) {
      auto text = whole;
      for (auto changes = 1 + luck() % 4; changes > 0; --changes)
        text.replace(luck() % text.size(), luck() % 8, pieces[luck() % std::size(pieces)]);
      if (!is_sound(text))
        FAIL(name << " in round " << i);
    }
  }
}

TEST_CASE("any bytes at all are refused and nothing worse") {
  std::mt19937 luck{3};
  for (int i = 0; i < 3000; ++i) {
    std::string text(luck() % 64, ' ');
    for (auto& c : text)
      c = static_cast<char>(luck());
    if (!is_sound(text))
      FAIL("in round " << i);
  }
}
