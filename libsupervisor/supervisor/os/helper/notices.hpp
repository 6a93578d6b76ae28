#pragma once

#include "supervisor/os/process/wire.hpp"

// What the program and those who descend from it say of it, see sd_notify(3). The helper judges who
// speaks, because it alone still sees the speaker: whoever counts is passed on with the time.

namespace supervisor::helper {

class notices {
public:
  /// A socket at that path. Its folder is removed with it. False: there is none, see errno.
  bool listen(const char* path);

  /// Nobody finds it any more.
  void close();

  int file() const { return file_; }

  /// Passes on what waits, or as much of it as there is room for.
  void hear();

  /// Something waits to be passed on.
  bool is_blocked() const { return waiting_ > 0; }

  /// In how many milliseconds `tell_refused` has something to say; negative: never.
  int tells_in() const;

  /// How many notices did not count, if somebody is to hear that now; `last`: in any case.
  void tell_refused(bool last);

private:
  bool pass_on();
  void refuse(pid_t sender);

  int file_ = -1;
  const char* path_ = nullptr;
  struct {
    wire::report head;
    char text[wire::max_notice];
  } next_{};
  int waiting_ = 0; ///< bytes of the text that is next; 0: none
  unsigned refused_ = 0;
  wire::named_process refused_first_{};
  long long refused_told_at_ = -1; ///< in milliseconds
};

/// On the monotonic clock.
long long now_ns();

} // namespace supervisor::helper
