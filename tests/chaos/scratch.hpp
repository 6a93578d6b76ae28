#pragma once

#include <filesystem>
#include <string>

namespace chaos {

/// A folder of our own, that everybody may use; gone with this, and with all that is in it.
class scratch {
public:
  scratch();
  ~scratch();

  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ / name; }

  /// What the file says; empty if there is none.
  std::string content(const std::string& name) const;
  std::size_t lines(const std::string& name) const;
  bool has(const std::string& name) const { return std::filesystem::exists(path_ / name); }

private:
  std::filesystem::path path_{};
};

} // namespace chaos
