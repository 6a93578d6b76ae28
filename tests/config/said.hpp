#pragma once

#include "supervisor/config/json.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace supervisor {

/// All that is said about a file: "ok", or its faults, one a line.
inline std::string said(std::string_view file) {
  const auto spec = read_spec(file);
  return spec ? "ok" : to_string(spec.error());
}

/// A file with these members beside its version, on one line.
inline std::string file_with(std::string_view members) {
  return R"({"version": 1)" + (members.empty() ? "" : ", " + std::string{members}) + "}";
}

/// A file with one child "a" that has these members.
inline std::string child_with(std::string_view members) {
  return file_with(R"("children": [{"id": "a", "factory": "f")"
                   + (members.empty() ? "" : ", " + std::string{members}) + "}]");
}

/// The same with a process, which has these members beside its argv.
inline std::string process_with(std::string_view members) {
  return file_with(R"("children": [{"id": "a", "process": {"argv": ["x"])"
                   + (members.empty() ? "" : ", " + std::string{members}) + "}}]");
}

inline declared_spec spec_of(std::string_view file) {
  auto spec = read_spec(file);
  REQUIRE_MESSAGE(spec, said(file));
  return *std::move(spec);
}

/// The only child of `child_with`.
inline declared_child_spec child_of(std::string_view members) {
  auto spec = spec_of(child_with(members));
  REQUIRE(spec.children.size() == 1);
  return std::move(spec.children.front());
}

} // namespace supervisor
