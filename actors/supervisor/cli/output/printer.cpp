#include "supervisor/cli/output/printer.hpp"

#include "supervisor/cli/output/desk.hpp"
#include "supervisor/cli/session/threads.hpp"

#include <algorithm>
#include <utility>

namespace supervisor {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto for_the_last_word = 100ms;
constexpr int most_turns = 4;

} // namespace

printer::printer(screen what, printer_options x)
  : desk_(std::make_shared<desk>(std::move(what), x.out, x.err)) {
  if (x.own_thread)
    thread_ = try_to_start([all = desk_] { all->run(); });
}

printer::~printer() { end(0ns); }

void printer::say(std::string line) { desk_->add(desk::stream::out, std::move(line)); }
void printer::complain(std::string line) { desk_->add(desk::stream::err, std::move(line)); }
void printer::pass_on(std::string line) { desk_->pass_on(std::move(line)); }
void printer::hurry() { desk_->hurry(); }
void printer::show(supervisor_state x) { desk_->show(std::move(x)); }
void printer::clear() { desk_->clear(); }
bool printer::has_picture() const { return desk_->can_draw(); }
bool printer::has_colour() const { return desk_->has_colour(); }

std::vector<pollfd> printer::wants() const {
  if (has_thread())
    return {};
  const auto all = desk_->any_of();
  return {all.begin(), all.end()};
}

std::optional<time_point> printer::wants_at() const {
  return has_thread() ? std::nullopt : desk_->or_at();
}

/// Not for long: there may be more to say than can ever be written.
void printer::write(std::span<const pollfd> ready) {
  if (has_thread())
    return;
  desk_->came(ready);
  for (int i = 0; i < most_turns; ++i)
    if (!desk_->write())
      return;
  desk_->ring();
}

bool printer::end(nanoseconds patience) {
  if (std::exchange(ended_, true))
    return true;
  desk_->finish();
  wait_until_done(patience);
  const auto all_written = desk_->give_up();
  wait_until_done(for_the_last_word);
  desk_->leave();
  if (has_thread())
    let_thread_go();
  return all_written;
}

void printer::let_thread_go() {
  if (desk_->wait_until_left(steady_clock::now() + for_the_last_word))
    thread_.join();
  else
    thread_.detach(); // in a write that does not come back; it has all that it needs
}

void printer::wait_until_done(nanoseconds most) {
  if (has_thread()) {
    desk_->wait_until_done(steady_clock::now() + most);
    return;
  }
  const auto until = steady_clock::now() + std::min<nanoseconds>(most, 1s);
  while (!desk_->is_done()) {
    if (!desk_->write())
      desk_->wait(until);
    if (steady_clock::now() >= until)
      return;
  }
}

} // namespace supervisor
