#include "supervisor/cli/session/service_manager.hpp"

#include "program.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace supervisor;
using namespace std::chrono_literals;

namespace {

/// Whoever listens at a NOTIFY_SOCKET.
class listener {
public:
  explicit listener(std::string address) : address_(std::move(address)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address_.data(), address_.size());
    if (address_[0] == '@')
      name.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + address_.size();
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&name), static_cast<socklen_t>(size))
            == 0);
  }

  ~listener() {
    close(socket_);
    std::error_code ignored;
    std::filesystem::remove(address_, ignored);
  }

  /// The next datagram; "(none)" after too long a time.
  std::string hears() const {
    pollfd readable{socket_, POLLIN, 0};
    std::array<char, 4096> some{};
    if (poll(&readable, 1, 20'000) <= 0)
      return "(none)";
    const auto size = recv(socket_, some.data(), some.size(), 0);
    return size < 0 ? "(none)" : std::string{some.data(), static_cast<std::size_t>(size)};
  }

  /// Whether one with that in it comes; skips others.
  bool hears(std::string_view text) const {
    for (auto all = hears(); all != "(none)"; all = hears())
      if (all.find(text) != std::string::npos)
        return true;
    return false;
  }

private:
  const std::string address_;
  const int socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

std::string abstract_address() { return "@supctl-test-" + std::to_string(getpid()); }

std::string path_address() {
  return (std::filesystem::temp_directory_path()
          / ("supctl-" + std::to_string(getpid()) + ".socket"))
    .string();
}

/// What our variables say.
std::string said(const char* socket, const char* microseconds, const std::string& whose) {
  setenv("NOTIFY_SOCKET", socket, 1);
  setenv("WATCHDOG_USEC", microseconds, 1);
  setenv("WATCHDOG_PID", whose.c_str(), 1);
  const auto found = service_environment::ours();
  for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    unsetenv(name);
  return found.address + (found.watchdog ? " " + to_string(*found.watchdog) : "");
}

} // namespace

TEST_CASE("a service manager is known by what it says") {
  const auto us = std::to_string(getpid());
  CHECK(said("/run/x", "2000000", us) == "/run/x 2s");
  CHECK(said("@x", "2000000", "") == "@x 2s");
  CHECK(said("@x", "2000000", "1") == "@x");
  CHECK(said("@x", "2000000", "x") == "@x");
  for (const auto* nonsense : {"", "0", "-1", "1x", "99999999999999999999"})
    CHECK(said("@x", nonsense, us) == "@x");
  CHECK(!service_environment::ours().watchdog);
  CHECK(service_environment::ours().address == "");
}

TEST_CASE("it is told at a path and at an abstract name") {
  for (const auto& address : {path_address(), abstract_address()}) {
    const listener above{address};
    const service_manager to{{.address = address}};
    to.tell("READY=1");
    CHECK(above.hears() == "READY=1");
  }
}

TEST_CASE("nobody has to listen") {
  for (const auto& address :
       {std::string{}, std::string{"/no/such/socket"}, std::string{"@no-such"},
        std::string{"vsock:2:1"}, std::string{"@"}, std::string(200, '/')})
    service_manager{{.address = address}}.tell("READY=1");
}

SCENARIO("supctl runs as a service") {
  GIVEN("a service manager that wants to hear of it") {
    const auto address = abstract_address();
    const listener above{address};
    const text_file file{R"({"version": 1, "intensity": {"restarts": "unlimited"}, "children": [)"
                         R"({"id": "a", "factory": "demo.flaky", "args": {"every": "50ms"}}]})"};
    supctl program{{"run", file.path()},
                   {.environment = {"NOTIFY_SOCKET=" + address, "WATCHDOG_USEC=100000"}}};

    THEN("it hears that all was started, of crashes, that it is alive, and that it stops") {
      CHECK(above.hears("READY=1\nSTATUS="));
      CHECK(above.hears("STATUS=/a panicked: "));
      for (int i = 0; i < 5; ++i)
        CHECK(above.hears("WATCHDOG=1"));
      program.send(SIGTERM);
      CHECK(above.hears("STOPPING=1\nSTATUS=shutdown: request_stop"));
      CHECK(program.end().code == 0);
    }
  }

  GIVEN("a tree that cannot be started") {
    const auto address = path_address();
    const listener above{address};
    const text_file file{
      R"({"version": 1, "children": [{"id": "a", "factory": "demo.failing_start"}]})"};
    const auto ran
      = run_supctl({"run", file.path()}, {.environment = {"NOTIFY_SOCKET=" + address}});

    THEN("it never says that it is ready") {
      CHECK(ran.code == 1);
      const service_manager end{{.address = address}};
      end.tell("END");
      std::string all;
      for (auto one = above.hears(); one != "END" && one != "(none)"; one = above.hears())
        all += one + '\n';
      CHECK(all.find("READY=1") == std::string::npos);
      CHECK(all.find("STATUS=") != std::string::npos);
    }
  }
}
