#include "supervisor/process/guardian.hpp"

#include "supervisor/process/environment.hpp"
#include "supervisor/process/explain.hpp"
#include "supervisor/process/sweep.hpp"
#include "supervisor/process/words.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace supervisor {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t pipe_bytes = std::size_t{64} * 1024; ///< read at a time: what a pipe holds
constexpr int notices_at_a_time = 64;
constexpr auto between_looks = 5ms;
constexpr auto patience = std::chrono::milliseconds{wire::patience_ms};

/// Within which a helper that was told to kill has done so or said that it cannot.
constexpr auto helper_patience = patience + 1s;

std::string make_marker() {
  std::array<unsigned char, 8> dice{};
  [[maybe_unused]] const auto size = getrandom(dice.data(), dice.size(), 0);
  std::string text = std::to_string(getpid()) + '-';
  for (const auto byte : dice) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

process_end end_of(const wire::report& told) {
  process_end end;
  if (WIFSIGNALED(told.status)) {
    end.signal = WTERMSIG(told.status);
    end.core = WCOREDUMP(told.status);
  } else {
    end.code = WEXITSTATUS(told.status);
  }
  end.left_behind = static_cast<std::size_t>(told.left);
  return end;
}

/// The helper ends as its program did.
process_end end_of(const siginfo_t& helper) {
  process_end end;
  if (helper.si_code == CLD_EXITED)
    end.code = helper.si_status;
  else
    end.signal = helper.si_status;
  return end;
}

} // namespace

os_process::guardian::guardian(host_ref on, process_order order, process_callbacks callbacks)
  : host_(std::move(on)), order_(std::move(order)), tell_(std::move(callbacks)),
    marker_(make_marker()), out_{output_stream::out, lines{order_.spec.max_line_bytes}},
    err_{output_stream::err, lines{order_.spec.max_line_bytes}} {}

template <class... Args>
void os_process::guardian::tell(const std::function<void(Args...)>& to,
                                std::type_identity_t<Args>... what) {
  if (hushed_ || !to)
    return;
  try {
    to(std::forward<Args>(what)...);
  } catch (...) { // somebody else's function; the program is not to blame
  }
}

// -- starting ------------------------------------------------------------------------------------

void os_process::guardian::start() {
  if (hushed_) // nobody wants it any more
    return;
  if (const auto wrong = prepare())
    fail(*wrong);
  else
    watch();
}

std::optional<fault> os_process::guardian::prepare() {
  if (order_.spec.argv.empty() || order_.spec.argv.front().empty())
    return fault{"/process/argv", "names no program"};
  auto who = account_of(order_.spec);
  if (!who)
    return who.error().front();
  who_ = *std::move(who);
  if (auto wrong = make_cgroup())
    return wrong;
  if (auto wrong = limit())
    return wrong;
  if (auto wrong = open_notify_socket())
    return wrong;
  return launch_helper();
}

std::optional<fault> os_process::guardian::make_cgroup() {
  if (order_.cgroup.empty())
    return std::nullopt;
  auto made = cgroup_leaf::make(order_.cgroup, "supervised-" + marker_);
  if (made)
    cgroup_.emplace(*std::move(made));
  else if (order_.limits.required)
    return made.error().front();
  else
    tell(tell_.note, to_string(made.error().front()));
  return std::nullopt;
}

std::optional<fault> os_process::guardian::limit() {
  limits_ = enforce(order_.limits, cgroup_ ? &*cgroup_ : nullptr, who_.user.value_or(geteuid()));
  if (order_.limits.required && !limits_.missing.empty())
    return limits_.missing.front();
  for (const auto& one : limits_.missing)
    tell(tell_.note, to_string(one));
  return std::nullopt;
}

std::optional<fault> os_process::guardian::open_notify_socket() {
  if (!order_.notify)
    return std::nullopt;
  auto opened = notify_socket::open();
  if (!opened)
    return opened.error().front();
  notices_.emplace(*std::move(opened));
  return std::nullopt;
}

std::optional<fault> os_process::guardian::launch_helper() {
  order_.environment = environment_with(std::move(order_.environment),
                                        {.marker = marker_,
                                         .notify_address = notices_ ? notices_->address() : "",
                                         .watchdog = order_.watchdog});
  auto made = spawn({.spec = order_.spec,
                     .environment = order_.environment,
                     .who = who_,
                     .limits = limits_,
                     .cgroup_procs = cgroup_ ? cgroup_->procs() : "",
                     .must_join = order_.limits.required});
  if (!made)
    return made.error().front();
  helper_ = *std::move(made);
  return std::nullopt;
}

void os_process::guardian::watch() {
  const auto self = shared_from_this();
  out_.pipe = std::move(helper_.out);
  err_.pipe = std::move(helper_.err);
  on_control_ = host_.when_readable(helper_.control.number(), [self] { self->hear_helper(); });
  on_handle_ = host_.when_readable(helper_.handle.number(), [self] { self->helper_ended(); });
}

/// Of what the program says there is nothing to hear before it is said to run.
void os_process::guardian::now_running(pid_t pid) {
  running_ = true;
  tell(tell_.started, pid);
  if (notices_)
    on_notice_ = host_.when_readable(notices_->number(),
                                     [self = shared_from_this()] { self->hear_notices(); });
  watch_output();
}

void os_process::guardian::fail(const fault& wrong) {
  cgroup_.reset();
  notices_.reset();
  tell(tell_.failed, wrong);
  forget();
}

// -- while it runs -------------------------------------------------------------------------------

void os_process::guardian::signal(int number) {
  command({.kind = wire::command_kind::signal, .signal = number});
}

