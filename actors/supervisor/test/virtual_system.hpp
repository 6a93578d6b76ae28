#pragma once

#include "supervisor/actors/caf/caf_compat.hpp"

#if SUPERVISOR_CAF_LEGACY
#include <caf/scheduler/test_coordinator.hpp>
#else
#include <caf/test/fixture/deterministic.hpp>
#include <caf/test/reporter.hpp>
#endif

namespace supervisor::test {

#if SUPERVISOR_CAF_LEGACY

namespace detail {

class virtual_backend {
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.file-verbosity", caf::atom("quiet"));
    }
  };

  config config_;

public:
  caf::actor_system system{config_};

  ~virtual_backend() {
    clock().cancel_all(); // else the coordinator fires all of them when it stops
  }

protected:
  bool deliver_one() { return coordinator().try_run_once(); }
  bool has_timer() { return clock().has_pending_timeout(); }
  caf::actor_clock::time_point next_timer() { return clock().schedule().begin()->first; }
  void fire_timer() { clock().trigger_timeout(); }
  void set_time(caf::actor_clock::time_point t) { clock().current_time = t; }

private:
  caf::scheduler::test_coordinator& coordinator() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }

  caf::detail::test_actor_clock& clock() { return coordinator().clock(); }
};

} // namespace detail

#else

namespace detail {

class virtual_backend {
  struct environment {
    environment() {
      static const auto reporter = caf::test::reporter::make_default();
      reporter->verbosity(0);
      caf::test::reporter::instance(reporter.get());
    }
  };

  environment environment_;
  caf::test::fixture::deterministic fixture_;

public:
  caf::actor_system& system = fixture_.sys;

protected:
  bool deliver_one() { return fixture_.dispatch_message(); }
  bool has_timer() { return fixture_.has_pending_timeout(); }
  caf::actor_clock::time_point next_timer() { return fixture_.next_timeout(); }
  void fire_timer() { fixture_.trigger_timeout(); }
  void set_time(caf::actor_clock::time_point t) { fixture_.set_time(t); }
};

} // namespace detail

#endif

/// An actor system whose actors run on the calling thread, and whose time passes when told. Only
/// for actors that share CAF's threads: one with a thread of its own is not simulated. All actors
/// must be gone before it is.
class virtual_system : public detail::virtual_backend {
public:
  caf::actor_clock::time_point now() { return this->system.clock().now(); }

  /// Delivers messages until no mailbox has any.
  void run() {
    while (this->deliver_one()) {
    }
  }

  /// Lets time pass; handlers see the time at which their timer was due.
  void advance(std::chrono::nanoseconds d) {
    const auto end = now() + d;
    run();
    while (this->has_timer() && this->next_timer() <= end) {
      this->fire_timer();
      run();
    }
    this->set_time(end);
  }
};

} // namespace supervisor::test
