#include "supervisor/actors/error.hpp"
#include "supervisor/actors/ref.hpp"

#include <caf/default_attachable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;

class two_threads {
  caf::actor_system_config config_;

  caf::actor_system_config& configured() {
    compat::set_scheduler(config_, "sharing", 2);
    return config_;
  }

public:
  caf::actor_system system{configured()};
};

/// Answers a number with "<name> <number>", and "all" with the plain words it got.
caf::actor clerk(caf::actor_system& system, std::string name) {
  return system.spawn([name, got = std::string{}](caf::event_based_actor* self) -> caf::behavior {
    compat::drop_unexpected(self);
    auto heard = std::make_shared<std::string>();
    return {
      [name](int n) { return name + " " + std::to_string(n); },
      [heard](const std::string& word) {
        if (word == "all")
          return *heard;
        *heard += (heard->empty() ? "" : " ") + word;
        return std::string{};
      },
    };
  });
}

/// The answer, or the error in words.
template <class Handle, class... Ts>
std::string ask(caf::scoped_actor& self, const Handle& whom, Ts... what) {
  std::string answer;
  compat::request(self, whom, patience, what...)
    .receive([&](const std::string& text) { answer = text; },
             [&](const caf::error& why) { answer = words(why); });
  return answer;
}

void end(caf::scoped_actor& self, const caf::actor& whom) {
  self->send_exit(whom, caf::exit_reason::user_shutdown);
}

caf::error poisoned() { return make_failure(failure::panic, "poison order 17"); }

/// One child of a shop, as its supervisor and its callers see it.
struct shop : two_threads {
  std::shared_ptr<cell> till;
  caf::scoped_actor self{system};
  std::vector<caf::actor> hired;

  explicit shop(while_down policy = {})
    : till(std::make_shared<cell>(system, "shop/till", policy)) {}

  ~shop() {
    till->gone({});
    for (const auto& who : hired)
      end(self, who);
  }

  caf::actor hire(const std::string& name, std::uint32_t life) {
    hired.push_back(clerk(system, name));
    till->up(hired.back(), life);
    return hired.back();
  }

  caf::actor stand_in() const { return till->current(); }

  bool is_hired(const caf::actor& who) const {
    return std::ranges::find(hired, who) != hired.end();
  }

  std::future<std::string> ask_in_background(int n) {
    auto answer = std::make_shared<std::promise<std::string>>();
    auto result = answer->get_future();
    system.spawn([whom = stand_in(), n, answer](caf::event_based_actor* me) {
      compat::request(me, whom, patience, n)
        .then([answer](const std::string& text) { answer->set_value(text); },
              [answer](const caf::error& why) { answer->set_value(words(why)); });
    });
    return result;
  }

  void held(std::size_t n) const {
    while (till->count().held != n) // the suite has a time-out
      std::this_thread::yield();
  }
};

} // namespace

TEST_CASE("errors read like sentences") {
  CHECK(words(caf::error{}) == "ended normally");
  CHECK(words(poisoned()) == "poison order 17");
  CHECK(words(caf::make_error(failure::panic)) == "panicked");
  CHECK(words(caf::make_error(caf::exit_reason::kill)) == "killed");
  CHECK(words(caf::make_error(caf::exit_reason::user_shutdown)) == "shut down");
  CHECK(words(caf::make_error(caf::sec::request_timeout)) == "request timeout");
  CHECK(words(caf::make_error(caf::sec::runtime_error, "no paper")) == "no paper");
  CHECK(words(caf::make_error(caf::sec::invalid_argument, "the date"))
        == "invalid argument: the date");
  CHECK(compat::is(poisoned(), failure::panic));
  CHECK(!compat::is(poisoned(), failure::child_down));
  CHECK(to_string(failure::too_many_held) == "too_many_held");
}

