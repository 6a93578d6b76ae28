#pragma once

#include <doctest/doctest.h>
#include <supervisor/simulate/simulate.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

inline declared_child_spec worker(std::string id) { return {.id = std::move(id), .start = {"x"}}; }

inline declared_child_spec nested(std::string id, declared_spec below) {
  declared_child_spec made{.id = std::move(id)};
  made.start.nested = std::make_shared<const declared_spec>(std::move(below));
  return made;
}

/// The tree with this script; how long an hour is does not matter to most stories.
inline simulation trial(const declared_spec& tree, std::string_view text,
                        simulation_options options = {}) {
  REQUIRE(to_string(validate(tree)) == "");
  const auto played = read_script(text, tree);
  REQUIRE_MESSAGE(played, to_string(played.error()));
  return simulate(tree, *played, options);
}

/// What people read of the timeline, without "every child was started" and the orderly end.
inline std::string told(const simulation& x) {
  auto text = to_string(x);
  text = text.substr(0, text.find("\n\n") + 1);
  for (const std::string_view usual :
       {"timeline\n", "  0:00:00.000  every child was started\n", "  1:00:00.000  told to stop\n",
        "  1:00:00.000  everybody is down\n"})
    if (const auto at = text.find(usual); at != text.npos)
      text.erase(at, usual.size());
  return text;
}

inline const child_story& story_of(const simulation& x, std::string_view path) {
  for (const auto& story : x.children)
    if (story.path == path)
      return story;
  FAIL("no child " << path);
  return x.children.front();
}

} // namespace supervisor
