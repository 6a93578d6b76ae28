#include "supervisor/process/output.hpp"

#include "supervisor/actors/detail/standard_error.hpp"

#include <utility>

namespace supervisor::detail {

namespace {

/// A life that ends leaves what its pipes held, wanted or not. One after another may do so, until those
/// before have left so many times as much as one that runs may have waiting.
constexpr std::size_t left_by_the_dead = 4;

} // namespace

output::output(sink to, std::chrono::nanoseconds patience)
  : queue_(std::make_shared<queue>(std::move(to), patience)),
    thread_([all = queue_] { all->run(); }) {}

output::~output() {
  close();
  const auto is_on_it = thread_.get_id() == std::this_thread::get_id();
  if (queue_->is_done() && !is_on_it)
    thread_.join();
  else
    thread_.detach();
}

bool output::queue::is_done() const {
  const std::scoped_lock lock{lock_};
  return done_;
}

void output::queue::take_no_more() {
  if (!std::exchange(over_, true))
    give_up_ = due_after(std::chrono::steady_clock::now(), patience_);
  changed_.notify_all();
}

void output::queue::close() {
  std::unique_lock lock{lock_};
  take_no_more();
  while (!done_ && !has_no_more_patience())
    changed_.wait_until(lock, give_up_.at, [this] { return done_; });
}

/// A pause of the program does not count.
bool output::queue::has_no_more_patience() {
  const auto now = std::chrono::steady_clock::now();
  if (const auto late = now - give_up_.at; late > tolerated_lateness)
    give_up_ = put_off(give_up_, now, late);
  return now >= give_up_.at;
}

void output::queue::close(std::function<void()> then) {
  std::unique_lock lock{lock_};
  take_no_more();
  then_ = std::move(then);
  if (done_)
    call_then(std::move(lock));
}

void output::queue::give_up() { call_then(std::unique_lock{lock_}); }

void output::queue::call_then(std::unique_lock<std::mutex> lock) {
  const auto then = std::exchange(then_, nullptr);
  lock.unlock();
  if (then)
    then();
}

void output::queue::add(const std::shared_ptr<source>& from, log_line line) {
  bool hold_on = false;
  {
    const std::scoped_lock lock{lock_};
    if (over_)
      return;
    auto& all = of_child_[line.path];
    if (all.waiting - from->waiting_ >= left_by_the_dead * from->most_) {
      ++all.lost;
      return;
    }
    ++all.waiting;
    hold_on = ++from->waiting_ >= from->most_ && !std::exchange(from->held_, true);
    lines_.push_back({from, std::move(line)});
  }
  changed_.notify_all();
  if (hold_on)
    from->control_.hold_on();
}

bool output::queue::is_full(const source& x) const {
  const std::scoped_lock lock{lock_};
  return x.held_;
}

void output::queue::run() {
  std::unique_lock lock{lock_};
  while (true) {
    changed_.wait(lock, [this] { return over_ || !lines_.empty(); });
    if (over_ && has_no_more_patience())
      drop_rest();
    if (lines_.empty())
      break;
    const auto next = std::move(lines_.front());
    lines_.pop_front();
    lock.unlock();
    tell(next.line);
    told(next);
    lock.lock();
  }
  done_ = true;
  changed_.notify_all();
  call_then(std::move(lock));
}

void output::queue::tell(const log_line& x) {
  if (!to_)
    return;
  try {
    to_(x);
  } catch (...) { // other people's code must not end the tree
    to_ = nullptr;
    complain("whoever was told of output threw" + thrown_text() + "; it is told nothing more");
  }
}

/// It goes on when half of its room is free.
void output::queue::told(const entry& x) {
  bool go_on = false;
  std::uint64_t lost = 0;
  {
    const std::scoped_lock lock{lock_};
    auto& from = *x.from;
    auto& all = of_child_[x.line.path];
    go_on = --from.waiting_ <= from.most_ / 2 && std::exchange(from.held_, false);
    if (--all.waiting == 0) // what was lost came after all of these
      lost = std::exchange(all.lost, 0);
  }
  if (lost > 0)
    tell(
      {.path = x.line.path,
       .attempt = x.line.attempt,
       .is_error = true,
       .text = std::to_string(lost) + " lines were lost: more than can be told came at its end"});
  if (go_on)
    x.from->control_.go_on();
}

void output::queue::drop_rest() {
  if (lines_.empty())
    return;
  complain(std::to_string(lines_.size()) + " lines of output were lost: nobody took them in time");
  lines_.clear();
}

} // namespace supervisor::detail
