#include "supervisor/actors/node/stall_watch.hpp"

#include "supervisor/actors/messages.hpp"
#include "supervisor/due.hpp"

#include <algorithm>

namespace supervisor::detail {

void watch_post::enters(std::string message) {
  const std::scoped_lock lock{mutex_};
  message_ = std::move(message);
  since_ = std::chrono::steady_clock::now();
  mercy_ = limit_;
  told_ = known_ = false;
}

void watch_post::leaves() {
  const std::scoped_lock lock{mutex_};
  since_ = {};
}

void watch_post::forgive(nanoseconds pause) {
  const std::scoped_lock lock{mutex_};
  if (since_ == std::chrono::steady_clock::time_point{})
    return;
  const auto given = std::min(pause, mercy_);
  since_ += given;
  mercy_ -= given;
}

std::optional<watch_post::stall> watch_post::stuck() const {
  const std::scoped_lock lock{mutex_};
  const auto lasts = std::chrono::steady_clock::now() - since_;
  if (!looks_for_stalls() || since_ == std::chrono::steady_clock::time_point{} || lasts <= limit_)
    return std::nullopt;
  return stall{message_, lasts};
}

bool watch_post::report() {
  const auto now = stuck();
  if (!now)
    return false;
  const auto strong = supervisor_.lock();
  const std::scoped_lock lock{mutex_};
  if (!strong || known_)
    return false;
  if (!told_) {
    told_ = true;
    child_start news{.news = {.what = news::stalled, .who = who_, .count = ++stalls_},
                     .text = now->in};
    news.news.then.wait = now->lasts;
    compat::anon_send(caf::actor_cast<caf::actor>(strong), std::move(news));
    return false;
  }
  if (now->lasts <= 2 * limit_)
    return false;
  known_ = true;
  unheard_ = stalls_;
  return true;
}

bool watch_post::is_known(std::uint32_t number) {
  const std::scoped_lock lock{mutex_};
  const auto lasts
    = told_ && number == stalls_ && since_ != std::chrono::steady_clock::time_point{};
  if (lasts)
    known_ = true;
  return lasts || unheard_ != number;
}

stall_watch::~stall_watch() {
  if (thread_.get_id() != std::this_thread::get_id())
    return;
  thread_.request_stop();
  thread_.detach();
}

void stall_watch::stop() {
  const std::scoped_lock lock{round_->mutex};
  thread_.request_stop();
}

void stall_watch::look_after(const std::shared_ptr<watch_post>& post) {
  constexpr nanoseconds fastest = std::chrono::milliseconds{10};
  auto& mine = *round_;
  const std::scoped_lock lock{mine.mutex};
  std::erase_if(mine.posts, [](const auto& x) { return x.expired(); });
  mine.posts.push_back(post);
  mine.pace = std::clamp(post->limit() / 4, fastest, mine.pace);
  if (!thread_.joinable())
    thread_ = std::jthread{[shared = round_](const std::stop_token& stop) { shared->run(stop); }};
  mine.changed.notify_all();
}

void stall_watch::round::run(const std::stop_token& stop) {
  std::unique_lock lock{mutex};
  while (!stop.stop_requested()) {
    look_at_all(stop, lock);
    const auto due = std::chrono::steady_clock::now() + pace;
    changed.wait_until(lock, stop, due, [] { return false; });
    if (const auto late = std::chrono::steady_clock::now() - due; late > tolerated_lateness)
      forgive(late);
  }
}

/// The program was paused, or had no processor.
void stall_watch::round::forgive(nanoseconds pause) {
  for (const auto& weak : posts)
    if (const auto post = weak.lock())
      post->forgive(pause);
}

void stall_watch::round::look_at_all(const std::stop_token& stop,
                                     std::unique_lock<std::mutex>& lock) {
  const auto all = posts;
  lock.unlock();
  for (const auto& weak : all)
    if (const auto post = weak.lock(); post && post->report() && !stop.stop_requested())
      unheard(*post);
  lock.lock();
}

} // namespace supervisor::detail
