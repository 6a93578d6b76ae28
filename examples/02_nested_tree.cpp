// A shop: a typed actor, a function with a thread of its own, and an actor that asks the first,
// under a supervisor that is the child of another.
#include <supervisor/supervisor.hpp>

#include <iostream>
#include <thread>

namespace sup = supervisor;
using namespace std::chrono_literals;

using stock = sup::typed_actor<caf::result<int>(int), // add some, get the count
                               caf::result<int>(std::string)>;

stock::behavior_type warehouse(stock::pointer) {
  const auto pieces = std::make_shared<int>(0); // every life begins with an empty shelf
  return {[=](int n) { return *pieces += n; }, [=](const std::string&) { return *pieces; }};
}

void importer(sup::child me, sup::supervised_ref<stock> shelf) { // may block: it has its own thread
  for (; !me.stopping(); std::this_thread::sleep_for(1ms))
    caf::anon_send(*shelf, 1);
}

caf::behavior till(caf::event_based_actor* self, sup::supervised_ref<stock> shelf) {
  return {[=](const std::string& question) { return self->delegate(*shelf, question); }};
}

sup::supervisor_spec shop() {
  return {.strategy = sup::strategy::rest_for_one,
          .children = {
            {.id = "stock", .start = sup::worker(warehouse)},
            {.id = "importer",
             .start = sup::blocking_worker(importer, sup::ref<stock>("stock")),
             .shutdown = 1s},
            {.id = "till", .start = sup::worker(till, sup::ref<stock>("stock"))},
          }};
}

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto tree = sup::start(system, {.intensity = {.restarts = 2, .period = 1min},
                                  .children = {{.id = "shop", .start = sup::nested(shop())}}});
  if (!tree) {
    std::cerr << to_string(tree.error()) << '\n';
    return 1;
  }
  if (const auto wrong = tree->started(); !wrong.empty()) {
    std::cerr << to_string(wrong) << '\n';
    return 1;
  }
  caf::scoped_actor self{system};
  const auto count = [&] {
    int pieces = 0;
    self->request(*tree->ref("shop/till"), 5s, "how many?")
      .receive([&](int n) { pieces = n; },
               [](const caf::error& why) { std::cout << sup::words(why) << '\n'; });
    return pieces;
  };
  const auto wait_for_pieces = [&] {
    while (count() < 10)
      std::this_thread::sleep_for(1ms);
    std::cout << "there are pieces\n";
  };
  wait_for_pieces();
  caf::anon_send_exit(caf::actor_cast<caf::actor>(*tree->ref<stock>("shop/stock")),
                      caf::exit_reason::kill);
  wait_for_pieces(); // on a new shelf: whoever came after the stock was restarted with it
  std::cout << to_string(tree->stop()) << '\n';
}
