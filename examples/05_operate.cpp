// A kiosk, and somebody who operates it while it is open: every command says who wants it and why,
// and leaves a record.
#include <supervisor/supervisor.hpp>

#include <iostream>
#include <stdexcept>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

caf::behavior counter(caf::event_based_actor*, const std::string& sells) {
  return {
    [sells](const std::string& what) -> std::string {
      if (what == "fire")
        throw std::runtime_error{"the counter burns"};
      return sells + ": " + what;
    },
  };
}

/// Takes one order from one customer, and goes.
caf::behavior waiter(caf::event_based_actor* self, const std::string& customer) {
  return {
    [self, customer](const std::string& order) {
      self->quit();
      return customer + " gets " + order;
    },
  };
}

/// Has a look at the oven and finds that it is cold.
caf::behavior oven(caf::event_based_actor*) { throw std::runtime_error{"no gas"}; }

sup::child_spec shop_counter(const std::string& id, const std::string& sells) {
  return {.id = id, .start = sup::worker(counter, sells)};
}

sup::supervisor_spec kiosk() {
  sup::child_spec guest{.id = "guest",
                        .start = sup::worker_with<std::string>(waiter),
                        .restart = sup::restart::temporary};
  return {.children = {shop_counter("papers", "papers"),
                       shop_counter("sweets", "sweets"),
                       {.id = "guests", .start = sup::pool(guest)}}};
}

template <class Result>
void print(const Result& came) {
  std::cout << (came ? to_string(*came) : "refused: " + to_string(came.error())) << '\n';
}

void print_children(const sup::tree& tree) {
  for (const auto& x : tree.current_state().children)
    std::cout << "  " << x.id << " " << label(x.state) << (x.dynamic ? ", added" : "") << '\n';
}

/// Until the restart that was commanded has happened.
void wait_until_up(const sup::tree& tree, const std::string& path) {
  caf::scoped_actor self{tree.system()};
  self->request(*tree.ref(path), 5s, std::string{"hello"})
    .receive([](const std::string&) {}, [](const caf::error&) {});
}

void command_the_counters(const sup::tree& tree) {
  const sup::audit anna{"anna", "stocktaking"};
  print(tree.pause_child("sweets", anna));
  print(tree.pause_child("sweets", {"bert", "did not know"})); // it is paused: nothing happens
  print(tree.resume_child("sweets", anna));
  wait_until_up(tree, "sweets");
  print(tree.restart_child("papers", {"anna", "new prices"}));
  wait_until_up(tree, "papers");
  print(tree.quarantine_child("papers", {"carl", "sells yesterday's news"}));
  print(tree.release_child("papers", {"carl", "today's are here"}));
  wait_until_up(tree, "papers");
}

void add_and_remove(const sup::tree& tree) {
  const sup::audit anna{"anna", "summer"};
  print(tree.start_child(shop_counter("ice", "ice cream"), anna));
  print(tree.start_child(shop_counter("ice", "more ice cream"), anna));      // is there
  print(tree.start_child({.id = "oven", .start = sup::worker(oven)}, anna)); // does not start
  print(tree.remove_child("ice", {"anna", "it rains"}));
  print(tree.remove_child("ice", {"bert", "it rains"})); // is gone
  print(tree.remove_child("sweets", {"", "because"}));   // who says so?
}

void serve_guests(const sup::tree& tree) {
  caf::scoped_actor self{tree.system()};
  for (const std::string customer : {"dora", "emil"}) {
    const auto served = tree.start_member("guests", customer);
    print(served);
    if (served)
      self->request(*tree.ref(served->path), 1s, std::string{"tea"})
        .receive([](const std::string& said) { std::cout << said << '\n'; },
                 [](const caf::error& why) { std::cout << sup::words(why) << '\n'; });
  }
}

void become_another(const sup::tree& tree) {
  auto next = kiosk();
  next.children[0].backoff = {.first = 200ms};                         // as it runs
  next.children[1].start = sup::worker(counter, std::string{"cakes"}); // a new start
  next.children.push_back(shop_counter("books", "books"));             // one more
  const auto plan = tree.plan_for(next);
  if (!plan) {
    std::cout << to_string(plan.error()) << '\n';
    return;
  }
  std::cout << to_string(plan->changes);
  print(tree.apply(*plan, {"anna", "autumn"}));
  print_children(tree);

  next.children.push_back({.id = "oven", .start = sup::worker(oven)});
  next.children.erase(next.children.begin());
  if (const auto worse = tree.plan_for(next))
    print(tree.apply(*worse, {"anna", "winter"})); // the oven does not start: all is as before
  print_children(tree);
}

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  sup::start_options quiet{.observer = {}};
  const auto tree = sup::start(system, kiosk(), quiet);
  if (!tree) {
    std::cerr << to_string(tree.error()) << '\n';
    return 1;
  }
  tree->started();
  command_the_counters(*tree);
  add_and_remove(*tree);
  serve_guests(*tree);
  become_another(*tree);
  const auto ended = tree->shutdown("anna", "closing time");
  std::cout << "the kiosk is " << label(tree->health().state) << " in phase " << ended->phase
            << ": " << ended->reason << '\n';
  print(tree->pause_child("papers", {"bert", "too late"}));
}
