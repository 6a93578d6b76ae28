// A greeter that cannot bear silence, and the supervisor that brings it back.
#include <supervisor/supervisor.hpp>

#include <iostream>
#include <stdexcept>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

caf::behavior greeter(caf::event_based_actor*) { // an ordinary CAF actor: it knows nothing of us
  return {
    [](const std::string& name) -> std::string {
      if (name.empty())
        throw std::invalid_argument{"nobody to greet"};
      return "hello, " + name;
    },
  };
}

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};

  auto tree = sup::start(
    system,
    {
      .intensity = {.restarts = 3, .period = 10s},
      .children = {{.id = "greeter", .start = sup::worker(greeter), .backoff = {.first = 50ms}}},
    });
  if (!tree) {
    std::cerr << to_string(tree.error()) << '\n';
    return 1;
  }

  auto greet = tree->ref("greeter"); // stays good when the greeter does not
  caf::scoped_actor self{system};
  for (std::string name : {"Ada", "", "Joe"})
    self->request(*greet, 1s, name)
      .receive(
        [](const std::string& reply) { std::cout << reply << '\n'; },
        [&](const caf::error& why) { std::cout << "no greeting: " << sup::words(why) << '\n'; });
} // the tree stops its children, last one first, and then itself
