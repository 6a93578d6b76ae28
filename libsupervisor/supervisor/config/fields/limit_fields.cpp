#include "supervisor/config/fields/access.hpp"

namespace supervisor::config {

namespace {

constexpr auto failure_window_table = std::to_array<field<failure_window>>({
  {.key = "mode",
   .what = holds::word,
   .doc = "Whether failures are counted over a time, or among the last ends.",
   .is = member<&failure_window::mode>,
   .one_of = words_of<failure_window_mode>},
  {.key = "window",
   .what = holds::duration,
   .doc = "Of time_sliding: the time in which failures are counted.",
   .is = member<&failure_window::window>},
  {.key = "max_count",
   .what = holds::count,
   .doc = "Of count_sliding: among how many of the last ends failures are counted.",
   .is = count<&failure_window::max_count>,
   .least = 1,
   .most = failure_window::most_ends},
  {.key = "threshold",
   .what = holds::count,
   .doc = "How many failures are too many; then the child waits, or is quarantined by count.",
   .is = count<&failure_window::threshold>,
   .least = 1,
   .most = most_countable},
});

constexpr auto restart_limit_table = std::to_array<field<restart_limit>>({
  {.key = "max_restarts",
   .what = holds::count_or_word,
   .doc = "How many restarts a child gets within the window; 0 gives up at its first crash.",
   .is = member<&restart_limit::max_restarts>,
   .one_of = unlimited_word,
   .most = most_countable},
  {.key = "window",
   .what = holds::duration,
   .doc = "The sliding time in which restarts are counted.",
   .is = member<&restart_limit::window>},
});

constexpr auto cold_start_table = std::to_array<field<cold_start>>({
  {.key = "window",
   .what = holds::duration,
   .doc = "How long after its first start a child is cold.",
   .is = member<&cold_start::window>},
  {.key = "max_restarts",
   .what = holds::count_or_word,
   .doc = "How many restarts a cold child gets; the next one waits for the end of the window.",
   .is = member<&cold_start::max_restarts>,
   .one_of = unlimited_word,
   .most = most_countable},
});

constexpr auto hot_loop_table = std::to_array<field<hot_loop>>({
  {.key = "window",
   .what = holds::duration,
   .doc = "The sliding time in which ends are counted, clean ones included.",
   .is = member<&hot_loop::window>},
  {.key = "min_restarts",
   .what = holds::count,
   .doc = "With so many ends a child runs hot, and waits until there are fewer.",
   .is = count<&hot_loop::min_restarts>,
   .least = 1,
   .most = most_countable},
});

constexpr auto meltdown_table = std::to_array<field<meltdown_fuse>>({
  {.key = "max_failures",
   .what = holds::count,
   .doc = "With so many failures the fuse trips. If missing: 3 of a child, 5 of a group, 10 of a "
          "supervisor.",
   .is = {into_count<&meltdown_fuse::max_failures>, from<&meltdown_fuse::max_failures>},
   .least = 1,
   .most = most_countable},
  {.key = "window",
   .what = holds::duration,
   .doc = "The sliding time in which failures are counted. If missing: 10s of a child, 30s of a "
          "group, 60s of a supervisor.",
   .is = {into<&meltdown_fuse::window>, from<&meltdown_fuse::window>}},
  {.key = "reset_after",
   .what = holds::duration,
   .doc = "How long a fuse stays tripped; after as long without a failure it is as good as new.",
   .is = member<&meltdown_fuse::reset_after>},
});

constexpr auto restart_budget_table = std::to_array<field<token_bucket>>({
  {.key = "window",
   .what = holds::duration,
   .doc = "The time that max_burst is meant for.",
   .is = member<&token_bucket::window>},
  {.key = "max_burst",
   .what = holds::count,
   .doc = "How many restarts may come at once: tokens in a full bucket.",
   .is = count<&token_bucket::max_burst>,
   .least = 1},
  {.key = "recovery_rate_per_sec",
   .what = holds::rate,
   .doc = "How many tokens come back in a second. A restart without one waits for it.",
   .is = member<&token_bucket::recovery_rate_per_sec>},
});

// -- sets of limits ----------------------------------------------------------------------------------

void read_fuse_of_child(reading& r, const value& v, child_limits& to) {
  read_numbers(r, v, meltdown_fuse::for_child(), to.meltdown.emplace());
}

void read_fuse_of_group(reading& r, const value& v, scope_limits& to) {
  read_numbers(r, v, meltdown_fuse::for_group(), to.meltdown.emplace());
}

void read_fuse_of_supervisor(reading& r, const value& v, scope_limits& to) {
  read_numbers(r, v, meltdown_fuse::for_supervisor(), to.meltdown.emplace());
}

constexpr auto child_limits_table = std::to_array<field<child_limits>>({
  {.key = "failure_window",
   .what = holds::object,
   .doc = "Too many failures: the child waits until some are forgotten, or is quarantined.",
   .is = member<&child_limits::failure_window>,
   .object = "failure_window"},
  {.key = "restart_limit",
   .what = holds::object,
   .doc = "How many restarts the child gets; on_budget_exhausted says what then.",
   .is = member<&child_limits::restart_limit>,
   .object = "restart_limit"},
  {.key = "cold_start",
   .what = holds::object,
   .doc = "How many restarts the child gets soon after its first start.",
   .is = member<&child_limits::cold_start>,
   .object = "cold_start"},
  {.key = "hot_loop",
   .what = holds::object,
   .doc = "When the child ends so often that it has to cool down.",
   .is = member<&child_limits::hot_loop>,
   .object = "hot_loop"},
  {.key = "meltdown",
   .what = holds::object,
   .doc = "When the child has failed so often that it has to rest.",
   .is = {read_fuse_of_child, from<&child_limits::meltdown>},
   .object = "meltdown"},
});

constexpr auto scope_limits_table(void (*read_fuse)(reading&, const value&, scope_limits&),
                                  std::string_view when_tripped) {
  return std::to_array<field<scope_limits>>({
    {.key = "restart_budget",
     .what = holds::object,
     .doc = "How many restarts all its children get together; one beyond that waits.",
     .is = member<&scope_limits::restart_budget>,
     .object = "restart_budget"},
    {.key = "meltdown",
     .what = holds::object,
     .doc = when_tripped,
     .is = {read_fuse, from<&scope_limits::meltdown>},
     .object = "meltdown"},
    {.key = "concurrent_restarts",
     .what = holds::count,
     .doc = "How many restarts may be starting at a time; the next ones wait for their turn.",
     .is = count<&scope_limits::concurrent_restarts>,
     .least = 1},
  });
}

constexpr auto group_limits_table
  = scope_limits_table(read_fuse_of_group, "When nobody in the group is restarted for a while.");

constexpr auto supervisor_limits_table
  = scope_limits_table(read_fuse_of_supervisor, "When the supervisor gives up.");

} // namespace

std::span<const field<failure_window>> fields_of(const failure_window&) {
  return failure_window_table;
}

std::span<const field<restart_limit>> fields_of(const restart_limit&) {
  return restart_limit_table;
}

std::span<const field<cold_start>> fields_of(const cold_start&) { return cold_start_table; }
std::span<const field<hot_loop>> fields_of(const hot_loop&) { return hot_loop_table; }
std::span<const field<meltdown_fuse>> fields_of(const meltdown_fuse&) { return meltdown_table; }
std::span<const field<token_bucket>> fields_of(const token_bucket&) { return restart_budget_table; }
std::span<const field<child_limits>> fields_of(const child_limits&) { return child_limits_table; }
std::span<const field<scope_limits>> fields_of_group_limits() { return group_limits_table; }

std::span<const field<scope_limits>> fields_of_supervisor_limits() {
  return supervisor_limits_table;
}

// -- all of them in one word -------------------------------------------------------------------------

namespace {

bool is_word(const value& v) { return v.what == value::kind::text; }

template <class T>
void read_limits(reading& r, const value& v, std::span<const field<T>> fields, T in_a_word, T& to) {
  if (is_word(v)) {
    if (read_word(r, v, guarded_word))
      to = in_a_word;
  } else if (v.what == value::kind::object) {
    read_object(r, v, fields, to);
  } else {
    wrong_kind(r, v, "\"guarded\" or an object with " + list(keys_of(fields)));
  }
}

} // namespace

void read(reading& r, const value& v, child_limits& to) {
  read_limits(r, v, fields_of(to), guarded_child(), to);
}

void read_group_limits(reading& r, const value& v, group_config& to) {
  read_limits(r, v, fields_of_group_limits(), guarded_group(), to.limits.emplace());
}

void read_supervisor_limits(reading& r, const value& v, declared_spec& to) {
  auto& limits = to.more.make().limits;
  auto said = scope_limits{};
  read_limits(r, v, fields_of_supervisor_limits(), {}, said);
  if (!is_word(v))
    limits = said;
}

written write_group_limits(const group_config& x) {
  return x.limits ? json_of(fields_of_group_limits(), *x.limits) : written{};
}

written write_supervisor_limits(const declared_spec& x) {
  return x.more && x.more->limits ? json_of(fields_of_supervisor_limits(), *x.more->limits)
                                  : written{};
}

} // namespace supervisor::config
