#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

// Feeds a target files, and those in folders, as libFuzzer would; fails if there are none.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_at(const fs::path& place) {
  if (!fs::is_directory(place))
    return {place};
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator{place})
    if (entry.is_regular_file())
      all.push_back(entry.path());
  std::ranges::sort(all);
  return all;
}

void feed(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) {
    std::fprintf(stderr, "cannot read %s\n", file.c_str());
    std::exit(1);
  }
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const std::vector<std::uint8_t> bytes{text.begin(), text.end()};
  std::fprintf(stderr, "%s\n", file.filename().c_str());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

} // namespace

int main(int argc, char** argv) {
  std::size_t fed = 0;
  for (const fs::path place : std::span{argv, static_cast<std::size_t>(argc)}.subspan(1))
    for (const auto& file : files_at(place)) {
      feed(file);
      ++fed;
    }
  std::fprintf(stderr, "%zu inputs\n", fed);
  return fed > 0 ? 0 : 1;
}
