#include "client.hpp"

#include <cstdio>
#include <cstdlib>

namespace bench {

namespace {

void must(const sup::expected<sup::control_result>& done) {
  if (done && done->ok())
    return;
  std::fprintf(stderr, "%s\n", (done ? to_string(*done) : to_string(done.error())).c_str());
  std::_Exit(EXIT_FAILURE);
}

} // namespace

double one_after_another(caf::actor_system& system, std::uint64_t n,
                         std::function<void(std::uint64_t, sup::command_done)> want) {
  const auto began = steady::now();
  const auto client
    = system.spawn([n, want = std::move(want)](caf::event_based_actor* self) -> caf::behavior {
        sup::compat::send(self, caf::actor{self}, std::uint64_t{0});
        return {[=](std::uint64_t i) {
          if (i == n)
            return self->quit();
          want(i, [=, me = caf::actor{self}](const sup::expected<sup::control_result>& done) {
            must(done);
            sup::compat::anon_send(me, i + 1);
          });
        }};
      });
  caf::scoped_actor self{system};
  self->wait_for(client);
  return seconds_since(began);
}

} // namespace bench
