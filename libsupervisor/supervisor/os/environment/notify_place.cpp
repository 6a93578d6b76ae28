#include "supervisor/os/environment/notify_place.hpp"

#include "supervisor/os/process/descriptor.hpp"
#include "supervisor/os/process/words.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace supervisor {

namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "supervisor-notify-";

std::string address_in(const std::string& folder) { return folder + "/notify"; }

std::string variable_or(const char* name, const char* otherwise) {
  const auto* value = std::getenv(name);
  return value != nullptr && *value == '/' ? value : otherwise;
}

/// The first that is there and ours to write to is taken. A folder of our own user alone comes late: what
/// descends from a program may have become another user.
std::vector<std::string> bases() {
  if (geteuid() == 0)
    return {"/run", "/tmp", "/dev/shm"};
  return {variable_or("TMPDIR", "/tmp"), "/tmp", variable_or("XDG_RUNTIME_DIR", "/tmp"),
          "/dev/shm"};
}

/// Made long ago, and nobody listens there.
bool is_left(const std::string& folder) {
  constexpr std::time_t being_made = 60; // seconds
  struct stat about {};
  if (lstat(folder.c_str(), &about) != 0 || !S_ISDIR(about.st_mode) || about.st_uid != geteuid()
      || std::time(nullptr) - about.st_mtime < being_made)
    return false;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const auto address = address_in(folder);
  if (address.size() >= sizeof name.sun_path)
    return false;
  std::memcpy(name.sun_path, address.c_str(), address.size() + 1);
  const descriptor one{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  return one && connect(one.number(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0
         && (errno == ECONNREFUSED || errno == ENOENT);
}

void remove(const std::string& folder) {
  unlink(address_in(folder).c_str());
  rmdir(folder.c_str());
}

/// Of programs of ours that were killed together with their helpers.
bool remove_those_left() {
  for (const auto& base : bases()) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator{base, failed})
      if (const auto path = entry.path();
          path.filename().string().starts_with(prefix) && is_left(path.string()))
        remove(path.string());
  }
  return true;
}

/// Empty: not there, see errno. Others may pass through it, and not look into it.
std::string make_folder(const std::string& base) {
  auto folder = base + '/' + prefix + "XXXXXX";
  if (address_in(folder).size() >= sizeof(sockaddr_un::sun_path)) {
    errno = ENAMETOOLONG;
    return {};
  }
  return mkdtemp(folder.data()) != nullptr && chmod(folder.c_str(), 0711) == 0 ? folder
                                                                               : std::string{};
}

} // namespace

expected<notify_place> notify_place::make() {
  static const auto once = remove_those_left();
  static_cast<void>(once);
  std::string tried;
  for (const auto& base : bases()) {
    if (auto folder = make_folder(base); !folder.empty())
      return notify_place{std::move(folder)};
    tried += (tried.empty() ? "" : "; ") + base + ": " + error_words(errno);
  }
  return fault{"/process", "no folder for the socket of its notices: " + tried};
}

notify_place::~notify_place() {
  if (!folder_.empty())
    remove(folder_);
}

std::string notify_place::address() const { return address_in(folder_); }

} // namespace supervisor
