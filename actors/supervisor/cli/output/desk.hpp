#pragma once

#include "supervisor/cli/output/line_queue.hpp"
#include "supervisor/cli/output/outlet.hpp"
#include "supervisor/cli/output/screen.hpp"
#include "supervisor/cli/session/bell.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace supervisor {

/// What the thread of a printer shares with all others.
class desk {
public:
  desk(screen, int out, int err);

  enum class stream : std::uint8_t { out, err };

  // -- for anybody, at any time ----------------------------------------------------------------------

  void add(stream, std::string line);
  void pass_on(std::string line); ///< see printer
  void hurry();
  void show(supervisor_state);
  void clear(); ///< for good

  bool can_draw() const { return can_draw_; }
  bool has_colour() const { return has_colour_; }

  // -- for the one who writes ------------------------------------------------------------------------

  /// What goes now. True: it is worth to look at once whether more does.
  bool write();

  /// When it is worth to write again: one of the descriptors is ready, or it is time.
  std::array<pollfd, 3> any_of() const;
  std::optional<time_point> or_at() const;

  void came(std::span<const pollfd> any_of); ///< after poll

  /// Waits for that, until then at the longest.
  void wait(std::optional<time_point> until);

  void ring() { bell_.ring(); }

  void run(); ///< until `leave`

  // -- at the end, for the one who ends it -----------------------------------------------------------

  void finish(); ///< whoever waits for room waits no more, and what failed is tried once more

  /// Until nothing is left that could be written, but not beyond `until`, nor for long while nobody
  /// takes anything. Whether that is so.
  bool wait_until_done(time_point until);
  bool is_done() const;

  /// What was not written is counted and dropped; the other one of the two is told. False: there was
  /// something.
  bool give_up();

  void leave();
  bool wait_until_left(time_point until);

private:
  struct side {
    side(int descriptor, std::string called) : name(called), to(descriptor, std::move(called)) {}

    const std::string name;
    outlet to; ///< for the one who writes

    // with the lock held
    line_queue lines{};
    std::optional<time_point> stuck_since{}; ///< it has something to write, and nobody has taken it
    std::uint64_t unwritten = 0;             ///< lines that are with the outlet
    std::uint64_t lost = 0;                  ///< of which one of these lines tells
    bool is_idle = true;                     ///< the outlet has nothing
    bool refuses = false;                    ///< to write fails
    bool given_up = false;
  };

  void ring_once();
  void refill();
  void refill(side&, std::vector<std::string>& lines);
  bool write_some();
  bool tell_of_trouble();
  void note(side&, bool moved, time_point);
  static bool is_stuck(const side&, time_point now);
  bool is_written(const side&) const;
  bool is_done(const side&) const;
  side& side_of(stream);

  bell bell_;
  const bool can_draw_;
  const bool has_colour_;
  const bool err_is_out_; ///< one terminal: a picture has to know of all that is written there
  screen screen_;         ///< for the one who writes

  std::atomic<bool> leaves_ = false;
  mutable std::mutex lock_; ///< of all below
  std::condition_variable changed_;
  side out_;
  side err_;
  std::optional<supervisor_state> state_{};
  bool repaints_ = false;
  bool is_cleared_ = false; ///< for good
  bool rung_ = false;
  bool hurries_ = false;
  bool finishes_ = false;
  bool tries_last_ = false;
  bool last_try_made_ = false;
  bool left_ = false;
};

} // namespace supervisor
