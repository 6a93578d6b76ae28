#include <supervisor/supervisor.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

namespace sup = supervisor;
using namespace std::chrono_literals;

caf::behavior greeter(caf::event_based_actor*) {
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

  auto tree = sup::start(system, {
                                   .intensity = {.restarts = 3, .period = 10s},
                                   .children = {{.id = "greeter", .start = sup::worker(greeter)}},
                                 });
  if (!tree) {
    std::cerr << to_string(tree.error()) << '\n';
    return 1;
  }

  auto greeted = false;
  caf::scoped_actor self{system};
  self->request(*tree->ref("greeter"), 10s, std::string{"stranger"})
    .receive([&](const std::string& reply) { greeted = reply == "hello, stranger"; },
             [](const caf::error&) {});
  return greeted ? 0 : 1;
}
