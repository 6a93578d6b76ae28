// What children want of their supervisor.

#include "governed.hpp"
#include "told.hpp"

using namespace governed;

namespace {

struct answer {
  std::string text;
  sup::command_done note() {
    return [this](const sup::expected<sup::control_result>& x) { text = text_of(x); };
  }
};

enum class wish { restart, shutdown, signal };

/// Wants what it is told to want.
caf::behavior wanting(caf::event_based_actor*, const sup::child& me, answer* came) {
  return {[me, came](int what, const std::string& of) {
    switch (static_cast<wish>(what)) {
      case wish::restart:
        return me.request_restart("worn out", came->note());
      case wish::shutdown:
        return me.request_shutdown("all is done", came->note());
      case wish::signal:
        return me.request_signal(of, "SIGHUP", "new certificates", came->note());
    }
  }};
}

sup::child_spec boss(answer& came, std::optional<sup::command_permissions> may = {}) {
  sup::child_spec made{.id = "boss", .start = sup::worker(wanting, &came)};
  made.more.make().command_permissions = std::move(may);
  return made;
}

void wants(sup::test::tree& it, wish what, const std::string& of = "",
           const std::string& who = "boss") {
  sup::compat::anon_send(*it.ref(who), static_cast<int>(what), of);
  it.run();
  it.advance(1ms);
}

} // namespace

SCENARIO("a child asks for what it may not have") {
  answer came;
  sup::test::tree it{{.children = {boss(came), child("web")}}};
  THEN("it is told no, and that is counted") {
    wants(it, wish::restart);
    CHECK(came.text.find("restart_child /boss: failed") == 0);
    CHECK(came.text.find("by /boss: worn out") != std::string::npos);
    CHECK(came.text.find("has no command_permissions for that") != std::string::npos);
    wants(it, wish::shutdown);
    CHECK(came.text.find("shutdown /: failed") == 0);
    wants(it, wish::signal, "web");
    CHECK(came.text.find("signal_child /web: failed") == 0);
    CHECK(it.state_of("boss").refused_requests == 3);
    CHECK(it.state_of("boss").attempt == 1);
    CHECK_FALSE(it.ended());
  }
  THEN("a sibling is named by its id") {
    wants(it, wish::signal, "/web");
    CHECK(came.text == "fault: /web: is no id of a sibling");
  }
}

SCENARIO("a child asks for what it may have") {
  answer came;
  const sup::command_permissions all{true, true, {"SIGHUP"}};
  GIVEN("a child of the root") {
    sup::test::tree it{{.children = {child("web"), boss(came, all)}}};
    THEN("it is restarted") {
      wants(it, wish::restart);
      CHECK(came.text.find("restart_child /boss: accepted") == 0);
      CHECK(it.state_of("boss").attempt == 2);
      CHECK(it.state_of("boss").refused_requests == 0);
    }
    THEN("the tree ends in order, and the report says who wanted it") {
      wants(it, wish::shutdown);
      REQUIRE(it.report());
      CHECK(it.report()->requested_by == "/boss");
      CHECK(it.report()->reason == "all is done");
      CHECK(it.report()->asked_for());
    }
    THEN("only processes can be signalled") {
      wants(it, wish::signal, "web");
      CHECK(came.text.find("only processes can be signalled") != std::string::npos);
    }
  }
  GIVEN("a child of a nested supervisor that is not brought back") {
    auto shop = nested_child("shop", {.children = {boss(came, all)}});
    shop.restart = sup::restart::temporary;
    sup::test::tree it{{.children = {shop, child("web")}}};
    THEN("its own supervisor ends, and nobody else") {
      wants(it, wish::shutdown, "", "shop/boss");
      CHECK(came.text.find("shutdown /shop: accepted") == 0);
      CHECK(row_of(it.which_children()) == "web ready");
      CHECK_FALSE(it.ended());
    }
  }
}
