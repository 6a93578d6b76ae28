#include "supervisor/cli/session/service_manager.hpp"

#include "supervisor/cli/output/event_line.hpp"
#include "supervisor/cli/session/threads.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace supervisor {

namespace {

constexpr nanoseconds shortest = std::chrono::milliseconds{1};
constexpr nanoseconds look_every = std::chrono::milliseconds{100};

constexpr std::string_view is_ready = "READY=1\nSTATUS=all children were started";

std::string_view variable(const char* name) {
  const auto* value = std::getenv(name);
  return value ? value : "";
}

template <class T>
std::optional<T> number_in(std::string_view text) {
  T number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end && number > 0 ? std::optional{number}
                                                                 : std::nullopt;
}

std::optional<nanoseconds> watchdog_time() {
  constexpr std::int64_t most = nanoseconds::max().count() / 1000;
  const auto time = number_in<std::int64_t>(variable("WATCHDOG_USEC"));
  const auto whose = variable("WATCHDOG_PID");
  if (!time || (!whose.empty() && number_in<pid_t>(whose) != getpid()))
    return std::nullopt;
  return std::chrono::microseconds{std::min(*time, most)};
}

struct address {
  sockaddr_un name{};
  socklen_t size = 0; ///< 0: it is none
};

address address_of(const std::string& text) {
  address to;
  to.name.sun_family = AF_UNIX;
  if (text.size() < 2 || (text[0] != '/' && text[0] != '@')
      || text.size() >= sizeof to.name.sun_path)
    return to;
  std::memcpy(to.name.sun_path, text.data(), text.size());
  if (text[0] == '@') // it has no path, and no zero at its end
    to.name.sun_path[0] = '\0';
  to.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size()
                                   + (text[0] == '/' ? 1 : 0));
  return to;
}

} // namespace

service_environment service_environment::ours() {
  return {.address = std::string{variable("NOTIFY_SOCKET")}, .watchdog = watchdog_time()};
}

service_manager::service_manager(service_environment x) : about_(std::move(x)) {
  if (!about_.address.empty())
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

service_manager::~service_manager() {
  if (socket_ >= 0)
    close(socket_);
}

void service_manager::tell(std::string_view lines) const {
  const auto to = address_of(about_.address);
  if (socket_ >= 0 && to.size > 0)
    sendto(socket_, lines.data(), lines.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&to.name), to.size); // NOLINT: the interface of C
}

void service_manager::tell(const tree_event& x) const {
  constexpr std::string_view ours = "[supervisor] ";
  if (about_.address.empty())
    return;
  auto line = line_of(x);
  if (line.starts_with(ours))
    line.erase(0, ours.size());
  const auto stops = x.supervisor.empty() && x.what.what == event_type::shutdown_phase_changed
                     && x.what.from == shutdown_phase::idle;
  if (stops || !line.empty())
    tell((stops ? "STOPPING=1\nSTATUS=" : "STATUS=") + line);
}

service_watch::service_watch(std::shared_ptr<const service_manager> to, const tree& running)
  : to_(std::move(to)), tree_(running), starts_(try_to_start([to = to_, running] {
      if (running.started(stop_budget::no_end).empty())
        to->tell(is_ready);
    })) {
  const auto now = std::chrono::steady_clock::now();
  if (!starts_.joinable())
    look_at_ = now;
  if (to_->watchdog())
    beat_at_ = now;
}

std::optional<time_point> service_watch::due() const {
  return look_at_ && beat_at_ ? std::min(*look_at_, *beat_at_) : look_at_ ? look_at_ : beat_at_;
}

void service_watch::turn(time_point now) {
  if (look_at_ && now >= *look_at_)
    look_whether_started(now);
  if (beat_at_ && now >= *beat_at_)
    beat(now);
}

void service_watch::look_whether_started(time_point now) {
  look_at_ = now + look_every;
  if (!tree_.started(nanoseconds{0}).empty())
    return;
  to_->tell(is_ready);
  look_at_.reset();
}

/// Asked for with a message, so that who answers is the control loop itself; nobody waits for that.
void service_watch::beat(time_point now) {
  beat_at_ = now + std::max<nanoseconds>(*to_->watchdog() / 2, shortest);
  if (!asked_->exchange(true))
    tree_.count_children("/", [asked = asked_, to = to_](const expected<child_counts>& answer) {
      *asked = false;
      if (answer)
        to->tell("WATCHDOG=1");
    });
}

} // namespace supervisor
