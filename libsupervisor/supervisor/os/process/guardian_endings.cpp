// How a program ends: what its helper says of it, a helper that says nothing, and those who do not go.

#include "supervisor/os/process/guardian.hpp"
#include "supervisor/os/process/sweep.hpp"

#include <csignal>

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace supervisor {

using namespace std::chrono_literals;

namespace {

/// Within which a helper answers that is not held by somebody.
constexpr auto answer_within = 500ms;

/// So often it may be late without being held, where there is too little processor time for all.
constexpr std::size_t most_delays = 60;

/// After so many looks those who are still there are told of.
constexpr std::size_t looks_in_silence = 6;

/// 5 ms at first, a second in the end.
nanoseconds pause_before(std::size_t look) {
  constexpr std::size_t most = 8;
  return std::min<nanoseconds>(5ms * (1 << std::min(look, most)), 1s);
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

void send_signal(const descriptor& process, int number) {
  if (process)
    syscall(SYS_pidfd_send_signal, process.number(), number, nullptr, 0);
}

} // namespace

// -- a helper that does not answer ----------------------------------------------------------------------

/// A program may have stopped it.
void os_process::guardian::wake_helper() {
  if (on_handle_)
    send_signal(helper_.handle, SIGCONT);
}

void os_process::guardian::kill() {
  if (!on_handle_) // it is ending already
    return;
  wake_helper();
  if (!command({.kind = wire::command_kind::kill, .signal = 0})) {
    on_control_.end();
    helper_.control.close(); // which means the same
  }
  if (!std::exchange(kills_, true))
    expect_the_helper_to_tell(answer_within);
}

/// Whoever can hold the helper, by a signal or as its debugger, could otherwise keep its program alive.
void os_process::guardian::expect_the_helper_to_tell(nanoseconds within) {
  silence_ = host_.patiently(within, [self = shared_from_this()] { self->helper_is_silent(); });
}

/// The helper, as its parent, has to tell of that.
void os_process::guardian::main_is_gone() {
  on_main_.end();
  if (reported_ || main_exited_ || silence_ || !on_handle_)
    return;
  wake_helper();
  expect_the_helper_to_tell(1s);
}

/// A helper that is only slow gets more time: nobody else knows who is to be killed.
void os_process::guardian::helper_is_silent() {
  silence_.end();
  if (!on_handle_)
    return;
  if (is_held(helper_.pid) || ++delays_ >= most_delays)
    return give_helper_up();
  wake_helper();
  expect_the_helper_to_tell(answer_within);
}

void os_process::guardian::give_helper_up() {
  silence_.end();
  end_.helper = helper_end::gave_up;
  send_signal(helper_.handle, SIGKILL);
}

/// Nobody may be there any more to hear what comes of it. A helper that runs goes on by itself, also when we
/// have ended: it knows those who left no other trace, and must not be killed while it has stopped them.
void os_process::guardian::kill_in_haste() {
  if (!on_handle_)
    return;
  const auto held = is_held(helper_.pid);
  kill();
  if (!held)
    return;
  give_helper_up();
  kill_marked(helper_.pid, marker_);
}

// -- those whom it leaves behind ------------------------------------------------------------------------

void os_process::guardian::main_has_exited(const process_end& how, const some_processes& others) {
  silence_.end();
  if (std::exchange(main_exited_, true))
    return;
  tell(tell_.main_exited, how, others);
}

void os_process::guardian::they_do_not_end(const some_processes& who) {
  silence_.end();
  tell(tell_.obstinate, who);
}

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
  on_main_.end();
  silence_.end();
  if (reported_)
    return clear_cgroup();
  const auto why = end_.helper == helper_end::in_order ? helper_end::was_killed : end_.helper;
  end_ = looked == 0 ? end_of(how) : process_end{.signal = SIGKILL}; // somebody else has reaped it
  end_.helper = why;
  sweep();
}

/// Who knew them is gone.
void os_process::guardian::sweep() {
  const auto alive = kill_marked(helper_.pid, marker_);
  if (looks_ == 0)
    end_.swept = alive;
  if (alive.count == 0)
    return clear_cgroup();
  if (looks_ == looks_in_silence) {
    main_has_exited(end_, alive);
    they_do_not_end(alive);
  }
  look_again(&guardian::sweep);
}

void os_process::guardian::look_again(void (guardian::*at)()) {
  later_
    = host_.after(pause_before(looks_++), [self = shared_from_this(), at] { ((*self).*at)(); });
}

void os_process::guardian::clear_cgroup() {
  siginfo_t ignored{};
  waitid(P_PIDFD, static_cast<id_t>(helper_.handle.number()), &ignored, WEXITED | WNOHANG);
  if (!cgroup_)
    return finish();
  end_.out_of_memory = end_.out_of_memory || cgroup_->ran_out_of_memory();
  cgroup_->kill_all();
  if (cgroup_->remove())
    return finish();
  if (looks_ == looks_in_silence) {
    main_has_exited(end_, cgroup_->members());
    they_do_not_end(cgroup_->members());
  }
  look_again(&guardian::clear_cgroup);
}

void os_process::guardian::finish() {
  later_.end();
  if (!running_ && !failure_)
    failure_ = fault{"/process", "was killed before it had started"};
  tell_rest(out_);
  tell_rest(err_);
  if (failure_)
    tell(tell_.failed, *failure_);
  else
    tell(tell_.ended, end_);
  helper_ = {};
  main_ = {};
  notices_.reset();
  cgroup_.reset();
  forget();
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
