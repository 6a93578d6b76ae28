#include "supervisor/cli/output/outlet.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace supervisor {

namespace {

using namespace std::chrono_literals;

constexpr auto between_tries = 1s;
constexpr auto after_a_false_word = 50ms; ///< that there is room

constexpr std::size_t most_at_once = std::size_t{64} * 1024;
// Where there is any room, there is room for so much:
constexpr std::size_t most_for_a_pipe = 4096; // PIPE_BUF
constexpr std::size_t most_for_a_terminal = 256;

bool is(int descriptor, mode_t type) {
  struct stat it {};
  return fstat(descriptor, &it) == 0 && (it.st_mode & S_IFMT) == type;
}

/// The same pipe or terminal, but not the same open file: that it does not block is for nobody else to
/// see.
int one_that_does_not_block(int descriptor) {
  const auto path = "/proc/self/fd/" + std::to_string(descriptor);
  return ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

} // namespace

outlet::outlet(int descriptor, std::string name)
  : name_(std::move(name)), descriptor_(descriptor), is_terminal_(isatty(descriptor) == 1) {
  open(descriptor);
}

outlet::~outlet() {
  if (is_ours_)
    close(descriptor_);
}

void outlet::open(int descriptor) {
  if (is(descriptor, S_IFSOCK))
    kind_ = kind::socket;
  if (!is_terminal_ && !is(descriptor, S_IFIFO))
    return;
  const auto another = one_that_does_not_block(descriptor);
  is_ours_ = another >= 0;
  if (is_ours_)
    descriptor_ = another;
  else
    kind_ = kind::may_wait;
}

void outlet::put(std::string_view bytes) {
  if (off_)
    return;
  rest_.erase(0, std::exchange(written_, 0));
  rest_ += bytes;
}

bool outlet::write_some(time_point now) {
  if (again_ && now >= *again_)
    again_.reset();
  bool moved = false;
  while (!is_idle() && !full_ && !again_) {
    const auto size = write_now(std::string_view{rest_}.substr(written_));
    if (size < 0) {
      note_failure(errno, now);
      continue;
    }
    moved = true;
    failing_ = was_told_of_room_ = false;
    written_ += static_cast<std::size_t>(size);
    if (written_ == rest_.size())
      written_ = 0, rest_.clear();
  }
  return moved;
}

long outlet::write_now(std::string_view bytes) const {
  switch (kind_) {
    case kind::never_waits:
      return write(descriptor_, bytes.data(), std::min(bytes.size(), most_at_once));
    case kind::socket:
      return send(descriptor_, bytes.data(), std::min(bytes.size(), most_at_once),
                  MSG_DONTWAIT | MSG_NOSIGNAL);
    case kind::may_wait: {
      pollfd there{descriptor_, POLLOUT, 0};
      if (poll(&there, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
      }
      return write(descriptor_, bytes.data(),
                   std::min(bytes.size(), is_terminal_ ? most_for_a_terminal : most_for_a_pipe));
    }
  }
  return -1;
}

void outlet::note_failure(int error, time_point now) {
  if (error == EINTR)
    return;
  if (error == EAGAIN || error == EWOULDBLOCK) {
    full_ = true;
    if (was_told_of_room_)
      again_ = now + after_a_false_word;
    return;
  }
  is_told_ = is_told_ && error == error_;
  error_ = error;
  off_ = error == EPIPE || error == ECONNRESET || error == EBADF || (is_terminal_ && error == EIO);
  failing_ = true;
  again_ = now + between_tries;
  if (off_)
    rest_.clear(), again_.reset();
}

std::optional<std::string> outlet::take_trouble() {
  if (std::exchange(is_told_, true))
    return std::nullopt;
  const auto what = name_ + ": " + std::generic_category().message(error_);
  return off_ ? what + "; nothing more is written there"
              : what + "; it is tried again every second, and what there is no room for is counted";
}

pollfd outlet::room() const {
  const auto waits = !is_idle() && full_ && !again_;
  return {waits ? descriptor_ : -1, POLLOUT, 0};
}

void outlet::has_room() {
  full_ = false;
  was_told_of_room_ = true;
}

void outlet::try_at_once() {
  full_ = false;
  again_.reset();
}

std::size_t outlet::lines_left() const {
  const auto left = std::string_view{rest_}.substr(written_);
  const auto is_whole = left.empty() || left.ends_with('\n');
  return static_cast<std::size_t>(std::ranges::count(left, '\n')) + (is_whole ? 0 : 1);
}

} // namespace supervisor
