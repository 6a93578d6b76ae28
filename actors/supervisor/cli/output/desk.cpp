#include "supervisor/cli/output/desk.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace supervisor {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto patience = 1s; ///< with a reader who takes nothing

bool are_one_terminal(int a, int b) {
  struct stat x {
  }, y{};
  return isatty(a) == 1 && isatty(b) == 1 && fstat(a, &x) == 0 && fstat(b, &y) == 0
         && x.st_rdev == y.st_rdev;
}

} // namespace

// -- for anybody -----------------------------------------------------------------------------------------

desk::desk(screen what, int out, int err)
  : can_draw_(what.can_draw()), has_colour_(what.has_colour()),
    err_is_out_(are_one_terminal(out, err)), screen_(std::move(what)), out_(out, "standard output"),
    err_(err, "standard error") {}

desk::side& desk::side_of(stream x) { return x == stream::out || err_is_out_ ? out_ : err_; }

/// Once for all that comes before it is heard.
void desk::ring_once() {
  if (!std::exchange(rung_, true))
    bell_.ring();
}

void desk::add(stream where, std::string line) {
  const std::scoped_lock lock{lock_};
  side_of(where).lines.add(std::move(line));
  ring_once();
}

bool desk::is_stuck(const side& x, time_point now) {
  return x.stuck_since && now >= *x.stuck_since + patience;
}

void desk::pass_on(std::string line) {
  std::unique_lock lock{lock_};
  while (!out_.lines.has_room_for_programs() && !out_.refuses && !finishes_
         && !(hurries_ && is_stuck(out_, steady_clock::now())))
    if (hurries_ && out_.stuck_since)
      changed_.wait_until(lock, *out_.stuck_since + patience);
    else
      changed_.wait(lock);
  out_.lines.add(std::move(line));
  ring_once();
}

void desk::hurry() {
  const std::scoped_lock lock{lock_};
  hurries_ = true;
  changed_.notify_all();
}

void desk::show(supervisor_state x) {
  const std::scoped_lock lock{lock_};
  if (is_cleared_)
    return;
  state_ = std::move(x);
  repaints_ = true;
  ring_once();
}

void desk::clear() {
  const std::scoped_lock lock{lock_};
  is_cleared_ = true;
  state_.reset();
  repaints_ = true;
  ring_once();
}

// -- for the one who writes ------------------------------------------------------------------------------

bool desk::write() {
  bell_.silence();
  refill();
  const auto moved = write_some();
  return tell_of_trouble() || moved;
}

void desk::refill() {
  std::vector<std::string> for_out, for_err;
  bool repaints = false;
  {
    const std::scoped_lock lock{lock_};
    rung_ = false;
    if (finishes_ && !std::exchange(tries_last_, true))
      for (auto* x : {&out_, &err_})
        x->to.try_at_once();
    refill(err_, for_err);
    refill(out_, for_out);
    if (out_.to.is_idle() && std::exchange(repaints_, false)) {
      repaints = true;
      if (auto state = std::exchange(state_, std::nullopt))
        screen_.show(*std::move(state));
      else
        screen_.clear();
    }
  }
  if (repaints || !for_out.empty())
    out_.to.put(screen_.text_of(for_out));
  for (const auto& line : for_err)
    err_.to.put(line + '\n');
}

void desk::refill(side& x, std::vector<std::string>& lines) {
  if (!x.to.is_idle() || x.lines.is_empty())
    return;
  x.lost = x.lines.lost();
  lines = x.lines.take();
  x.is_idle = false;
  x.stuck_since = steady_clock::now();
  changed_.notify_all();
}

bool desk::write_some() {
  const auto now = steady_clock::now();
  const auto out = out_.to.write_some(now);
  const auto err = err_.to.write_some(now);
  const std::scoped_lock lock{lock_};
  note(out_, out, now);
  note(err_, err, now);
  last_try_made_ = tries_last_;
  changed_.notify_all();
  return out || err;
}

