#pragma once

#include "program.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

namespace supervisor {

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// The file of a tree with one program, a shell that says "up", does something, and cleans up when it is
/// told to stop, which leaves a trace.
class server_file {
public:
  /// `work` is what it does over and over again; `beside` runs next to it.
  explicit server_file(const std::string& work = "sleep 0.02", const std::string& beside = "true")
    : trace_(scratch_.path() + ".bye"),
      file_(
        R"({"version": 1, "id": "served", "children": [{"id": "web", "process": {"argv": ["/bin/sh", "-c", ")"
        "trap 'echo cleaning up; echo bye >"
        + trace_ + "; exit 0' TERM; echo up; echo up >" + trace_ + ".up; " + beside
        + " & while :; do " + work + R"(; done"]}}]})") {}

  ~server_file() {
    std::error_code ignored;
    std::filesystem::remove(trace_, ignored);
    std::filesystem::remove(trace_ + ".up", ignored);
  }

  const std::string& path() const { return file_.path(); }

  /// Waits for it, for some seconds: where nobody sees what it says.
  bool comes_up() const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!std::filesystem::exists(trace_ + ".up")) {
      if (std::chrono::steady_clock::now() > until)
        return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
  }

  /// It was asked to stop, and had the time that it needs.
  bool cleaned_up() const { return std::filesystem::exists(trace_); }

private:
  const text_file scratch_{""};
  const std::string trace_;
  const text_file file_;
};

} // namespace supervisor