namespace {

/// Throws at 2, promises an answer at 3, keeps the promise at 4 and drops it at 5; delegates words.
class forgetful : public compat::answering<caf::event_based_actor> {
public:
  explicit forgetful(caf::actor_config& config, caf::actor friendly)
    : compat::answering<caf::event_based_actor>(config), friendly_(std::move(friendly)) {
    set_exception_handler([](std::exception_ptr&) { return poisoned(); });
  }

  caf::behavior make_behavior() override {
    const auto promised = std::make_shared<caf::typed_response_promise<std::string>>();
    return {
      [this, promised](int n) -> caf::result<std::string> {
        switch (n) {
          case 1:
            return "one";
          case 2:
            throw std::runtime_error{"poison order 17"};
          case 3:
            return *promised = make_response_promise<std::string>();
          case 4:
            promised->deliver(std::string{"three"});
            return "four";
          default:
            *promised = {};
            return "five";
        }
      },
      [this](const std::string& word) { return compat::delegate(this, friendly_, word); },
    };
  }

private:
  caf::actor friendly_;
};

/// Without a time-out to fail by.
std::vector<std::future<std::string>> ask_later(caf::actor_system& system, const caf::actor& whom,
                                                std::vector<int> ns) {
  std::vector<std::shared_ptr<std::promise<std::string>>> answers;
  std::vector<std::future<std::string>> result;
  for (std::size_t i = 0; i < ns.size(); ++i) {
    answers.push_back(std::make_shared<std::promise<std::string>>());
    result.push_back(answers.back()->get_future());
  }
  system.spawn([=](caf::event_based_actor* self) {
    for (std::size_t i = 0; i < ns.size(); ++i)
      compat::request(self, whom, caf::infinite, ns[i])
        .then([answer = answers[i]](const std::string& text) { answer->set_value(text); },
              [answer = answers[i]](const caf::error& why) {
                answer->set_value("failed: " + words(why));
              });
  });
  return result;
}

std::string text_of(std::future<std::string>& answer) {
  return answer.wait_for(patience) == std::future_status::ready ? answer.get() : "nothing";
}

} // namespace

SCENARIO("requests in flight at a crash fail at once") {
  GIVEN("an actor that promises much") {
    two_threads it;
    caf::scoped_actor self{it.system};
    const auto friendly = clerk(it.system, "anna");
    const auto who = it.system.spawn<forgetful>(friendly);
    CHECK(ask(self, who, 1) == "one");
    ask(self, who, std::string{"hello"});
    CHECK(ask(self, who, std::string{"all"}) == "hello");
    // From one sender, so in this order.
    auto promised = ask_later(it.system, who, {3, 1});
    CHECK(text_of(promised[1]) == "one");
    WHEN("it keeps its promise") {
      CHECK(ask(self, who, 4) == "four");
      THEN("the answer comes") { CHECK(text_of(promised[0]) == "three"); }
    }
    WHEN("it forgets its promise") {
      CHECK(ask(self, who, 5) == "five");
      THEN("that is an answer too") { CHECK(text_of(promised[0]).starts_with("failed: ")); }
    }
    WHEN("it dies of a request") {
      CHECK(ask(self, who, 2) == "poison order 17");
      THEN("promises fail with it") { CHECK(text_of(promised[0]).starts_with("failed: ")); }
    }
    WHEN("it is killed") {
      self->send_exit(who, caf::exit_reason::kill);
      auto late = ask_later(it.system, who, {1});
      THEN("promises fail and so do those who come late") {
        CHECK(text_of(promised[0]).starts_with("failed: "));
        CHECK(text_of(late[0]) != "nothing");
      }
    }
    end(self, who);
    end(self, friendly);
  }
}

