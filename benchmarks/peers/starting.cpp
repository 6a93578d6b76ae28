#include "client.hpp"

namespace bench {

namespace {

std::string over(long base) { return ",\"rss_base_bytes\":" + std::to_string(base); }

std::uint64_t actors_in(std::uint64_t depth) {
  return depth == 0 ? 1 : 1 + 10 * actors_in(depth - 1);
}

/// Ten below each, and children at the bottom.
sup::supervisor_spec levels(std::uint64_t depth) {
  if (depth == 1)
    return flat(10, {});
  sup::supervisor_spec spec{.intensity = flat(0, {}).intensity};
  for (int i = 0; i < 10; ++i)
    spec.children.push_back(
      {.id = "s" + std::to_string(i), .start = sup::nested(levels(depth - 1))});
  return spec;
}

} // namespace

// Specs are made inside the timed section: a user has to write them down too.
void start(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto base = resident_bytes();
  const auto began = steady::now();
  const auto tree = started(system, flat(n, {}));
  print(name, n, seconds_since(began), over(base));
  finish();
}

void start_dynamic(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto tree = started(system, flat(0, {}));
  const auto base = resident_bytes();
  const auto took = one_after_another(n, [&](std::uint64_t i, sup::command_done done) {
    tree.carry_out({.what = sup::command::start_child,
                    .path = "/",
                    .audit = {"bench", "one more"},
                    .child = std::make_shared<const sup::child_spec>(permanent(i, {}))},
                   std::move(done));
  });
  print(name, n, took, over(base));
  finish();
}

void start_pool(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto tree = started(system, one_pool());
  const auto base = resident_bytes();
  const auto took = one_after_another(n, [&](std::uint64_t, sup::command_done done) {
    tree.carry_out(tree.member_of("/"), std::move(done));
  });
  print(name, n, took, over(base) + of_pool);
  finish();
}

void nested(const std::string&, std::uint64_t depth) {
  caf::actor_system system{config()};
  const auto base = resident_bytes();
  const auto began = steady::now();
  const auto tree = started(system, levels(depth));
  print("W7_nested_start", actors_in(depth), seconds_since(began), over(base));
  const auto stopping = steady::now();
  tree.stop();
  print("W7_nested_stop", actors_in(depth), seconds_since(stopping));
  finish();
}

} // namespace bench
