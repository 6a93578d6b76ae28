#include "supervisor/actors/secrets.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

namespace supervisor {

namespace {

using found = expected<std::optional<std::string>>;

constexpr std::size_t most_bytes = std::size_t{64} * 1024;

found read_secret(const std::string& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file)
    return errno == ENOENT ? found{std::nullopt} : fault{path, std::strerror(errno)};
  std::string text(most_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad())
    return fault{path, "cannot be read"};
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > most_bytes)
    return fault{path, "is larger than 64 KiB, which no secret is"};
  if (text.ends_with('\n'))
    text.pop_back();
  return std::optional{std::move(text)};
}

} // namespace

secret_provider secrets_from_environment() {
  return [](const std::string& key) -> found {
    const auto* value = std::getenv(key.c_str());
    return value ? std::optional<std::string>{value} : std::nullopt;
  };
}

secret_provider secrets_from_folder(std::string folder) {
  return [folder = std::move(folder)](const std::string& key) -> found {
    if (key.find('/') != std::string::npos || key == "." || key == "..")
      return fault{key, "is no name of a file"};
    return read_secret(folder + "/" + key);
  };
}

secret_provider first_of(std::vector<secret_provider> all) {
  return [all = std::move(all)](const std::string& key) -> found {
    for (const auto& ask : all) {
      auto one = ask(key);
      if (!one || *one)
        return one;
    }
    return std::optional<std::string>{};
  };
}

} // namespace supervisor