SCENARIO("messages wait for a child that is down") {
  GIVEN("a till that holds two messages while it is down") {
    shop it{hold_up_to(2)};
    const auto at = it.stand_in();
    WHEN("requests come before the till has started") {
      auto first = it.ask_in_background(1);
      it.held(1);
      auto second = it.ask_in_background(2);
      it.held(2);
      THEN("one too many fails by name and a plain message is dropped and counted") {
        CHECK(ask(it.self, at, 3) == "shop/till is down and 2 messages wait for it already");
        compat::anon_send(at, 4);
        CHECK(it.till->count() == cell::counts{.held = 2, .refused = 1, .dropped = 1});
      }
      THEN("they are answered as soon as it starts") {
        it.hire("anna", 1);
        CHECK(first.get() == "anna 1");
        CHECK(second.get() == "anna 2");
        CHECK(it.till->count().held == 0);
      }
      THEN("they fail by name if it never will") {
        it.till->gone(poisoned());
        CHECK(first.get() == "shop/till is gone: poison order 17");
        CHECK(second.get() == "shop/till is gone: poison order 17");
        CHECK(ask(it.self, at, 3) == "shop/till is gone: poison order 17");
        compat::anon_send(at, 4);
        CHECK(it.till->count() == cell::counts{.held = 0, .refused = 3, .dropped = 1});
      }
      it.till->gone({});
    }
  }
  GIVEN("a till that goes down and comes back") {
    shop it;
    const auto at = it.stand_in();
    it.hire("anna", 1);
    it.till->down(poisoned());
    WHEN("words are sent meanwhile") {
      for (const auto* word : {"a", "b", "c", "d"})
        compat::anon_send(at, std::string{word});
      it.held(4);
      it.hire("bert", 2);
      compat::anon_send(at, std::string{"e"});
      THEN("they arrive in order and before later ones") {
        CHECK(ask(it.self, at, std::string{"all"}) == "a b c d e");
      }
    }
  }
}

SCENARIO("callers choose not to wait") {
  GIVEN("a till that fails fast") {
    shop it{fail_fast};
    const auto at = it.stand_in();
    WHEN("it has not started yet") {
      auto early = it.ask_in_background(1);
      it.held(1);
      it.hire("anna", 1);
      THEN("requests are held all the same") { CHECK(early.get() == "anna 1"); }
    }
    WHEN("it is down") {
      it.hire("anna", 1);
      it.till->down(poisoned());
      THEN("requests fail by name and plain messages are counted") {
        CHECK(ask(it.self, at, 1) == "shop/till is down: poison order 17");
        CHECK(it.ask_in_background(1).get() == "shop/till is down: poison order 17");
        std::promise<std::string> blocking;
        it.system.spawn([&](caf::blocking_actor* self) {
          compat::request(self, at, patience, 1)
            .receive([&](const std::string& text) { blocking.set_value(text); },
                     [&](const caf::error& why) {
                       blocking.set_value(compat::is(why, failure::child_down) ? "down" : "?");
                     });
        });
        CHECK(blocking.get_future().get() == "down");
        compat::anon_send(at, 1);
        CHECK(it.till->count() == cell::counts{.held = 0, .refused = 3, .dropped = 1});
      }
      THEN("the stand-in passes on again when it is back") {
        it.hire("bert", 2);
        CHECK(ask(it.self, at, 1) == "bert 1");
      }
      THEN("another wish counts from now on") {
        it.till->set(answer_with(std::string{"closed"}));
        CHECK(ask(it.self, at, 1) == "closed");
        CHECK(it.till->count().refused == 0);
      }
    }
  }
  GIVEN("a till that answers for itself") {
    shop it{answer_with(std::string{"come back tomorrow"})};
    it.hire("anna", 1);
    it.till->down({});
    THEN("requests get the answer and plain messages are counted") {
      CHECK(ask(it.self, it.stand_in(), 1) == "come back tomorrow");
      CHECK(it.ask_in_background(1).get() == "come back tomorrow");
      compat::anon_send(it.stand_in(), 1);
      CHECK(it.till->count() == cell::counts{.held = 0, .refused = 0, .dropped = 1});
    }
  }
}

