#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

// These tests run the real supctl, so they take real time: what is tested are signals, terminals and
// exit codes, which no virtual clock can turn. Everything has a bound; whoever exceeds it is killed.

namespace supervisor {

/// A file that is there as long as this.
class text_file {
public:
  explicit text_file(std::string_view text);
  ~text_file();

  text_file(const text_file&) = delete;
  text_file& operator=(const text_file&) = delete;

  const std::string& path() const { return path_; }

  /// What it says now.
  std::string text() const;

private:
  std::string path_;
};

struct ended {
  int code = 0; ///< 128 + n: signal n
  std::string out{};
  std::string err{}; ///< empty on a terminal, where both are one
  std::chrono::milliseconds took{0};
};

/// Where its output goes, and what its environment has beside ours.
struct surroundings {
  bool terminal = false;
  std::vector<std::string> environment{}; ///< "NO_COLOR=1"
  unsigned short rows = 30, columns = 100;
  std::function<void()> before{}; ///< called in its process, just before it is there
};

/// A supctl that runs in the folder of the sources.
class supctl {
public:
  explicit supctl(std::vector<std::string> words, surroundings = {});
  ~supctl();

  supctl(const supctl&) = delete;
  supctl& operator=(const supctl&) = delete;

  /// Whether its output so far has the text so often, or will have it in time.
  bool says(std::string_view text, int times = 1);

  /// The same of its standard error, where that is another one.
  bool says_to_err(std::string_view text);

  /// What came so far.
  const std::string& out() const { return told_.out; }

  /// Waits, for some seconds, until it writes no more because nobody reads.
  void is_held_up() const;

  void send(int signal) const;
  pid_t pid() const { return who_; }

  /// Nobody reads its output any more: a pipe that is closed, a terminal that is gone.
  void hang_up();

  /// Waits for its end; kills it if that takes too long.
  ended end();

  /// The same, but nobody reads its output before it has ended.
  ended end_unread();

private:
  using clock = std::chrono::steady_clock;

  void close_all();
  void reap();
  void start(const surroundings&);
  [[noreturn]] void become(const surroundings&) const;
  bool read_more();

  std::vector<std::string> words_;
  pid_t who_ = -1;
  int out_ = -1, err_ = -1;
  ended told_{};
  const clock::time_point since_ = clock::now();
};

inline ended run_supctl(std::vector<std::string> words, surroundings where = {}) {
  return supctl{std::move(words), std::move(where)}.end();
}

} // namespace supervisor
