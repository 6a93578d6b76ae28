#pragma once

#include "core_under_test.hpp"

#include <supervisor/rules/lint.hpp>

#include <memory>

namespace supervisor {

inline bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline declared_child_spec nested(std::string id, declared_spec below) {
  declared_start start;
  start.nested = std::make_shared<const declared_spec>(std::move(below));
  return {.id = std::move(id), .start = start};
}

inline declared_child_spec waiting(std::string id, policies::backoff waits) {
  return {.id = std::move(id), .start = {"x"}, .backoff = waits};
}

} // namespace supervisor