SCENARIO("a ref names a child and not a life") {
  GIVEN("a ref to a till") {
    shop it;
    const supervised_ref<> till{it.till};
    CHECK(till.path() == "shop/till");
    CHECK(till.life() == 0);
    const auto at = *till;
    WHEN("the till comes and goes") {
      const auto anna = it.hire("anna", 1);
      CHECK(till.life() == 1);
      CHECK(*till == anna);
      CHECK(*till == anna);
      it.till->down({});
      CHECK(till.life() == 0);
      const auto before_bert = *till;
      CHECK(before_bert != at);
      CHECK_FALSE(it.is_hired(before_bert));
      const auto bert = it.hire("bert", 2);
      THEN("it always finds it") {
        CHECK(*till == bert);
        CHECK(*supervised_ref<>{till} == bert);
        CHECK(ask(it.self, *till, 1) == "bert 1");
        it.till->gone({});
        CHECK_FALSE(it.is_hired(*till));
      }
      THEN("messages through handles that were taken before find it, too") {
        CHECK(ask(it.self, at, 1) == "bert 1");
        CHECK(ask(it.self, before_bert, 2) == "bert 2");
      }
    }
    WHEN("somebody watches") {
      std::string seen;
      auto watch = till.on_change([&](std::uint32_t life, bool up) {
        // It may ask back.
        CHECK(it.is_hired(*till) == up);
        CHECK(till.life() == (up ? life : 0));
        CHECK(it.till->count().held == 0);
        seen += (up ? "+" : "-") + std::to_string(life);
      });
      it.hire("anna", 1);
      it.till->down({});
      it.till->down({});
      it.hire("bert", 2);
      THEN("it hears of beginnings and ends until it stops") {
        CHECK(seen == "+1-1+2");
        watch.reset();
        it.till->down({});
        CHECK(seen == "+1-1+2");
      }
      THEN("the end of all lives is the end of the last") {
        it.till->gone({});
        it.till->gone({});
        it.hire("carl", 3);
        CHECK(seen == "+1-1+2-2");
      }
    }
  }
}

TEST_CASE("a typed ref gives typed handles") {
  using adder = typed_actor<caf::result<int>(int)>;
  two_threads it;
  const auto where = std::make_shared<cell>(it.system, "adder");
  const supervised_ref<adder> ref{where};
  caf::scoped_actor self{it.system};
  where->set(answer_with(-1));
  const auto sum = [&] {
    int result = 0;
    compat::request(self, *ref, patience, 41)
      .receive([&](int x) { result = x; }, [&](const caf::error&) { result = -2; });
    return result;
  };
  const auto child
    = it.system.spawn([]() -> adder::behavior_type { return {[](int x) { return x + 1; }}; });
  where->up(caf::actor_cast<caf::actor>(child), 1);
  CHECK(sum() == 42);
  where->down({});
  CHECK(sum() == -1);
  self->send_exit(child, caf::exit_reason::user_shutdown);
  where->gone({});
  CHECK(sum() == -2);
}

