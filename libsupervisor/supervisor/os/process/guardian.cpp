#include "supervisor/os/process/guardian.hpp"

#include "supervisor/os/environment/environment.hpp"
#include "supervisor/os/process/explain.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace supervisor {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t pipe_bytes = std::size_t{64} * 1024; ///< read at a time: what a pipe holds

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

} // namespace

os_process::guardian::guardian(host_ref on, process_order order, process_callbacks callbacks)
  : host_(std::move(on)), order_(std::move(order)), tell_(std::move(callbacks)),
    marker_(make_marker()), out_{output_stream::out, lines{order_.spec.max_line_bytes}},
    err_{output_stream::err, lines{order_.spec.max_line_bytes}} {}

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
  if (auto wrong = make_notify_place())
    return wrong;
  return launch_helper();
}

std::optional<fault> os_process::guardian::make_cgroup() {
  if (order_.cgroup.empty())
    return std::nullopt;
  auto made = cgroup_leaf::make(order_.cgroup, marker_);
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

std::optional<fault> os_process::guardian::make_notify_place() {
  if (!order_.notify)
    return std::nullopt;
  auto made = notify_place::make();
  if (!made)
    return made.error().front();
  notices_.emplace(*std::move(made));
  return std::nullopt;
}

std::optional<fault> os_process::guardian::launch_helper() {
  order_.environment = environment_with(std::move(order_.environment),
                                        {.marker = marker_,
                                         .notify_address = notices_ ? notices_->address() : "",
                                         .watchdog = order_.watchdog,
                                         .of_user = variables_of_user(who_)});
  auto made = spawn({.spec = order_.spec,
                     .environment = order_.environment,
                     .who = who_,
                     .limits = limits_,
                     .notify_address = notices_ ? notices_->address() : "",
                     .soft_files = order_.soft_files,
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

void os_process::guardian::now_running(pid_t pid) {
  running_ = true;
  main_ = descriptor{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
  if (main_)
    on_main_
      = host_.when_readable(main_.number(), [self = shared_from_this()] { self->main_is_gone(); });
  tell(tell_.started, pid);
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
  wake_helper();
  command({.kind = wire::command_kind::signal, .signal = number});
}

void os_process::guardian::stop(int number) {
  wake_helper();
  command({.kind = wire::command_kind::stop, .signal = number});
}

bool os_process::guardian::command(const wire::command& what) {
  return helper_.control
         && send(helper_.control.number(), &what, sizeof what, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

void os_process::guardian::hear_helper() {
  struct {
    wire::report head;
    std::array<char, wire::max_notice> text;
  } told; // NOLINT: filled by recv
  constexpr auto least = static_cast<ssize_t>(sizeof told.head);
  ssize_t size = 0;
  while ((size = recv(helper_.control.number(), &told, sizeof told, MSG_DONTWAIT)) >= least)
    hear(told.head, {told.text.data(), static_cast<std::size_t>(size - least)});
  if (size >= 0 || errno != EAGAIN)
    on_control_.end();
}

namespace {

some_processes those_of(const wire::report& told) {
  some_processes all{.count = told.count};
  for (const auto& one : told.some)
    if (one.pid != 0)
      all.some.push_back({one.pid, std::string{one.name, strnlen(one.name, sizeof one.name)}});
  return all;
}

process_end end_of(const wire::report& told) {
  process_end end;
  if (WIFSIGNALED(told.status)) {
    end.signal = WTERMSIG(told.status);
    end.core = WCOREDUMP(told.status);
  } else {
    end.code = WEXITSTATUS(told.status);
  }
  return end;
}

} // namespace

void os_process::guardian::hear(const wire::report& told, std::string_view text) {
  switch (told.kind) {
    case wire::report_kind::running:
      return now_running(told.pid);
    case wire::report_kind::remark:
      return tell(tell_.note,
                  to_string(explain(told.wrong, order_.spec, order_.limits, order_.environment)));
    case wire::report_kind::failed:
      reported_ = true;
      failure_ = explain(told.wrong, order_.spec, order_.limits, order_.environment);
      return;
    case wire::report_kind::notice:
      return tell(tell_.notified, parse_notice(text),
                  std::chrono::steady_clock::time_point{nanoseconds{told.at_ns}});
    case wire::report_kind::refused:
      return tell(tell_.refused, told.count, those_of(told).some.at(0));
    case wire::report_kind::main_exited:
      return main_has_exited(end_of(told), those_of(told));
    case wire::report_kind::obstinate:
      if (told.main_ended)
        main_has_exited(end_of(told), those_of(told));
      return they_do_not_end(those_of(told));
    case wire::report_kind::killing:
      return expect_the_helper_to_tell(2s);
    case wire::report_kind::ended:
      reported_ = true;
      end_ = end_of(told);
      end_.swept = those_of(told);
      return;
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

} // namespace supervisor
