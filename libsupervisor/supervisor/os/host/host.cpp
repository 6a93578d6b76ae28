#include "supervisor/os/host/host.hpp"

#include "supervisor/os/host/host_state.hpp"

#include <utility>

#include <pthread.h>

namespace supervisor {

namespace {

/// All but those that tell a thread that it has done wrong.
sigset_t signals_of_others() {
  sigset_t set;
  sigfillset(&set);
  for (const auto own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
    sigdelset(&set, own);
  return set;
}

/// With these signals blocked from its first instruction on.
std::thread start_thread(std::shared_ptr<host_state> state) {
  sigset_t before;
  const auto blocked = signals_of_others();
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  std::thread thread{[state = std::move(state)] { state->run(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread.native_handle(), "supervisor-host");
  return thread;
}

} // namespace

errand::errand(std::weak_ptr<host_state> owner, std::uint64_t id)
  : owner_(std::move(owner)), id_(id) {}

errand::~errand() { end(); }

errand::errand(errand&& other) noexcept
  : owner_(std::move(other.owner_)), id_(std::exchange(other.id_, 0)) {}

errand& errand::operator=(errand&& other) noexcept {
  if (this == &other)
    return *this;
  end();
  owner_ = std::move(other.owner_);
  id_ = std::exchange(other.id_, 0);
  return *this;
}

void errand::again(std::chrono::nanoseconds delay) {
  if (const auto state = owner_.lock())
    state->soon([at = state.get(), id = id_, delay] { at->arm(id, delay); });
}

void errand::end() {
  const auto id = std::exchange(id_, 0);
  if (id == 0)
    return;
  if (const auto state = owner_.lock())
    state->soon([at = state.get(), id] { at->end(id); });
  owner_.reset();
}

void host_ref::post(std::function<void()> fn) const {
  if (const auto state = to_.lock())
    state->post(std::move(fn));
}

/// What is posted may run before what is found ready at the same time, but not before what was found
/// ready earlier: the second one has all that is ready now looked at before it, the third one handled.
void host_ref::after_a_round(std::function<void()> fn) const {
  post([to = *this, fn = std::move(fn)] { to.post([to, fn] { to.post(fn); }); });
}

namespace {

using job = host_state::job;

errand begin(const std::weak_ptr<host_state>& to, host_state::make_job make) {
  const auto state = to.lock();
  return state ? errand{to, state->begin(std::move(make))} : errand{};
}

errand wait_for(const std::weak_ptr<host_state>& to, int fd, host_state::wait_type what,
                std::function<void()> fn) {
  return begin(to, [fd, what, fn = std::move(fn)](host_state& at) {
    return std::make_shared<job>(
      [fn](int) { fn(); }, std::in_place_type<host_state::descriptor_wait>, at.io(), fd, what);
  });
}

} // namespace

errand host_ref::after(std::chrono::nanoseconds delay, std::function<void()> fn) const {
  return begin(to_, [delay, fn = std::move(fn)](host_state& at) {
    return std::make_shared<job>([fn](int) { fn(); }, std::in_place_type<asio::steady_timer>,
                                 at.io(), host_state::sensible(delay));
  });
}

errand host_ref::patiently(std::chrono::nanoseconds delay, std::function<void()> fn) const {
  return begin(to_, [delay = host_state::sensible(delay), fn = std::move(fn)](host_state& at) {
    auto made = std::make_shared<job>([fn](int) { fn(); }, std::in_place_type<asio::steady_timer>,
                                      at.io(), delay);
    made->mercy = delay;
    return made;
  });
}

errand host_ref::when_readable(int fd, std::function<void()> fn) const {
  return wait_for(to_, fd, host_state::wait_type::wait_read, std::move(fn));
}

errand host_ref::when_writable(int fd, std::function<void()> fn) const {
  return wait_for(to_, fd, host_state::wait_type::wait_write, std::move(fn));
}

errand host_ref::on_signals(std::initializer_list<int> numbers, std::function<void(int)> fn) const {
  return begin(to_, [wanted = std::vector<int>(numbers), fn = std::move(fn)](host_state& at) {
    return std::make_shared<job>(fn, std::in_place_type<host_state::signal_wait>, at, wanted);
  });
}

host::host() : state_(std::make_shared<host_state>()), thread_(start_thread(state_)) {}

host::~host() {
  state_->post([at = state_.get()] { at->stop(); });
  if (thread_.get_id() == std::this_thread::get_id())
    thread_.detach();
  else
    thread_.join();
}

} // namespace supervisor