SCENARIO("signals are not messages") {
  GIVEN("a till that is down") {
    shop it;
    it.hire("anna", 1);
    it.till->down({});
    const auto at = it.stand_in();
    WHEN("somebody wants it dead") {
      end(it.self, at);
      compat::anon_send(at, caf::down_msg{it.self->address(), {}});
      compat::anon_send(at, std::string{"hello"});
      THEN("the next life is spared") {
        it.hire("bert", 2);
        CHECK(ask(it.self, at, std::string{"all"}) == "hello");
      }
    }
    WHEN("the till is up again") {
      std::promise<std::string> ended;
      it.hire("bert", 2)->attach_functor(
        [&ended](const caf::error& why) { ended.set_value(words(why)); });
      end(it.self, at);
      THEN("it hears them") { CHECK(ended.get_future().get() == "shut down"); }
    }
    WHEN("somebody monitors it or is linked to it") {
      at->attach(caf::default_attachable::make_monitor(at->address(), it.self->address()));
      std::promise<std::string> ended;
      auto friendly = it.system.spawn([at](caf::event_based_actor* self) -> caf::behavior {
        self->link_to(at);
        return {[](int n) { return std::to_string(n); }};
      });
      friendly->attach_functor([&](const caf::error& why) { ended.set_value(words(why)); });
      CHECK(ask(it.self, friendly, 1) == "1");
      THEN("it hears when the next life ends") {
        const auto bert = it.hire("bert", 2);
        CHECK(ask(it.self, friendly, 2) == "2");
        compat::anon_send_exit(bert, poisoned());
        std::string heard;
        it.self->receive([&](caf::down_msg& x) { heard = words(x.reason); });
        CHECK(heard == "poison order 17");
        CHECK(ended.get_future().get() == "poison order 17");
      }
      THEN("it hears when the till is gone, if there is no next life") {
        it.till->gone(poisoned());
        std::string heard;
        it.self->receive([&](caf::down_msg& x) { heard = words(x.reason); });
        CHECK(heard == "shop/till is gone: poison order 17");
        CHECK(ended.get_future().get() == "shop/till is gone: poison order 17");
      }
    }
    WHEN("somebody linked to it dies") {
      auto friendly = it.system.spawn([at](caf::event_based_actor* self) -> caf::behavior {
        self->link_to(at);
        return {[](int n) { return std::to_string(n); }};
      });
      CHECK(ask(it.self, friendly, 1) == "1");
      std::promise<void> ended;
      friendly->attach_functor([&](const caf::error&) { ended.set_value(); });
      end(it.self, friendly);
      ended.get_future().get();
      THEN("the next life is spared") {
        it.hire("bert", 2);
        CHECK(ask(it.self, at, 1) == "bert 1");
      }
    }
  }
}

SCENARIO("exits wait for the word of the supervisor and for nothing else") {
  GIVEN("a ref that its supervisor has not heard of") {
    shop it;
    const auto at = it.stand_in();
    compat::anon_send(at, std::string{"hello"});
    end(it.self, at);
    CHECK(it.till->count().held == 2);
    std::promise<std::string> ended;
    const auto anna = clerk(it.system, "anna");
    anna->attach_functor([&ended](const caf::error& why) { ended.set_value(words(why)); });
    it.hired.push_back(anna);
    WHEN("the till turns out to be up") {
      it.till->expected(true);
      it.till->up(anna, 1);
      THEN("it gets the exit") { CHECK(ended.get_future().get() == "shut down"); }
    }
    WHEN("the till turns out to be down") {
      it.till->expected(false);
      THEN("its next life gets the messages and not the exit") {
        CHECK(it.till->count().held == 1);
        it.till->up(anna, 1);
        CHECK(ask(it.self, at, std::string{"all"}) == "hello");
        end(it.self, at); // now it is up
        CHECK(ended.get_future().get() == "shut down");
      }
    }
    WHEN("a stand-in's life is over") {
      it.till->expected(false);
      it.till->up(anna, 1);
      caf::anon_send_exit(anna, caf::exit_reason::kill);
      CHECK(ended.get_future().get() == "killed");
      it.till->down({});
      it.hire("bert", 2);
      end(it.self, at);
      std::promise<std::string> told;
      at->attach_functor([&told](const caf::error& why) { told.set_value(words(why)); });
      THEN("exits through it end nobody else and monitors hear of that life") {
        CHECK(told.get_future().get() == "killed");
        CHECK(ask(it.self, at, 1) == "bert 1");
      }
    }
  }
}

namespace {

/// Ends with its first number, and stays in its last turn until it may go.
caf::behavior quits_and_dawdles(caf::event_based_actor* self, std::shared_future<void> may_go,
                                std::shared_ptr<std::promise<void>> has_quit) {
  return {[=](int) {
    self->quit(poisoned());
    has_quit->set_value();
    may_go.wait();
  }};
}

} // namespace

