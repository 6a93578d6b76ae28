#include "vitals.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <sys/prctl.h>
#include <unistd.h>

namespace soak {

namespace {

namespace fs = std::filesystem;

constexpr int deepest = 100; ///< they were not looked at all at once: there may be a circle

double rss_mb() {
  std::ifstream file{"/proc/self/statm"};
  double size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// The folder itself is open while it is counted.
std::size_t entries(const char* folder) {
  std::size_t found = 0;
  std::error_code gone;
  for (fs::directory_iterator at{folder, gone}, end; !gone && at != end; at.increment(gone))
    ++found;
  return found;
}

/// 0: there is no such process any more. Its name, which comes before that, may hold anything.
pid_t parent_of(const fs::path& process) {
  std::ifstream file{process / "stat"};
  std::string text;
  std::getline(file, text, '\0');
  const auto name_ends = text.rfind(')');
  if (name_ends == std::string::npos)
    return 0;
  std::istringstream rest{text.substr(name_ends + 1)};
  char state = 0;
  pid_t parent = 0;
  rest >> state >> parent;
  return parent;
}

std::map<pid_t, pid_t> parents_of_all() {
  std::map<pid_t, pid_t> all;
  std::error_code gone;
  for (fs::directory_iterator at{"/proc", gone}, end; !gone && at != end; at.increment(gone)) {
    const auto name = at->path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec == std::errc{})
      all[pid] = parent_of(at->path());
  }
  return all;
}

std::vector<pid_t> descendants() {
  const auto all = parents_of_all();
  const auto self = getpid();
  const auto descends = [&](pid_t who) {
    auto at = all.find(who);
    for (int depth = 0; depth < deepest && at != all.end(); ++depth, at = all.find(at->second))
      if (at->second == self)
        return true;
    return false;
  };
  std::vector<pid_t> found;
  for (const auto& [pid, parent] : all)
    if (descends(pid))
      found.push_back(pid);
  return found;
}

std::string content(const fs::path& file) {
  std::ostringstream text; // a process may be gone while it is read: that is the end of its file
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

std::string name_of(pid_t who) {
  const auto folder = "/proc/" + std::to_string(who);
  auto command = content(folder + "/cmdline");
  std::ranges::replace(command, '\0', ' ');
  return content(folder + "/stat").substr(0, 40) + " " + command;
}

} // namespace

vitals vitals_now() {
  return {.rss_mb = rss_mb(),
          .fds = entries("/proc/self/fd") - 1,
          .threads = entries("/proc/self/task"),
          .processes = descendants().size()};
}

std::vector<std::string> descendants_now() {
  std::vector<std::string> names;
  for (const auto who : descendants())
    names.push_back(name_of(who));
  return names;
}

void keep_orphans() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

} // namespace soak
