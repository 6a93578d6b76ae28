// A tree of 100,000 children (or as many as the argument says) out of JSON: checked and started, beside
// the same tree written in C++. Prints seconds and how much longer the one takes.

#include "peers/bench.hpp"

#include <supervisor/cli/catalog.hpp>
#include <supervisor/config/json.hpp>

#include <cstdio>
#include <cstdlib>

using namespace bench;

namespace {

std::string declared(std::uint64_t n) {
  std::string text = R"({"version": 1, "intensity": {"restarts": 1000000000, "period": "1s"},)"
                     "\n\"children\": [";
  for (std::uint64_t i = 0; i < n; ++i)
    text += (i == 0 ? "\n" : ",\n") + (R"({"id": "c)" + std::to_string(i))
            + R"(", "factory": "child", "backoff": {"initial_delay": "0s", "max_delay": "1s"}})";
  return text + "\n]}\n";
}

template <class T>
T must(sup::expected<T> x) {
  if (x)
    return std::move(*x);
  std::fprintf(stderr, "%s\n", to_string(x.error()).c_str());
  std::_Exit(EXIT_FAILURE);
}

sup::catalog one_kind() {
  sup::catalog known;
  known.add("child", "answers numbers", [](std::string_view, sup::program&) {
    return sup::worker(child, caf::actor{}, std::uint64_t{0});
  });
  return known;
}

} // namespace

int main(int argc, char** argv) {
  const auto n = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const auto text = declared(n);
  const auto known = one_kind();
  sup::program program;
  caf::actor_system system{config()};
  auto by_hand = 0.;
  for (int round = 0; round < 2; ++round) { // the first one has to get the memory
    const auto began = steady::now();
    const auto tree = started(system, flat(n, {}));
    by_hand = seconds_since(began);
    static_cast<void>(tree.stop());
  }
  std::printf("%llu children written in C++  %.3f s\n", static_cast<unsigned long long>(n),
              by_hand);

  const auto began = steady::now();
  const auto spec = must(sup::read_spec(text));
  const auto read = seconds_since(began);
  auto bound = must(known.bind(spec, program));
  const auto checked = seconds_since(began);
  const auto tree = started(system, std::move(bound));
  const auto whole = seconds_since(began);
  std::printf("%llu children out of JSON     %.3f s (read %.3f, bound %.3f, started %.3f): "
              "%.2f times as long\n",
              static_cast<unsigned long long>(n), whole, read, checked - read, whole - checked,
              whole / by_hand);
  finish();
}
