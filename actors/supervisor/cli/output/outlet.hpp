#pragma once

#include "supervisor/policies.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <poll.h>

namespace supervisor {

/// A file descriptor that is written to without waiting for whoever reads, and what could not be
/// written so far. For one thread at a time.
///
/// A reader who does not read makes it wait for room. A write that fails (the disk is full, say) is
/// tried again after a second. Where nobody reads any more, it is off: what it gets is dropped.
class outlet {
public:
  /// The descriptor stays the caller's. `name` is what people call it.
  outlet(int descriptor, std::string name);
  ~outlet();

  outlet(const outlet&) = delete;
  outlet& operator=(const outlet&) = delete;

  void put(std::string_view bytes);

  /// Nothing is left to be written.
  bool is_idle() const { return rest_.empty(); }

  bool is_off() const { return off_; }
  bool is_failing() const { return failing_; }

  /// Writes what goes. True: something went.
  bool write_some(time_point now);

  /// What went wrong, in words, if that is not known so far.
  std::optional<std::string> take_trouble();

  /// To wait for before it is worth to write: room, see `has_room`; or an instant. Neither, if it is
  /// idle.
  pollfd room() const;
  std::optional<time_point> again() const { return again_; }

  void has_room();

  /// Whatever it waits for: the next write is tried.
  void try_at_once();

  /// Lines, or parts of one, that were not written.
  std::size_t lines_left() const;

private:
  enum class kind : char {
    never_waits, ///< a file, or a descriptor of ours that does not block
    socket,
    may_wait, ///< there is no such descriptor to be had: it is asked first
  };

  void open(int descriptor);
  long write_now(std::string_view bytes) const;
  void note_failure(int error, time_point now);

  const std::string name_;
  int descriptor_ = -1;
  bool is_ours_ = false;
  bool is_terminal_ = false;
  kind kind_ = kind::never_waits;
  std::string rest_{};
  std::size_t written_ = 0; ///< of the rest
  bool off_ = false;
  bool failing_ = false;
  bool full_ = false;
  bool was_told_of_room_ = false;
  std::optional<time_point> again_{};
  int error_ = 0; ///< the last one
  bool is_told_ = true;
};

} // namespace supervisor
