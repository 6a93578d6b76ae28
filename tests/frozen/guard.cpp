// The core steps beside the core that this directory keeps as it was, with the same random supervisors and
// the same misfortunes. Both have to want and to say the same.

#include "../core/mind/transcript.hpp"
#include "../core/mind/walk.hpp"
#include "walk/transcript.hpp"
#include "walk/walk.hpp"

#include <doctest/doctest.h>

namespace {

constexpr std::uint64_t seeds = 25'000;

/// One walk, step by step.
template <class Walk, class Dice>
std::vector<std::string> told_of(std::uint64_t seed, bool mortal) {
  Dice d{seed};
  Walk w{d, mortal};
  std::vector<std::string> all;
  w.it.after_step
    = [&](auto inputs, const auto& out) { all.push_back(transcript_of(inputs, out)); };
  live(w, d);
  if (!mortal)
    get_well(w.it);
  end(w);
  return all;
}

std::size_t steps_that_agree(std::uint64_t seed, bool mortal) {
  const auto now = told_of<supervisor::walk, std::mt19937_64>(seed, mortal);
  const auto then = told_of<frozen::walk, std::mt19937_64>(seed, mortal);
  for (std::size_t i = 0; i < std::max(now.size(), then.size()); ++i) {
    INFO("seed " << seed << ", step " << i);
    REQUIRE(i < now.size());
    REQUIRE(i < then.size());
    REQUIRE(now[i] == then[i]);
  }
  return now.size();
}

} // namespace

TEST_CASE("the core does what the frozen one does") {
  std::size_t steps = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed)
    steps += steps_that_agree(seed, seed % 8 != 0);
  MESSAGE(steps << " steps");
  CHECK(steps > 1'000'000);
}
