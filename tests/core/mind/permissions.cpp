#include "core_under_test.hpp"

using namespace std::chrono_literals;
using namespace supervisor;

namespace {

struct process_of {
  declared_child_spec operator()(std::string id) const {
    auto child = worker(std::move(id));
    child.start = {.process = std::make_shared<const process_spec>()};
    return child;
  }
};

declared_spec shop(std::optional<command_permissions> may = {}) {
  declared_spec spec{.children = {process_of{}("web"), worker("boss")}};
  spec.children[1].more.make().command_permissions = std::move(may);
  return spec;
}

/// What `asker` wants.
input wants(core_under_test& it, const std::string& asker, command order, const std::string& of,
            int signal = 0) {
  auto x = it.input_of(order, of);
  x.asker = it.life_of(asker);
  x.signal = signal;
  return x;
}

input wants_the_end(core_under_test& it, const std::string& asker) {
  auto x = wants(it, asker, command::shutdown, asker);
  x.who = {};
  return x;
}

constexpr int term = 15, hup = 1;

} // namespace

SCENARIO("a child may do to its supervisor what its permissions say") {
  GIVEN("one that says nothing of them") {
    core_under_test it{shop()};
    it.start();
    THEN("it may neither shut down nor restart") {
      CHECK(it.feed(wants_the_end(it, "boss")) == "");
      CHECK(it.said().no == objection::not_permitted);
      CHECK(it.feed(wants(it, "boss", command::restart_child, "boss")) == "");
      CHECK(it.said().no == objection::not_permitted);
      CHECK(it.tally().children[it.slot_of("boss")].refused == 2);
      CHECK(it.last(event_type::child_control_command_completed).no == objection::not_permitted);
    }
    THEN("it may send SIGTERM to a sibling, and nothing else") {
      CHECK(it.feed(wants(it, "boss", command::signal_child, "web", term)) == "signal web");
      CHECK(it.signals.back() == std::pair{std::string{"web"}, term});
      CHECK(it.feed(wants(it, "boss", command::signal_child, "web", hup)) == "");
      CHECK(it.said().no == objection::not_permitted);
    }
    THEN("what else there is for operators is not for it") {
      for (const auto order : {command::pause_child, command::remove_child,
                               command::quarantine_child, command::terminate_child}) {
        CHECK(it.feed(wants(it, "boss", order, "web")) == "");
        CHECK(it.said().no == objection::not_permitted);
      }
    }
    THEN("an operator may send what he likes, and tell it to read its configuration again") {
      auto reload = it.input_of(command::signal_child, "web");
      CHECK(it.feed(reload) == "signal web");
      CHECK(it.signals.back().second == 0);
    }
    THEN("only processes can be signalled, and only while they run") {
      CHECK(it.command(command::signal_child, "boss") == "");
      CHECK(it.said().no == objection::no_process);
      it.crash("web");
      CHECK(it.command(command::signal_child, "web") == "");
      CHECK(it.said().no == objection::not_running);
    }
  }
  GIVEN("one that may do all of it") {
    core_under_test it{shop(command_permissions{true, true, {"SIGHUP"}})};
    it.start();
    THEN("it restarts itself, and nobody else") {
      CHECK(it.feed(wants(it, "boss", command::restart_child, "boss")) == "stop boss");
      CHECK(it.said().no == objection::none);
      it.advance(1ms);
      CHECK(it.feed(wants(it, "boss", command::restart_child, "web")) == "");
      CHECK(it.said().no == objection::not_permitted);
    }
    THEN("it ends its supervisor, in order") {
      CHECK(it.feed(wants_the_end(it, "boss")) == "stop boss, stop web, finish");
      CHECK(it.said().no == objection::none);
      CHECK(it.over == aim::stop);
    }
    THEN("the signals are those of its list") {
      CHECK(it.feed(wants(it, "boss", command::signal_child, "web", hup)) == "signal web");
      CHECK(it.feed(wants(it, "boss", command::signal_child, "web", term)) == "");
    }
    THEN("a life that has ended wants nothing any more") {
      const auto late = wants_the_end(it, "boss");
      it.crash("boss");
      it.feed(late);
      CHECK(it.said().no == objection::not_running);
      CHECK_FALSE(it.finished);
    }
  }
}
