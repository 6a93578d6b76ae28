#include "client.hpp"

namespace bench {

namespace {

void stop_all(const std::string& name, std::uint64_t n, const sup::tree& tree,
              const std::string& more) {
  const auto began = steady::now();
  tree.stop();
  print(name, n, seconds_since(began), more);
  finish();
}

} // namespace

void stop(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  stop_all(name, n, started(system, flat(n, {})), "");
}

// The members of a pool are told together.
void stop_pool(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto tree = started(system, one_pool());
  one_after_another(n, [&](std::uint64_t, sup::command_done done) {
    tree.carry_out(tree.member_of("/"), std::move(done));
  });
  stop_all(name, n, tree, of_pool);
}

void churn(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto tree = started(system, flat(0, {}));
  const auto spec = std::make_shared<const sup::child_spec>(permanent(0, {}));
  constexpr sup::command steps[]
    = {sup::command::start_child, sup::command::terminate_child, sup::command::delete_child};
  const auto took = one_after_another(3 * n, [&](std::uint64_t i, sup::command_done done) {
    sup::command_request wanted{.what = steps[i % 3], .path = "/c0", .audit = {"bench", "churn"}};
    if (wanted.what == sup::command::start_child) {
      wanted.path = "/";
      wanted.child = spec;
    }
    tree.carry_out(std::move(wanted), std::move(done));
  });
  print(name, n, took);
  finish();
}

void churn_pool(const std::string& name, std::uint64_t n) {
  caf::actor_system system{config()};
  const auto tree = started(system, one_pool());
  const auto took = one_after_another(2 * n, [&](std::uint64_t i, sup::command_done done) {
    if (i % 2 == 0)
      return tree.carry_out(tree.member_of("/"), std::move(done));
    tree.carry_out({.what = sup::command::terminate_child,
                    .path = "/c-" + std::to_string(i / 2 + 1),
                    .audit = {"bench", "churn"}},
                   std::move(done));
  });
  print(name, n, took, of_pool);
  finish();
}

} // namespace bench
