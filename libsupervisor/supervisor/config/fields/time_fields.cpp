#include "supervisor/config/fields/access.hpp"

namespace supervisor::config {

namespace {

constexpr auto backoff_table = std::to_array<field<backoff>>({
  {.key = "initial_delay",
   .what = holds::duration,
   .doc = "Wait before the first of several restarts in a row; it doubles with each further one.",
   .is = member<&backoff::first>},
  {.key = "max_delay",
   .what = holds::duration,
   .doc = "The longest wait, jitter included.",
   .is = member<&backoff::longest>},
  {.key = "jitter",
   .what = holds::jitter,
   .doc = "How chance spreads a wait: a ratio that is added at most, or a word.",
   .is = member<&backoff::jitter>,
   .one_of = jitter_words},
});

constexpr auto intensity_table = std::to_array<field<intensity>>({
  {.key = "restarts",
   .what = holds::count_or_word,
   .doc = "How many restarts within the period are borne; one more, and the supervisor gives up.",
   .is = member<&intensity::restarts>,
   .one_of = unlimited_word},
  {.key = "period",
   .what = holds::duration,
   .doc = "The sliding period in which restarts are counted.",
   .is = member<&intensity::period>},
});

constexpr auto shutdown_table = std::to_array<field<stop_budget>>({
  {.key = "graceful_timeout",
   .what = holds::duration_or_word,
   .doc = "How long a child may take to stop on its own.",
   .by_default = R"("5s")",
   .is = {read_graceful, write_graceful},
   .one_of = unlimited_word},
  {.key = "abort_wait",
   .what = holds::duration,
   .doc = "How long a killed child may take to be gone.",
   .is = member<&stop_budget::abort_wait>},
});

} // namespace

std::span<const field<backoff>> fields_of(const backoff&) { return backoff_table; }
std::span<const field<intensity>> fields_of(const intensity&) { return intensity_table; }
std::span<const field<stop_budget>> fields_of(const stop_budget&) { return shutdown_table; }

} // namespace supervisor::config