void os_process::guardian::kill() {
  if (!on_handle_) // it is ending already
    return;
  if (!command({.kind = wire::command_kind::kill, .signal = 0})) {
    on_control_.end();
    helper_.control.close(); // which means the same
  }
  later_ = host_.after(helper_patience, [self = shared_from_this()] {
    syscall(SYS_pidfd_send_signal, self->helper_.handle.number(), SIGKILL, nullptr, 0);
  });
}

bool os_process::guardian::command(const wire::command& what) {
  return helper_.control
         && send(helper_.control.number(), &what, sizeof what, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

void os_process::guardian::hear_helper() {
  wire::report told{};
  ssize_t size = 0;
  while ((size = recv(helper_.control.number(), &told, sizeof told, MSG_DONTWAIT))
         == static_cast<ssize_t>(sizeof told))
    hear(told);
  if (size >= 0 || errno != EAGAIN)
    on_control_.end();
}

void os_process::guardian::hear(const wire::report& told) {
  switch (told.kind) {
    case wire::report_kind::running:
      now_running(told.pid);
      return;
    case wire::report_kind::remark:
      tell(tell_.note,
           to_string(explain(told.wrong, order_.spec, order_.limits, order_.environment)));
      return;
    case wire::report_kind::failed:
      reported_ = true;
      failure_ = explain(told.wrong, order_.spec, order_.limits, order_.environment);
      return;
    case wire::report_kind::ended:
      reported_ = true;
      end_ = end_of(told);
      return;
  }
}

void os_process::guardian::hear_notices() {
  for (int i = 0; i < notices_at_a_time; ++i) {
    const auto notice = notices_->receive(who_.user.value_or(geteuid()));
    if (!notice)
      return;
    tell(tell_.notified, *notice);
  }
}

void os_process::guardian::watch_output() {
  if (!running_)
    return;
  for (auto* const one : {&out_, &err_}) {
    tell_lines(*one);
    if (paused_ || !one->pipe)
      one->reading.end();
    else if (!one->reading)
      one->reading = host_.when_readable(
        one->pipe.number(), [self = shared_from_this(), one] { self->read_output(*one); });
  }
}

void os_process::guardian::read_output(output& from) {
  std::array<char, pipe_bytes> some; // NOLINT: filled by read
  const auto size = read(from.pipe.number(), some.data(), some.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size <= 0) {
    from.reading.end();
    tell_rest(from);
    return;
  }
  from.text.feed({some.data(), static_cast<std::size_t>(size)});
  tell_lines(from);
}

void os_process::guardian::tell_lines(output& from) {
  while (!paused_) {
    auto line = from.text.next();
    if (!line)
      return;
    tell(tell_.line, {from.stream, std::move(line->text), line->cut});
  }
  from.reading.end();
}

// -- ending --------------------------------------------------------------------------------------

void os_process::guardian::helper_ended() {
  siginfo_t how{};
  const auto handle = static_cast<id_t>(helper_.handle.number());
  // Its pid is its session's name: nobody else must get it before those in it are gone.
  const auto looked = waitid(P_PIDFD, handle, &how, WEXITED | WNOHANG | WNOWAIT);
  if (looked == 0 && how.si_pid == 0)
    return;
  on_handle_.end();
  if (helper_.control)
    hear_helper();
  on_control_.end();
  later_.end();
  if (reported_) {
    clear_cgroup();
    return;
  }
  if (looked == 0)
    end_ = end_of(how);
  else
    end_.signal = SIGKILL; // somebody else has reaped it
  sweep();
}

void os_process::guardian::sweep() {
  const auto alive = kill_marked(helper_.pid, marker_);
  if (alive == 0 || swept_for_ >= patience) {
    end_.left_behind = alive;
    clear_cgroup();
    return;
  }
  swept_for_ += between_looks;
  later_ = host_.after(between_looks, [self = shared_from_this()] { self->sweep(); });
}

void os_process::guardian::clear_cgroup() {
  siginfo_t ignored{};
  waitid(P_PIDFD, static_cast<id_t>(helper_.handle.number()), &ignored, WEXITED | WNOHANG);
  if (!cgroup_) {
    finish();
    return;
  }
  end_.out_of_memory = end_.out_of_memory || cgroup_->ran_out_of_memory();
  cgroup_->kill_all();
  swept_for_ += between_looks;
  if (cgroup_->remove() || swept_for_ >= patience) {
    finish();
    return;
  }
  later_ = host_.after(between_looks, [self = shared_from_this()] { self->clear_cgroup(); });
}

void os_process::guardian::finish() {
  later_.end();
  if (!running_ && !failure_)
    failure_ = fault{"/process", "was killed before it had started"};
  tell_rest();
  if (failure_)
    tell(tell_.failed, *failure_);
  else
    tell(tell_.ended, end_);
  helper_ = {};
  notices_.reset();
  cgroup_.reset();
  forget();
}

void os_process::guardian::tell_rest() {
  for (auto* const one : {&out_, &err_})
    tell_rest(*one);
  if (!notices_)
    return;
  on_notice_.end();
  hear_notices();
  end_.ignored_notices = notices_->ignored();
}

/// As much as the pipe holds now: somebody who was left behind may fill it for ever.
void os_process::guardian::tell_rest(output& from) {
  from.reading.end();
  int left = 0;
  if (from.pipe)
    ioctl(from.pipe.number(), FIONREAD, &left);
  std::string some(static_cast<std::size_t>(left), '\0');
  for (ssize_t size = 0; left > 0; left -= static_cast<int>(size)) {
    size = read(from.pipe.number(), some.data(), static_cast<std::size_t>(left));
    if (size <= 0)
      break;
    from.text.feed({some.data(), static_cast<std::size_t>(size)});
  }
  while (auto line = from.text.rest())
    tell(tell_.line, {from.stream, std::move(line->text), line->cut});
  from.pipe.close();
}

} // namespace supervisor