SCENARIO("a child that has quit is down although its last turn is not over") {
  GIVEN("a till that has quit and is not through") {
    shop it;
    const supervised_ref<> till{it.till};
    std::promise<void> go;
    const auto has_quit = std::make_shared<std::promise<void>>();
    const auto anna
      = it.system.spawn(quits_and_dawdles, std::shared_future<void>{go.get_future()}, has_quit);
    it.till->up(anna, 1);
    const auto stand_in_of_before = *till;
    CHECK(stand_in_of_before == anna);
    compat::anon_send(anna, 1);
    has_quit->get_future().get();
    const auto at = *till;
    CHECK(at != anna);
    WHEN("messages come and the next life begins") {
      compat::anon_send(at, std::string{"hello"});
      CHECK(it.till->count().held == 1);
      go.set_value();
      it.till->ended(1, poisoned());
      it.hire("bert", 2);
      THEN("they are for that life") { CHECK(ask(it.self, at, std::string{"all"}) == "hello"); }
    }
    WHEN("its callers do not want to wait") {
      it.till->set(fail_fast);
      THEN("they are told at once") {
        CHECK(ask(it.self, at, 1) == "shop/till is down: it has quit");
      }
      go.set_value();
    }
  }
}

TEST_CASE("a child that is gone may come again") {
  shop it;
  const supervised_ref<> till{it.till};
  std::string seen;
  const auto watch = till.on_change(
    [&](std::uint32_t life, bool up) { seen += (up ? "+" : "-") + std::to_string(life); });
  it.till->expected(false);
  it.hire("anna", 1);
  it.till->gone(poisoned());
  CHECK(ask(it.self, *till, 1) == "shop/till is gone: poison order 17");
  it.till->expected(false);
  auto held = it.ask_in_background(2);
  it.held(1);
  it.hire("bert", 1);
  CHECK(held.get() == "bert 2");
  CHECK(ask(it.self, *till, 3) == "bert 3");
  CHECK(seen == "+1-1+1");
}

TEST_CASE("whoever asks for a stand-in after the end gets one that has ended") {
  two_threads it;
  cell where{it.system, "late"};
  where.gone(poisoned());
  std::string heard;
  where.current()->attach_functor([&](const caf::error& why) { heard = words(why); });
  CHECK(heard == "late is gone: poison order 17");
}

TEST_CASE("refs keep neither children nor the system alive") {
  std::optional<supervised_ref<>> left;
  std::optional<supervised_ref<>> left_too;
  caf::weak_actor_ptr dead;
  {
    two_threads it;
    const auto used = std::make_shared<cell>(it.system, "used");
    const auto unused = std::make_shared<cell>(it.system, "unused");
    left.emplace(used);
    left_too.emplace(unused);
    const auto stand_in = **left;
    std::promise<void> ended;
    {
      const auto child = clerk(it.system, "anna");
      child->attach_functor([&](const caf::error&) { ended.set_value(); });
      dead = caf::actor_cast<caf::weak_actor_ptr>(child);
      used->up(child, 1);
      CHECK(**left == child);
      caf::anon_send_exit(child, caf::exit_reason::kill);
    }
    ended.get_future().get();
    used->down({});
    while (dead.lock()) // its last turn may not be over
      std::this_thread::yield();
    // A requester that holds a ref to whom it waits for.
    it.system.spawn([ref = *left](caf::event_based_actor* self) {
      compat::request(self, *ref, caf::infinite, 1).then([](const std::string&) {});
    });
    while (used->count().held != 1)
      std::this_thread::yield();
    used->gone({});
    unused->gone({});
  }
  CHECK(!dead.lock());
}

namespace {

/// A child that takes messages in its sender's turn, and sends one more while it takes the first.
class eager final : public compat::forwarding_actor {
public:
  eager(caf::actor_config& config, supervised_ref<> self, std::string& taken)
    : forwarding_actor(config), self_(std::move(self)), taken_(taken) {}

