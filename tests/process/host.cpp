#include "supervisor/os/host/host.hpp"

#include "stage.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <future>
#include <stdexcept>
#include <thread>

#include <unistd.h>

using namespace supervisor;

namespace {

/// What is posted now is done, and all before it.
void catch_up(const host& it) {
  std::promise<void> done;
  it.post([&] { done.set_value(); });
  done.get_future().wait();
}

struct a_pipe {
  a_pipe() { REQUIRE(pipe(ends) == 0); }
  ~a_pipe() {
    close(ends[0]);
    close(ends[1]);
  }

  void write_one() const { CHECK(::write(ends[1], "x", 1) == 1); }

  void read_one() const {
    char one = 0;
    CHECK(::read(ends[0], &one, 1) == 1);
  }

  int ends[2]{};
};

} // namespace

TEST_CASE("what is posted is done in order, on one thread, before the host ends") {
  std::string done;
  std::thread::id where;
  {
    const host it;
    for (const char c : {'a', 'b', 'c'})
      it.post([&done, c] { done += c; });
    it.post([&] { where = std::this_thread::get_id(); });
  }
  CHECK(done == "abc");
  CHECK(where != std::this_thread::get_id());
}

TEST_CASE("an exception ends only the function that throws it") {
  const host it;
  it.post([] { throw std::runtime_error{"no"}; });
  const auto timer = it.after(0s, [] { throw 1; });
  catch_up(it);
  catch_up(it);
}

SCENARIO("a timer fires once, when it is time") {
  const host it;
  std::promise<void> fired;
  std::atomic<int> times{0};
  GIVEN("one that is set") {
    const auto began = std::chrono::steady_clock::now();
    auto timer = it.after(20ms, [&] {
      if (++times <= 2)
        fired.set_value();
    });
    fired.get_future().wait();
    CHECK(std::chrono::steady_clock::now() - began >= 20ms);
    WHEN("it is set again") {
      fired = {};
      timer.again(1ms);
      THEN("it fires again") {
        fired.get_future().wait();
        CHECK(times == 2);
      }
    }
  }
  GIVEN("one that is set for long") {
    auto timer = it.after(std::chrono::nanoseconds::max(), [&] { fired.set_value(); });
    WHEN("it is set to now") {
      timer.again(0s);
      THEN("it fires") { fired.get_future().wait(); }
    }
  }
  GIVEN("one that is ended before its time") {
    auto timer = it.after(1ms, [&] { ++times; });
    it.post([&] {
      std::this_thread::sleep_for(5ms); // it is due, but not yet called
      timer.end();
    });
    catch_up(it);
    std::promise<void> later;
    const auto other = it.after(10ms, [&] { later.set_value(); });
    later.get_future().wait();
    THEN("it was never called") { CHECK(times == 0); }
  }
}

SCENARIO("a file is watched as long as it is readable") {
  GIVEN("a pipe with two bytes in it, read one by one") {
    const a_pipe pipe;
    pipe.write_one();
    pipe.write_one();
    const host it;
    std::atomic<int> times{0};
    std::promise<void> third;
    errand watch;
    watch = it.when_readable(pipe.ends[0], [&] {
      pipe.read_one();
      if (++times == 3)
        third.set_value();
    });
    WHEN("a third comes") {
      REQUIRE(becomes_true([&] { return times == 2; }));
      pipe.write_one();
      THEN("it is called for each") { third.get_future().wait(); }
    }
  }
  GIVEN("a pipe that is ended from within") {
    const a_pipe pipe;
    pipe.write_one();
    const host it;
    std::atomic<int> times{0};
    errand watch;
    it.post([&] {
      watch = it.when_readable(pipe.ends[0], [&] {
        ++times;
        watch.end();
      });
    });
    REQUIRE(becomes_true([&] { return times == 1; }));
    catch_up(it);
    catch_up(it);
    THEN("it is not called again, and the file is open") {
      CHECK(times == 1);
      pipe.read_one();
    }
  }
}

TEST_CASE("signals come if asked for, and what was before comes back") {
  static std::atomic<int> before{0};
  const auto old = std::signal(SIGUSR1, [](int) { ++before; });
  {
    const host it;
    std::promise<int> came;
    const auto watch = it.on_signals({SIGUSR1}, [&](int number) { came.set_value(number); });
    catch_up(it);
    kill(getpid(), SIGUSR1);
    CHECK(came.get_future().get() == SIGUSR1);
  }
  CHECK(before == 0);
  raise(SIGUSR1);
  CHECK(before == 1);
  std::signal(SIGUSR1, old);
}

TEST_CASE("a host takes no signal that nobody asked for") {
  const host it;
  std::promise<sigset_t> told;
  it.post([&] {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    told.set_value(mask);
  });
  const auto mask = told.get_future().get();
  for (const auto one : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1})
    CHECK(sigismember(&mask, one) == 1);
  CHECK(sigismember(&mask, SIGSEGV) == 0);
}

TEST_CASE("a host may end on its own thread, and what outlives it is harmless") {
  auto it = std::make_unique<host>();
  const auto ref = it->ref();
  std::promise<void> ended;
  errand timer = it->after(1h, [] {});
  it->post([&] {
    it.reset();
    ended.set_value();
  });
  ended.get_future().wait();
  timer.again(0s);
  timer.end();
  CHECK(becomes_true([&] { return !ref.after(0s, [] {}); }));
  ref.post([] { FAIL("must not be called"); });
}

SCENARIO("what is ready now is handled before the end of a round") {
  GIVEN("a pipe that becomes readable while the host does something else") {
    const a_pipe pipe;
    const host it;
    std::atomic<int> read = 0;
    const auto reading = it.when_readable(pipe.ends[0], [&] {
      pipe.read_one();
      ++read;
    });
    std::promise<void> go_on, done;
    std::atomic<int> read_before = -1;
    it.post([&] { go_on.get_future().wait(); });
    pipe.write_one();
    WHEN("somebody waits for a round") {
      it.ref().after_a_round([&] {
        read_before = read.load();
        done.set_value();
      });
      go_on.set_value();
      done.get_future().wait();
      THEN("what was read came first") { CHECK(read_before == 1); }
    }
  }
}

SCENARIO("a timer that is patient does not count a pause of the host") {
  GIVEN("a host that does not run when it is time") {
    using clock = std::chrono::steady_clock;
    const host it;
    std::promise<clock::time_point> fired;
    const auto timer = it.patiently(100ms, [&] { fired.set_value(clock::now()); });
    clock::time_point resumed;
    it.post([&] {
      std::this_thread::sleep_for(500ms); // what is measured is the time that passes
      resumed = clock::now();
    });
    WHEN("it runs again") {
      const auto at = fired.get_future().get();
      THEN("there is as much time again, and no more than it was in all") {
        CHECK(at - resumed >= 90ms);
      }
    }
  }
}
