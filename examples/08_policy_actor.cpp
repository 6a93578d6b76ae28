// A policy that lives in an actor: it is asked by message, and may take its time. Here one actor
// looks after all children of a shop and lets two of them restart at once, but not three.
#include <supervisor/supervisor.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

/// Knows about every crash in the house, whichever supervisor asks.
caf::behavior warden(caf::event_based_actor*) {
  return {
    [asked = 0](const sup::situation& s) mutable -> sup::decision {
      std::cout << "warden: crash " << ++asked << ", after "
                << (s.uptime > 1s ? "a while" : "no time at all") << std::endl;
      return asked <= 2 ? sup::restart_now() : sup::leave_down();
    },
  };
}

caf::behavior clerk(caf::event_based_actor*) {
  return {[](const std::string& what) -> std::string {
    if (what == "fire")
      throw std::runtime_error{"the house is on fire"};
    return "done: " + what;
  }};
}

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const auto in_charge = system.spawn(warden);

  // If the warden does not answer within 100 ms, the policy beside it does.
  const auto judged
    = sup::ask_actor(in_charge, sup::standard_policy{.when = sup::restart::transient}, 100ms);
  const auto tree = sup::start(
    system, {.children = {{.id = "anna", .start = sup::worker(clerk), .policy = judged},
                          {.id = "bert", .start = sup::worker(clerk), .policy = judged}}});
  if (!tree) {
    std::cerr << to_string(tree.error()) << '\n';
    return 1;
  }

  const auto anna = tree->ref("anna"), bert = tree->ref("bert");
  for (const auto& who : {anna, bert, anna}) {
    caf::anon_send(*who, std::string{"fire"});
    std::this_thread::sleep_for(50ms); // only so that the output can be read
  }
  if (const auto why = tree->explain("anna"))
    std::cout << to_string(*why, "anna");
  std::cout << to_string(tree->stop()) << std::endl;
}
