#include "supervisor/actors/node/secrets.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace supervisor {

namespace {

using found = expected<std::optional<std::string>>;

constexpr std::size_t most_bytes = std::size_t{64} * 1024;

/// Closed when nobody needs it any more.
class open_file {
public:
  /// Waits for nobody: a FIFO that nobody writes to would be waited for without end.
  explicit open_file(const std::string& path)
    : number_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  ~open_file() {
    if (is_open())
      ::close(number_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  bool is_open() const { return number_ >= 0; }

  /// What it is, in words, if it is no file that has an end; empty if it is one.
  std::string_view what_else() const {
    struct stat about {};
    if (::fstat(number_, &about) != 0)
      return "something that cannot be looked at";
    switch (about.st_mode & S_IFMT) {
      case S_IFREG:
        return {};
      case S_IFDIR:
        return "a folder";
      case S_IFIFO:
        return "a FIFO";
      case S_IFSOCK:
        return "a socket";
      default:
        return "a device";
    }
  }

  /// Reads until the text is full or the file has ended; false: it cannot be read.
  bool read(std::string& to) const {
    std::size_t size = 0;
    while (size < to.size()) {
      const auto more = ::read(number_, to.data() + size, to.size() - size);
      if (more < 0 && errno == EINTR)
        continue;
      if (more < 0)
        return false;
      if (more == 0)
        break;
      size += static_cast<std::size_t>(more);
    }
    to.resize(size);
    return true;
  }

private:
  int number_;
};

std::string no_file(std::string_view what) {
  return "is " + std::string{what} + ", must be a file";
}

/// A socket cannot be opened at all.
found cannot_open(const std::string& path) {
  if (errno == ENOENT)
    return found{std::nullopt};
  return fault{path, errno == ENXIO ? no_file("a socket, or a device that is not there")
                                    : std::strerror(errno)};
}

found read_secret(const std::string& path) {
  const open_file file{path};
  if (!file.is_open())
    return cannot_open(path);
  if (const auto what = file.what_else(); !what.empty())
    return fault{path, no_file(what)};
  std::string text(most_bytes + 1, '\0');
  if (!file.read(text))
    return fault{path, std::string{"cannot be read: "} + std::strerror(errno)};
  if (text.size() > most_bytes)
    return fault{path, "is larger than 64 KiB, which no secret is"};
  if (text.ends_with('\n'))
    text.pop_back();
  return std::optional{std::move(text)};
}

bool has_any_of(const std::string& key, std::string_view some) {
  return key.find_first_of(some) != std::string::npos;
}

} // namespace

secret_provider secrets_from_environment() {
  return [](const std::string& key) -> found {
    if (key.empty() || has_any_of(key, {"=\0", 2}))
      return fault{key, "is no name of a variable"};
    const auto* value = std::getenv(key.c_str());
    return value ? std::optional<std::string>{value} : std::nullopt;
  };
}

secret_provider secrets_from_folder(std::string folder) {
  return [folder = std::move(folder)](const std::string& key) -> found {
    if (key.empty() || key == "." || key == ".." || has_any_of(key, {"/\0", 2}))
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
