// What must hold, and be fetched, before a child starts.

#include "governed.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <supervisor/actors/node/reachable.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace governed;

namespace {

struct gate {
  bool open = false;
  int asked = 0;
};

sup::precondition check(const std::shared_ptr<gate>& g) {
  return {.check = "gate",
          .holds =
            [g] {
              ++g->asked;
              return g->open;
            },
          .timeout = 10s,
          .check_interval = 1s};
}

sup::child_spec gated(const std::shared_ptr<gate>& g) {
  auto made = child("db");
  made.more.make().preconditions = {check(g)};
  return made;
}

caf::behavior telling(caf::event_based_actor*, const sup::child& me) {
  return {[me](const std::string& name) {
    return me.environment(name).value_or("-") + " " + me.secret(name).value_or("-");
  }};
}

sup::child_spec with_secret(bool required = true) {
  sup::child_spec made{.id = "web", .start = sup::worker(telling)};
  auto& more = made.more.make();
  more.secrets = {{"PASSWORD", "db/password", required}};
  more.environment = {{"MODE", "fast", {}}, {"DB_PASSWORD", {}, "${PASSWORD}"}};
  return made;
}

sup::start_options knowing(sup::secret_provider ask) {
  auto options = sup::test::tree::quiet();
  options.secrets = std::move(ask);
  return options;
}

sup::expected<std::optional<std::string>> hunter2(const std::string& key) {
  return key == "db/password" ? std::optional<std::string>{"hunter2"} : std::nullopt;
}

std::string told(sup::test::tree& it, const std::string& name) {
  const auto text = std::make_shared<std::string>();
  it.system().spawn([=, whom = *it.ref("web")](caf::event_based_actor* self) {
    sup::compat::request(self, whom, caf::infinite, name).then([text](const std::string& x) {
      *text = x;
    });
  });
  it.run();
  return *text;
}

} // namespace

SCENARIO("a child is not started before its preconditions hold") {
  const auto g = std::make_shared<gate>();
  GIVEN("one that does not hold yet") {
    sup::test::tree it{{.children = {gated(g), child("web")}}};
    THEN("the child waits, and those after it, and the state says for what") {
      CHECK(it.state_of("db").state == sup::lifecycle::starting);
      CHECK(it.state_of("db").waits_for == std::vector<std::string>{"check gate"});
      CHECK(it.state_of("web").state == sup::lifecycle::declared);
      it.advance(3s);
      CHECK(g->asked == 4);
      g->open = true;
      it.advance(1s);
      CHECK(it.state_of("db").state == sup::lifecycle::ready);
      CHECK(it.state_of("db").waits_for.empty());
      CHECK(it.state_of("web").state == sup::lifecycle::ready);
      CHECK(it.state_of("db").attempt == 1);
    }
    THEN("it has failed to start when its time is over") {
      it.advance(10s);
      REQUIRE(it.report());
      CHECK(it.report()->why == sup::aim::roll_back);
      CHECK(it.report()->reason == "could not start: check gate did not hold within 10s");
    }
    THEN("the time to start begins when it holds") {
      it.advance(9s);
      g->open = true;
      it.advance(1s);
      CHECK(it.state_of("db").state == sup::lifecycle::ready);
    }
    THEN("the tree can be stopped meanwhile") {
      const auto report = it.stop();
      CHECK(report.asked_for());
      CHECK(report.verified_clean());
    }
    THEN("an operator can stop it meanwhile") {
      CHECK(it.pause_child("db")->ok());
      CHECK(it.state_of("db").state == sup::lifecycle::paused);
      g->open = true;
      CHECK(it.resume_child("db")->ok());
      it.advance(1s);
      CHECK(it.state_of("db").state == sup::lifecycle::ready);
    }
  }
  GIVEN("a nested supervisor whose gate is closed") {
    auto shop = nested_child("shop", {.children = {child("till")}});
    shop.more.make().preconditions = {check(g)};
    sup::test::tree it{{.children = {shop}}};
    THEN("it is down for those who look for it") {
      CHECK(it.state_of("shop").state == sup::lifecycle::starting);
      CHECK(text_of(it.pause_child("shop/till")) == "fault: /shop: its supervisor /shop is down");
      g->open = true;
      it.advance(1s);
      CHECK(it.state_of("shop/till").state == sup::lifecycle::ready);
    }
  }
  GIVEN("one that held at the first start") {
    g->open = true;
    sup::test::tree it{{.children = {gated(g)}}};
    CHECK(it.state_of("db").state == sup::lifecycle::ready);
    THEN("it must hold at every start") {
      g->open = false;
      it.crash("db");
      it.advance(2s);
      CHECK(it.state_of("db").state == sup::lifecycle::starting);
      g->open = true;
      it.advance(1s);
      CHECK(it.state_of("db").state == sup::lifecycle::ready);
    }
  }
  GIVEN("a question that throws") {
    auto made = child("db");
    made.more.make().preconditions
      = {{.check = "gate", .holds = []() -> bool { throw std::runtime_error{"no network"}; }}};
    sup::test::tree it{{.children = {made}}};
    THEN("that is a failed start") {
      REQUIRE(it.report());
      CHECK(it.report()->why == sup::aim::roll_back);
      CHECK(it.report()->reason.find("no network") != std::string::npos);
    }
  }
}

