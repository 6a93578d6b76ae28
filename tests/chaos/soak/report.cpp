#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <sstream>

#include <sys/utsname.h>
#include <unistd.h>

namespace soak {

namespace {

std::string rounded(double x) {
  std::ostringstream out;
  out << std::setprecision(4) << x;
  return std::move(out).str();
}

std::string when(std::chrono::system_clock::time_point x) {
  const auto seconds = std::chrono::system_clock::to_time_t(x);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::ostringstream out;
  out << std::put_time(&parts, "%Y-%m-%dT%H:%M:%SZ");
  return std::move(out).str();
}

std::string machine() {
  utsname name{};
  uname(&name);
  const auto pages = static_cast<double>(sysconf(_SC_PHYS_PAGES));
  const auto memory = pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e9;
  return std::string{name.sysname} + " " + name.release + " " + name.machine + ", "
         + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " processors, " + rounded(memory)
         + " GB";
}

std::string bound(const chaos::threshold& x) {
  return (x.bound == chaos::direction::at_most ? "at most " : "at least ") + rounded(x.limit);
}

/// Far beyond the limit: nothing is to be released like that.
bool is_blocking(const chaos::threshold& x) {
  return x.bound == chaos::direction::at_least || !(x.value <= 1.5 * x.limit);
}

std::string word(const chaos::threshold& x) {
  return x.passed() ? "kept" : is_blocking(x) ? "VIOLATED, blocking" : "VIOLATED";
}

std::string row(const std::string& name, const course& x) {
  return "| " + name + " | " + rounded(x.first()) + " | " + rounded(x.average()) + " | "
         + rounded(x.highest()) + " | " + rounded(x.last()) + " | " + rounded(x.per_hour())
         + " |\n";
}

std::string counts(const result& x) {
  return std::to_string(x.requests) + " requests, " + std::to_string(x.commands) + " commands ("
         + std::to_string(x.failed_commands) + " refused or unanswered), "
         + std::to_string(x.restarts) + " restarts, " + std::to_string(x.events) + " events, "
         + std::to_string(x.subscribers) + " subscribers, " + std::to_string(x.shutdowns)
         + " small trees, " + std::to_string(x.lines) + " lines of programs, "
         + std::to_string(x.pauses) + " pauses";
}

} // namespace

bool result::passed() const {
  return !thresholds.empty()
         && std::ranges::all_of(thresholds, [](const auto& x) { return x.passed(); });
}

std::string to_markdown(const result& x) {
  auto text = "# Soak: " + std::string{x.passed() ? "passed" : "FAILED"} + "\n\n";
  text += "- window: " + when(x.began) + " to " + when(x.ended) + "; " + rounded(x.hours * 3600)
          + " s count, what was before is the warm-up\n";
  text += "- commit: " + (x.commit.empty() ? "unknown" : x.commit) + "\n";
  text += "- machine: " + machine() + "\n";
  text += "- load: " + counts(x) + "\n";
  text += "- samples: one a second, all of them in samples.csv\n";
  text += "- pauses: " + std::to_string(x.pauses) + ", of 0.3 s to 2 s; the latencies of "
          + std::to_string(x.paused_seconds)
          + " seconds do not count, because of a pause in them or in the second before\n\n";
  text += "| figure | value | threshold | |\n|---|---|---|---|\n";
  for (const auto& t : x.thresholds)
    text += "| " + t.name + " | " + rounded(t.value) + " | " + bound(t) + " | " + word(t) + " |\n";
  text += "\n| over time | first | average | highest | last | slope an hour |\n"
          "|---|---|---|---|---|---|\n";
  text += row("rss, MB", x.rss_mb) + row("open file descriptors", x.fds) + row("threads", x.threads)
          + row("processes", x.processes) + row("p99 of commands, ms", x.p99_ms);
  text += "\nRequests: p50 " + rounded(x.request_p50_ms) + " ms, p99 " + rounded(x.request_p99_ms)
          + " ms.\n";
  text += "Commands: p50 " + rounded(x.all_p50_ms) + " ms, p99 " + rounded(x.all_p99_ms) + " ms.\n";
  for (const auto& name : x.left)
    text += "\nLeft: " + name + "\n";
  return text;
}

std::string summary(const result& x) {
  auto text = std::string{x.passed() ? "passed" : "FAILED"} + ": " + counts(x) + "\n";
  for (const auto& t : x.thresholds)
    text += "  " + t.name + ": " + rounded(t.value) + " (" + bound(t) + ") " + word(t) + "\n";
  return text;
}

} // namespace soak