  const char* name() const override { return "eager"; }

private:
  void pass_on(caf::mailbox_element_ptr what, compat::enqueue_host*) override {
    if (taken_.empty())
      compat::anon_send(*self_, 9);
    taken_ += std::to_string(what->content().get_as<int>(0));
  }

  const supervised_ref<> self_;
  std::string& taken_;
};

} // namespace

TEST_CASE("what is sent while the child gets what was held comes last") {
  two_threads it;
  const auto where = std::make_shared<cell>(it.system, "eager");
  std::string taken;
  const auto child
    = compat::make_forwarding_actor<eager>(it.system, supervised_ref<>{where}, taken);
  for (int n = 1; n <= 3; ++n)
    compat::anon_send(where->current(), n);
  where->up(child, 1);
  CHECK(taken == "1239");
  where->gone({});
}

TEST_CASE("nothing is lost or reordered while the child comes and goes") {
  constexpr int senders = 3;
  constexpr int messages = 4000;
  two_threads it;
  const auto where = std::make_shared<cell>(it.system, "sink", hold_up_to(senders * messages));
  std::promise<bool> all;
  const auto sink = it.system.spawn([&all](caf::event_based_actor*) -> caf::behavior {
    auto next = std::make_shared<std::map<int, int>>();
    auto left = std::make_shared<int>(senders * messages);
    auto good = std::make_shared<bool>(true);
    return {[=, &all](int who, int n) {
      *good = *good && (*next)[who]++ == n;
      if (--*left == 0)
        all.set_value(*good);
    }};
  });
  const auto stand_in = where->current();
  std::atomic<int> busy = senders;
  std::vector<std::thread> threads;
  for (int who = 0; who < senders; ++who)
    threads.emplace_back([&, who] {
      const supervised_ref<> ref{where};
      for (int n = 0; n < messages; ++n)
        if (who == 0)
          compat::anon_send(stand_in, who, n);
        else
          compat::anon_send(*ref, who, n);
      --busy;
    });
  std::uint32_t life = 0;
  while (busy > 0) {
    where->up(sink, ++life);
    std::this_thread::yield();
    where->down({});
    std::this_thread::yield();
  }
  for (auto& x : threads)
    x.join();
  where->up(sink, ++life);
  auto result = all.get_future();
  REQUIRE(result.wait_for(patience) == std::future_status::ready);
  CHECK(result.get());
  CHECK(where->count() == cell::counts{});
  where->gone({});
  caf::anon_send_exit(sink, caf::exit_reason::user_shutdown);
}

TEST_CASE("every request is answered or fails by name while children die") {
  for (const auto& policy : {hold_up_to(2), while_down{fail_fast}}) {
    constexpr int senders = 3;
    constexpr int requests = 300;
    two_threads it;
    const auto where = std::make_shared<cell>(it.system, "clerk", policy);
    std::atomic<int> busy = senders;
    std::atomic<int> answered = 0, failed = 0, nameless = 0;
    std::vector<std::thread> threads;
    for (int who = 0; who < senders; ++who)
      threads.emplace_back([&, who] {
        const supervised_ref<> ref{where};
        caf::scoped_actor self{it.system};
        const auto stand_in = where->current();
        for (int n = 0; n < requests; ++n)
          compat::request(self, who == 0 ? stand_in : *ref, patience, n)
            .receive([&](const std::string&) { ++answered; },
                     [&](const caf::error& why) {
                       ++(compat::is(why, caf::sec::request_timeout) ? nameless : failed);
                     });
        --busy;
      });
    std::uint32_t life = 0;
    while (busy > 0) {
      const auto child = clerk(it.system, "c");
      where->up(child, ++life);
      std::this_thread::yield();
      caf::anon_send_exit(child, caf::exit_reason::kill);
      where->down({});
      // The last of those who wait for a child must find one, or the end.
      if (busy == 1)
        where->set(fail_fast);
    }
    where->gone({});
    for (auto& x : threads)
      x.join();
    CHECK(nameless == 0);
    CHECK(answered + failed == senders * requests);
  }
}
