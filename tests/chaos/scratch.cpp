#include "scratch.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

namespace chaos {

scratch::scratch() {
  auto name = (std::filesystem::temp_directory_path() / "chaos-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr || chmod(name.c_str(), 0777) != 0)
    std::abort();
  path_ = name;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch::content(const std::string& name) const {
  std::ifstream from{path_ / name, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, {}};
}

std::size_t scratch::lines(const std::string& name) const {
  return static_cast<std::size_t>(std::ranges::count(content(name), '\n'));
}

} // namespace chaos
