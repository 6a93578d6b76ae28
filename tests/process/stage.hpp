#pragma once

#include "supervisor/os/process/os_process.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace supervisor {

using namespace std::chrono_literals;

/// Of a wait for what real processes do.
inline constexpr auto patience = 30s;

/// Looks again and again, until it holds or patience is over.
bool becomes_true(const std::function<bool()>&);

/// No such process, or a zombie that its parent has not looked at yet.
bool is_gone(pid_t);

pid_t parent_of(pid_t);

/// The processes that this program has started with os_process, and all below them.
std::vector<pid_t> all_of_ours();

std::string show(const process_end&);

/// "puppet puppet"
std::string names_of(const some_processes&);

/// "NAME=value" of this program.
std::vector<std::string> our_environment();

/// A puppet that does what the words say.
process_order puppet(std::vector<std::string> words);

/// One process, and all that was told of it.
class actor_on_stage {
public:
  /// `at_line` is called for each line before it is noted.
  actor_on_stage(const host&, process_order,
                 std::function<void(actor_on_stage&, const process_line&)> at_line = {});

  /// Waits until nothing can be told any more.
  ~actor_on_stage();

  /// "exit 0", "signal 9", or the fault; "still there" after too long a time.
  std::string end();

  pid_t pid();

  /// The line of that number of stdout, when it is there; "(none)" after too long a time.
  std::string line(std::size_t number);

  /// What was printed so far.
  std::vector<std::string> lines();
  std::vector<process_line> all_lines();
  std::vector<std::string> notes();
  std::vector<process_notice> notices();
  std::vector<time_point> heard_at(); ///< of the notices
  std::string refused();              ///< "3 of puppet; "
  std::optional<process_end> how();

  /// What was told of those whom its main process left, "exit 0, puppet puppet".
  std::string left();

  /// The names of those who could not be killed.
  std::string obstinate();

  bool waits_until(const std::function<bool()>&);

  std::optional<os_process> process{};

private:
  void note(const std::function<void()>&);
  std::vector<std::string> lines_of(output_stream) const;

  host_ref host_;
  std::mutex mutex_;
  std::condition_variable changed_;
  pid_t pid_ = 0;
  std::vector<process_line> lines_{};
  std::vector<std::string> notes_{};
  std::vector<process_notice> notices_{};
  std::vector<time_point> heard_at_{};
  std::string refused_{};
  std::string left_{};
  some_processes obstinate_{};
  std::optional<fault> failed_{};
  std::optional<process_end> ended_{};
  int told_after_end_ = 0;
};

/// A host, and at its end the certainty that nobody is left.
class stage {
public:
  stage() = default;
  ~stage();

  operator const host&() const { return host_; }

private:
  host host_;
};

/// A folder of its own.
class temporary_folder {
public:
  temporary_folder();
  ~temporary_folder();

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// What it printed and how it ended: "a/b/exit 0".
std::string run(process_order);

/// As above, of a puppet.
std::string run(std::vector<std::string> words);

void write(const std::filesystem::path&, const std::string& text);
std::string content(const std::filesystem::path&);

} // namespace supervisor