void desk::note(side& x, bool moved, time_point now) {
  if (x.to.is_idle())
    x.stuck_since.reset();
  else if (moved || !x.stuck_since)
    x.stuck_since = now;
  x.is_idle = x.to.is_idle();
  x.lost = x.is_idle ? 0 : x.lost;
  x.unwritten = x.to.lines_left() + x.lost - (x.lost > 0 ? 1 : 0);
  x.refuses = x.to.is_failing();
}

bool desk::is_written(const side& x) const {
  return x.lines.is_empty() && x.is_idle && !(&x == &out_ && repaints_);
}

bool desk::is_done(const side& x) const {
  return is_written(x) || x.given_up || (last_try_made_ && x.refuses);
}

bool desk::tell_of_trouble() {
  const auto tell = [this](side& from, side& to) {
    const auto what = from.to.take_trouble();
    if (what && &from != &to) {
      const std::scoped_lock lock{lock_};
      to.lines.add("[supervisor] " + *what);
    }
    return what.has_value();
  };
  const auto out = tell(out_, err_);
  const auto err = tell(err_, out_);
  return out || err;
}

std::array<pollfd, 3> desk::any_of() const {
  return {pollfd{bell_.descriptor(), POLLIN, 0}, out_.to.room(), err_.to.room()};
}

std::optional<time_point> desk::or_at() const {
  const auto a = out_.to.again(), b = err_.to.again();
  return a && b ? std::min(*a, *b) : a ? a : b;
}

void desk::wait(std::optional<time_point> until) {
  auto all = any_of();
  const auto then = or_at();
  const auto soonest = until && then ? std::min(*until, *then) : until ? until : then;
  poll(all.data(), all.size(), milliseconds_until(soonest));
  came(all);
}

void desk::came(std::span<const pollfd> any_of) {
  if (any_of.size() > 1 && any_of[1].revents != 0)
    out_.to.has_room();
  if (any_of.size() > 2 && any_of[2].revents != 0)
    err_.to.has_room();
}

void desk::run() {
  while (!leaves_) {
    if (!write())
      wait(std::nullopt);
  }
  const std::scoped_lock lock{lock_};
  left_ = true;
  changed_.notify_all();
}

// -- at the end ------------------------------------------------------------------------------------------

void desk::finish() {
  const std::scoped_lock lock{lock_};
  finishes_ = true;
  changed_.notify_all();
  bell_.ring();
}

bool desk::is_done() const {
  const std::scoped_lock lock{lock_};
  return is_done(out_) && is_done(err_);
}

bool desk::wait_until_done(time_point until) {
  const auto began = steady_clock::now();
  std::unique_lock lock{lock_};
  while (true) {
    auto next = began;
    for (const auto* x : {&out_, &err_})
      if (!is_done(*x))
        next = std::max(next, std::max(began, x->stuck_since.value_or(began)) + patience);
    next = std::min(next, until);
    if (steady_clock::now() >= next)
      return is_done(out_) && is_done(err_);
    changed_.wait_until(lock, next);
  }
}

bool desk::give_up() {
  const std::scoped_lock lock{lock_};
  for (auto* x : {&out_, &err_})
    x->given_up = !is_written(*x);
  for (auto* x : {&out_, &err_}) {
    auto& other = x == &out_ ? err_ : out_;
    const auto lines = x->unwritten + x->lines.count();
    if (x->given_up && !other.given_up && lines > 0)
      other.lines.add("[supervisor] " + x->name + ": " + std::to_string(lines)
                      + (lines == 1 ? " line was" : " lines were") + " not written");
    if (x->given_up)
      x->lines = {};
  }
  ring_once();
  return !out_.given_up && !err_.given_up;
}

void desk::leave() {
  leaves_ = true;
  bell_.ring();
}

bool desk::wait_until_left(time_point until) {
  std::unique_lock lock{lock_};
  return changed_.wait_until(lock, until, [this] { return left_; });
}

} // namespace supervisor
