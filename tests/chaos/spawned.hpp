#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace chaos {

using std::chrono::nanoseconds;

/// Where another program says what it has to say. What is not named goes into a pipe that we read.
struct outputs {
  int out = -1, err = -1; ///< descriptors of ours, which stay ours
  std::string terminal{}; ///< the path of one, which then controls it: all three go there
};

/// Another program that runs for us, with all signals at their defaults. It is killed when this goes
/// out of scope. For one thread at a time.
class spawned {
public:
  explicit spawned(std::vector<std::string> argv, const outputs& = {});
  ~spawned();

  spawned(const spawned&) = delete;
  spawned& operator=(const spawned&) = delete;

  /// Negative: it could not be started.
  pid_t pid() const { return pid_; }

  /// A line on its standard input.
  void tell(const std::string& line) const;
  void send(int signal) const;

  /// What came from its pipes so far.
  const std::string& out() const { return out_.text; }
  const std::string& err() const { return err_.text; }

  /// Whether the text is there, or comes in time.
  bool says(const std::string& text, nanoseconds within);
  bool complains(const std::string& text, nanoseconds within);

  /// The rest of the first line of its standard output that begins so, with a word behind it.
  std::optional<std::string> word_after(const std::string& beginning, nanoseconds within);

  /// As waitpid has it; nothing: it has not ended in time. Its pipes are read meanwhile.
  std::optional<int> end(nanoseconds within);

private:
  struct source {
    int fd = -1;
    std::string text{};

    void read_now();
  };

  void listen(nanoseconds at_most);
  bool has_ended();

  /// Listens until `holds()` says so, or in vain.
  template <class F>
  bool listen_until(F holds, nanoseconds within);

  pid_t pid_ = -1;
  int to_ = -1;
  source out_{}, err_{};
  std::optional<int> status_{};
};

} // namespace chaos
