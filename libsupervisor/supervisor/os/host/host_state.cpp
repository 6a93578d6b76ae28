#include "supervisor/os/host/host_state.hpp"

#include "supervisor/due.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace supervisor {

namespace {

void change_mask(int how, int signal) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  pthread_sigmask(how, &one, nullptr);
}

} // namespace

host_state::descriptor_wait::descriptor_wait(asio::io_context& io, int number, wait_type wanted)
  : fd(io), what(wanted) {
  boost::system::error_code ignored;
  fd.assign(number, ignored);
}

host_state::descriptor_wait::~descriptor_wait() {
  if (fd.is_open())
    fd.release();
}

host_state::signal_wait::signal_wait(host_state& state, std::vector<int> wanted)
  : owner(state), set(state.io_), numbers(std::move(wanted)) {
  boost::system::error_code ignored;
  for (const auto number : numbers) {
    owner.take(number);
    set.add(number, ignored);
  }
}

host_state::signal_wait::~signal_wait() {
  boost::system::error_code ignored;
  set.clear(ignored);
  for (const auto number : numbers)
    owner.give_back(number);
}

void host_state::run() {
  const auto work = asio::make_work_guard(io_);
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (...) { // somebody else's function: it has had its chance, the others have theirs
    }
  }
  std::exchange(jobs_, {}).clear(); // which may end others
}

void host_state::post(std::function<void()> fn) { asio::post(io_, std::move(fn)); }

void host_state::soon(std::function<void()> fn) { asio::dispatch(io_, std::move(fn)); }

std::uint64_t host_state::begin(make_job make) {
  const auto id = ++last_id_;
  soon([this, id, make = std::move(make)] { add(id, make); });
  return id;
}

void host_state::add(std::uint64_t id, const make_job& make) {
  const auto made = make(*this);
  jobs_[id] = made;
  wait(id, made);
}

void host_state::arm(std::uint64_t id, std::chrono::nanoseconds delay) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end())
    return;
  if (const auto timer = std::get_if<asio::steady_timer>(&found->second->waits)) {
    timer->expires_after(sensible(delay));
    wait(id, found->second);
  }
}

void host_state::end(std::uint64_t id) {
  auto ended = jobs_.extract(id); // and then destroyed, which may end others
  if (ended)
    ended.mapped()->waits.emplace<std::monostate>();
}

std::chrono::nanoseconds host_state::sensible(std::chrono::nanoseconds delay) {
  constexpr std::chrono::nanoseconds longest = std::chrono::hours{24 * 365};
  return std::clamp(delay, std::chrono::nanoseconds{0}, longest);
}

void host_state::wait(std::uint64_t id, const std::shared_ptr<job>& one) {
  const auto round = ++one->round;
  const auto done = [this, id, round](const boost::system::error_code& failed, int value = 0) {
    if (!failed)
      came(id, round, value);
  };
  if (const auto timer = std::get_if<asio::steady_timer>(&one->waits))
    timer->async_wait(done);
  else if (const auto descriptor = std::get_if<descriptor_wait>(&one->waits))
    descriptor->fd.async_wait(descriptor->what, done);
  else if (const auto signals = std::get_if<signal_wait>(&one->waits))
    signals->set.async_wait(done);
}

void host_state::came(std::uint64_t id, std::uint64_t round, int value) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second->round != round)
    return;
  const auto one = found->second; // lives until the call is over, though it may end itself
  if (put_off(*one))
    return wait(id, one);
  const bool repeats = !std::holds_alternative<asio::steady_timer>(one->waits);
  try {
    one->call(value);
  } catch (...) { // somebody else's function: it is called again, as if it had returned
  }
  if (repeats && jobs_.contains(id))
    wait(id, one);
}

/// We look too late, and that is nobody's fault.
bool host_state::put_off(job& one) {
  auto* const timer = std::get_if<asio::steady_timer>(&one.waits);
  const auto now = std::chrono::steady_clock::now();
  if (!timer || now - timer->expiry() <= tolerated_lateness)
    return false;
  const auto later = supervisor::put_off({timer->expiry(), one.mercy}, now, now - timer->expiry());
  if (later.at <= now)
    return false;
  one.mercy = later.mercy;
  timer->expires_at(later.at);
  return true;
}

void host_state::take(int signal) {
  auto& one = taken_[signal];
  if (one.times++ == 0)
    sigaction(signal, nullptr, &one.before);
  change_mask(SIG_UNBLOCK, signal);
}

void host_state::give_back(int signal) {
  auto& one = taken_[signal];
  if (--one.times > 0)
    return;
  change_mask(SIG_BLOCK, signal);
  sigaction(signal, &one.before, nullptr);
}

} // namespace supervisor