SCENARIO("a child is given its environment and its secrets") {
  GIVEN("a provider that has them") {
    sup::test::tree it{{.children = {with_secret()}}, knowing(hunter2)};
    CHECK(told(it, "MODE") == "fast -");
    CHECK(told(it, "DB_PASSWORD") == "hunter2 -");
    CHECK(told(it, "PASSWORD") == "- hunter2");
    CHECK(told(it, "NOTHING") == "- -");
  }
  GIVEN("a value that changes") {
    const auto value = std::make_shared<std::string>("old");
    sup::test::tree it{{.children = {with_secret()}},
                       knowing([value](const std::string&) { return std::optional{*value}; })};
    *value = "new";
    CHECK(told(it, "PASSWORD") == "- old");
    THEN("the next life has the new one") {
      it.crash("web");
      it.advance(1s);
      CHECK(told(it, "PASSWORD") == "- new");
    }
  }
  GIVEN("a provider that has nothing") {
    const auto none = knowing([](const std::string&) { return std::optional<std::string>{}; });
    THEN("whoever must have it does not start, and hears which one is missing") {
      sup::test::tree it{{.children = {with_secret()}}, none};
      REQUIRE(it.report());
      CHECK(it.report()->reason
            == "could not start: secret PASSWORD is required, and nobody has the key db/password");
    }
    THEN("whoever need not have it starts without") {
      sup::test::tree it{{.children = {with_secret(false)}}, none};
      CHECK(told(it, "PASSWORD") == "- -");
      CHECK(told(it, "DB_PASSWORD") == "- -");
    }
  }
  GIVEN("a value that no variable can have") {
    sup::test::tree it{{.children = {with_secret()}}, knowing([](const std::string&) {
                         return std::optional{std::string("top\0secret", 10)};
                       })};
    REQUIRE(it.report());
    CHECK(it.report()->reason
          == "could not start: secret PASSWORD has a zero byte in it, which no variable can have");
  }
  GIVEN("a provider that fails") {
    sup::test::tree it{{.children = {with_secret()}}, knowing([](const std::string&) {
                         return sup::fault{"", "vault is sealed"};
                       })};
    REQUIRE(it.report());
    CHECK(it.report()->reason == "could not start: secret PASSWORD: vault is sealed");
  }
}

SCENARIO("secrets come from the environment, from files, or from both") {
  const std::string folder = "/tmp/supervisor-secrets-" + std::to_string(::getpid());
  std::filesystem::create_directory(folder);
  std::ofstream{folder + "/token"} << "abc\n";
  std::ofstream{folder + "/large"} << std::string(70'000, 'x');
  const auto files = sup::secrets_from_folder(folder);
  ::setenv("SUPERVISOR_TEST_SECRET", "xyz", 1);
  const auto variables = sup::secrets_from_environment();
  THEN("a file's last newline is no part of it") { CHECK(**files("token") == "abc"); }
  THEN("what is not there is no fault") {
    CHECK_FALSE(*files("nothing"));
    CHECK_FALSE(*variables("SUPERVISOR_TEST_NOTHING"));
  }
  THEN("nobody looks outside of the folder") {
    CHECK(to_string(files("../token").error()) == "../token: is no name of a file");
  }
  THEN("a key does not end at a zero byte") {
    const std::string key{"token\0x", 7};
    CHECK(files(key).error().front().what == "is no name of a file");
    CHECK(variables(key).error().front().what == "is no name of a variable");
  }
  THEN("a variable has no = in its name") {
    ::setenv("SUPERVISOR_TEST_SECRET", "A=B", 1);
    CHECK(variables("SUPERVISOR_TEST_SECRET=A").error().front().what == "is no name of a variable");
  }
  THEN("what is no file is a fault at once, whoever does not write to it") {
    const auto is_no_file = [&](const std::string& key, const std::string& what) {
      CHECK(to_string(files(key).error())
            == folder + "/" + key + ": is " + what + ", must be a file");
    };
    REQUIRE(::mkfifo((folder + "/fifo").c_str(), 0600) == 0);
    std::filesystem::create_symlink("fifo", folder + "/link");
    std::filesystem::create_symlink("/dev/zero", folder + "/endless");
    std::filesystem::create_directory(folder + "/below");
    is_no_file("fifo", "a FIFO");
    is_no_file("link", "a FIFO");
    is_no_file("endless", "a device");
    is_no_file("below", "a folder");
    const auto listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    (folder + "/socket").copy(at.sun_path, sizeof at.sun_path - 1);
    REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    is_no_file("socket", "a socket, or a device that is not there");
    ::close(listening);
  }
  THEN("a link that leads nowhere is as good as nothing, and one that leads to itself a fault") {
    std::filesystem::create_symlink("nowhere", folder + "/dangling");
    std::filesystem::create_symlink("circle", folder + "/circle");
    CHECK_FALSE(*files("dangling"));
    CHECK(to_string(files("circle").error())
          == folder + "/circle: Too many levels of symbolic links");
  }
  THEN("what is too large is a fault, and not shown") {
    CHECK(to_string(files("large").error())
          == folder + "/large: is larger than 64 KiB, which no secret is");
  }
  THEN("the first one that knows it counts") {
    const auto both = sup::first_of({files, variables});
    CHECK(**both("token") == "abc");
    CHECK(**both("SUPERVISOR_TEST_SECRET") == "xyz");
    CHECK_FALSE(*both("nothing"));
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("somebody accepts connections or nobody does") {
  const auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&at), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0);
  const auto where = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  CHECK_FALSE(sup::detail::accepts_connections(where)); // it does not listen yet
  REQUIRE(::listen(fd, 1) == 0);
  CHECK(sup::detail::accepts_connections(where));
  ::close(fd);
  CHECK_FALSE(sup::detail::accepts_connections(where));
  CHECK_FALSE(sup::detail::accepts_connections("no.such.host.invalid:80"));
}
