#pragma once

#include "supervisor/cli/output/screen.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>

namespace supervisor {

class desk;

struct printer_options {
  int out = 1, err = 2; ///< descriptors, which stay the caller's
  bool own_thread = true;
};

/// Standard output and standard error of a program that runs a tree. Nobody who says something waits
/// for whoever reads: a thread writes, and what does not fit into the room before it is counted and
/// dropped. What cannot be written to one of the two is told on the other one, once.
///
/// If there is no thread to be had, whoever waits for other things in the meantime has to call `write`
/// when one of its wishes has come true; nobody waits for a reader then, either.
class printer {
public:
  printer(screen, printer_options = {});

  /// As `end`, without patience.
  ~printer();

  printer(const printer&) = delete;
  printer& operator=(const printer&) = delete;

  // -- for anybody, at any time. Lines are shown as they are: without their end, and printable --------

  void say(std::string line);      ///< on standard output
  void complain(std::string line); ///< on standard error

  /// As `say`, but waits for room. Not if standard output fails, and not for longer than a second in
  /// which nobody reads once there is reason to hurry.
  void pass_on(std::string line);

  void hurry();

  /// The picture, if standard output has one.
  void show(supervisor_state);
  void clear(); ///< there will be none any more

  bool has_picture() const;
  bool has_colour() const;

  // -- without a thread of its own ---------------------------------------------------------------------

  bool has_thread() const { return thread_.joinable(); }

  /// What to wait for: any of these, or that instant. Nothing, if it has a thread.
  std::vector<pollfd> wants() const;
  std::optional<time_point> wants_at() const;

  /// What goes now; `ready` is what `wants` said, after poll.
  void write(std::span<const pollfd> ready);

  // -- at the end ----------------------------------------------------------------------------------------

  /// Writes what is left as long as somebody takes it, in that time at most, and then no more; what
  /// nobody took is counted and told on the other one of the two. Whether all was written.
  bool end(nanoseconds patience);

  static constexpr nanoseconds usual_patience = std::chrono::seconds{3};

private:
  void wait_until_done(nanoseconds most);
  void let_thread_go();

  const std::shared_ptr<desk> desk_; ///< the thread has it as long as it lives
  std::jthread thread_{};
  bool ended_ = false;
};

} // namespace supervisor
