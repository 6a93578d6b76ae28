// What becomes of a tree whose process is stopped for a while: by the length of the pause, by how many
// children there are, and by what the tree was doing. docs/chaos.md.

#include "../number.hpp"
#include "../paused_tree.hpp"

#include <iomanip>
#include <iostream>
#include <optional>

namespace {

using namespace chaos;
using namespace std::chrono_literals;
using words = std::vector<std::string>;

constexpr auto phases = {pause_in::start, pause_in::run, pause_in::stop};

/// What is tried: each with each.
struct matrix {
  std::vector<std::chrono::milliseconds> lengths{300ms, 500ms, 1s, 2s, 5s, 10s};
  std::vector<int> children{1, 100};
  std::vector<pause_in> when{phases};
};

double in_seconds(std::chrono::nanoseconds x) { return std::chrono::duration<double>(x).count(); }

/// Above zero, and no more than that.
std::optional<double> number(const std::string& text, double most) {
  const auto x = as_number(text);
  return x && *x > 0 && *x <= most ? x : std::nullopt;
}

bool take_length(matrix& to, const std::string& text) {
  const auto x = number(text, 3600);
  if (x)
    to.lengths = {std::chrono::milliseconds{static_cast<std::int64_t>(*x * 1000)}};
  return x.has_value();
}

bool take_children(matrix& to, const std::string& text) {
  const auto x = number(text, 1000);
  if (x)
    to.children = {static_cast<int>(*x)};
  return x.has_value();
}

bool take_phase(matrix& to, const std::string& text) {
  for (const auto x : phases)
    if (label(x) == text)
      to.when = {x};
  return to.when.size() == 1;
}

/// Nothing: they make no sense.
std::optional<matrix> read(const words& all) {
  matrix to;
  for (std::size_t i = 0; i < all.size(); i += 2) {
    const auto value = i + 1 < all.size() ? all[i + 1] : "";
    if (!(all[i] == "--length"     ? take_length(to, value)
          : all[i] == "--children" ? take_children(to, value)
                                   : all[i] == "--in" && take_phase(to, value)))
      return std::nullopt;
  }
  return to;
}

bool is_well(const pause_outcome& x) {
  return x.came && x.found && x.restarts == 0 && x.killed == 0 && x.not_graceful == 0;
}

void tell(const pause_plan& plan, const pause_outcome& x) {
  std::cout << "pause " << std::setw(4) << in_seconds(plan.length) << " s  children "
            << std::setw(3) << plan.children << "  " << std::setw(8) << label(plan.when);
  if (!x.came)
    std::cout << "  the tree broke" << std::endl;
  else
    std::cout << "  restarts " << x.restarts << "  kills " << x.killed << "  not graceful "
              << x.not_graceful << "  judged " << (x.found ? "" : "NOT ") << "after " << std::fixed
              << std::setprecision(2) << in_seconds(x.judged) << " s" << std::defaultfloat
              << std::endl;
}

/// Whether all was well.
bool run(const matrix& all) {
  bool well = true;
  for (const auto children : all.children)
    for (const auto length : all.lengths)
      for (const auto when : all.when) {
        const pause_plan plan{length, children, when};
        const auto came = pause_once(plan);
        tell(plan, came);
        well = is_well(came) && well;
      }
  return well;
}

} // namespace

int main(int argc, char** argv) {
  const words all(argv + 1, argv + argc);
  if (is_for_paused_tree(all))
    return be_paused_tree(all);
  const auto wanted = read(all);
  if (!wanted) {
    std::cerr
      << "usage: pauses [--length SECONDS] [--children N] [--in starting|running|stopping]\n"
         "SECONDS: at most 3600, N: at most 1000; without them, all lengths, numbers and "
         "states of docs/chaos.md\n";
    return 2;
  }
  return run(*wanted) ? 0 : 1;
}
