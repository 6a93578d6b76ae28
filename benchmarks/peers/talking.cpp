#include "bench.hpp"

#include <functional>

namespace bench {

namespace {

constexpr std::uint64_t warmup = 10'000;

template <class Whom>
struct pinger : std::enable_shared_from_this<pinger<Whom>> {
  caf::event_based_actor* self;
  std::string name;
  std::uint64_t n;
  Whom whom;
  std::uint64_t done = 0;
  steady::time_point began{};

  pinger(caf::event_based_actor* me, std::string what, std::uint64_t times, Whom child)
    : self(me), name(std::move(what)), n(times), whom(std::move(child)) {}

  void ping() {
    if (done == warmup)
      began = steady::now();
    if (done == n + warmup) {
      print(name, n, seconds_since(began));
      finish();
    }
    ++done;
    sup::compat::request(self, whom(), caf::infinite, 0).then([me = this->shared_from_this()](int) {
      me->ping();
    });
  }
};

template <class Whom>
void ping(caf::actor_system& system, const std::string& name, std::uint64_t n, Whom whom) {
  const auto actor = system.spawn([=](caf::event_based_actor* self) {
    std::make_shared<pinger<Whom>>(self, name, n, whom)->ping();
  });
  caf::scoped_actor self{system};
  self->wait_for(actor); // it ends the process
}

} // namespace

void ping_pong(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto tree = started(system, flat(1, {}));
  ping(system, name, n, [child = *tree.whereis("c0")] { return child; });
}

void ping_pong_by_ref(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto tree = started(system, flat(1, {}));
  ping(system, name, n, [child = tree.ref("c0")] { return *child; });
}

} // namespace bench
