#include "demo.hpp"

#include "demo_arguments.hpp"
#include "shop.hpp"

#include "supervisor/actors/error.hpp"
#include "supervisor/report/report.hpp"

#include <stdexcept>
#include <thread>
#include <utility>

namespace supervisor {

namespace {

using namespace std::chrono_literals;

/// Sends the actor a text, once.
void ring_after(caf::event_based_actor* self, nanoseconds delay) {
  compat::send_after(self, delay, caf::actor{self}, std::string{"now"});
}

caf::behavior steady(caf::event_based_actor*) {
  return {[](const std::string&) {}};
}

caf::behavior flaky(caf::event_based_actor* self, nanoseconds every) {
  ring_after(self, every);
  return {[every](const std::string&) {
    throw std::runtime_error{"crashes after " + to_string(every) + ", as told"};
  }};
}

caf::behavior job(caf::event_based_actor* self, nanoseconds work) {
  ring_after(self, work);
  return {[self](const std::string&) { self->quit(); }};
}

caf::behavior slow_stop(caf::event_based_actor* self, nanoseconds needs) {
  compat::on_exit_msg(self, [self, needs](const caf::exit_msg&) { ring_after(self, needs); });
  return {[self](const std::string&) { self->quit(caf::exit_reason::user_shutdown); }};
}

/// Never looks at child::stopping().
void stubborn() {
  while (true)
    std::this_thread::sleep_for(1h);
}

launched fail(caf::local_actor&, const child&) {
  return make_failure(failure::start_failed, "never starts, as told");
}

/// A factory that takes no arguments.
catalog::factory always(launcher start) {
  return [start](std::string_view args, program&) -> expected<launcher> {
    if (auto wrong = demo_arguments{args}.wrong(); !wrong.empty())
      return wrong;
    return start;
  };
}

/// A factory whose one argument is a duration.
template <class Body>
catalog::factory timed(std::string key, Body body) {
  return [key, body](std::string_view args, program&) -> expected<launcher> {
    demo_arguments given{args};
    const auto time = given.duration(key);
    if (auto wrong = given.wrong(); !wrong.empty())
      return wrong;
    return worker(body, time);
  };
}

} // namespace

catalog demo_catalog() {
  catalog known;
  known.add("demo.steady", "does nothing, and stays", always(worker(steady)));
  known.add("demo.flaky", "crashes \"every\" so often, in each of its lives",
            timed("every", flaky));
  known.add("demo.job", "works \"for\" a while, and ends well", timed("for", job));
  known.add("demo.slow_stop", "needs \"for\" a while to stop", timed("for", slow_stop));
  known.add("demo.stubborn", "has a thread of its own, and never stops",
            always(blocking_worker(stubborn)));
  known.add("demo.failing_start", "cannot be started", always(custom(fail)));
  add_shop(known);
  return known;
}

} // namespace supervisor
