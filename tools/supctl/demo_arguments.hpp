#pragma once

#include "supervisor/expected.hpp"
#include "supervisor/policies.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

/// Reads the `args` of one child and collects what is wrong with them. What is wrong reads as empty.
class demo_arguments {
public:
  explicit demo_arguments(std::string_view json);

  nanoseconds duration(const std::string& key);
  std::string text(const std::string& key);
  std::uint32_t count(const std::string& key);
  std::vector<std::string> texts(const std::string& key);

  /// Asked last: a key that was not read until now is a fault, too.
  faults wrong() const;

private:
  /// Null if the key is missing, which is a fault.
  const nlohmann::json* find(const std::string& key);
  void refuse(const std::string& key, std::string what) {
    found_.push_back({"/" + key, std::move(what)});
  }

  nlohmann::json args_;
  std::vector<std::string> asked_;
  faults found_;
};

} // namespace supervisor
