#include "supervisor/config/fields.hpp"

#include "supervisor/config/objects.hpp"

#include <array>

namespace supervisor::config {

namespace {

template <class T>
void read(reading& r, const value& v, std::optional<T>& to) {
  read(r, v, to.emplace());
}

template <auto Member, class T>
void into(reading& r, const value& v, T& to) {
  read(r, v, to.*Member);
}

template <auto Member, class T>
void into_more(reading& r, const value& v, T& to) {
  read(r, v, to.more.make().*Member);
}

constexpr auto backoff_table = std::to_array<field<backoff>>({
  {.key = "initial_delay",
   .what = holds::duration,
   .doc = "Wait before the first of several restarts in a row; it doubles with each further one.",
   .by_default = R"("10ms")",
   .read = into<&backoff::first>},
  {.key = "max_delay",
   .what = holds::duration,
   .doc = "The longest wait, jitter included.",
   .by_default = R"("1s")",
   .read = into<&backoff::longest>},
  {.key = "jitter",
   .what = holds::jitter,
   .doc = "How chance spreads a wait: a ratio that is added at most, or a word.",
   .by_default = R"("disabled")",
   .read = into<&backoff::jitter>,
   .one_of = jitter_words},
});

constexpr auto intensity_table = std::to_array<field<intensity>>({
  {.key = "restarts",
   .what = holds::limit,
   .doc = "How many restarts within the period are borne; one more, and the supervisor gives up.",
   .by_default = "10",
   .read = into<&intensity::restarts>,
   .one_of = unlimited_word},
  {.key = "period",
   .what = holds::duration,
   .doc = "The sliding period in which restarts are counted.",
   .by_default = R"("60s")",
   .read = into<&intensity::period>},
});

constexpr auto shutdown_table = std::to_array<field<stop_budget>>({
  {.key = "graceful_timeout",
   .what = holds::duration_or_word,
   .doc = "How long a child may take to stop on its own.",
   .by_default = R"("5s")",
   .read = read_graceful,
   .one_of = unlimited_word},
  {.key = "abort_wait",
   .what = holds::duration,
   .doc = "How long a killed child may take to be gone.",
   .by_default = R"("1s")",
   .read = into<&stop_budget::abort_wait>},
});

constexpr field<child_defaults> default_later(std::string_view key) { return {.key = key}; }

constexpr auto defaults_table = std::to_array<field<child_defaults>>({
  {.key = "restart",
   .what = holds::word,
   .doc = "When an ended child is started again.",
   .by_default = R"("permanent")",
   .read = into<&child_defaults::restart>,
   .one_of = words_of<restart>},
  {.key = "backoff",
   .what = holds::object,
   .doc = "The wait before a restart.",
   .read = into<&child_defaults::backoff>,
   .object = "backoff"},
  {.key = "shutdown",
   .what = holds::shutdown,
   .doc = "How long a child may take to stop; a nested supervisor has all the time it needs.",
   .by_default = R"("5s")",
   .read = into<&child_defaults::shutdown>,
   .one_of = stop_words,
   .object = "shutdown"},
  default_later("health_policy"),
  default_later("limits"),
  default_later("policy"),
  default_later("severity"),
});

constexpr field<declared_child_spec> child_later(std::string_view key) { return {.key = key}; }

constexpr auto child_table = std::to_array<field<declared_child_spec>>({
  {.key = "id",
   .what = holds::id,
   .doc = "What the child is called, unique among its siblings.",
   .read = into<&declared_child_spec::id>,
   .required = true},
  {.key = "factory",
   .what = holds::text,
   .doc = "What to start, by its name in the catalog of the program.",
   .read = read_factory},
  {.key = "args",
   .what = holds::anything,
   .doc = "What the factory is told.",
   .by_default = "{}",
   .read = read_args},
  {.key = "supervisor",
   .what = holds::object,
   .doc = "A supervisor of its own instead of a factory.",
   .read = read_nested,
   .object = "supervisor"},
  {.key = "name",
   .what = holds::text,
   .doc = "For display; the id if missing.",
   .read = into_more<&child_details::name>},
  {.key = "restart",
   .what = holds::word,
   .doc = "When the child is started again after its end; the supervisor's default if missing.",
   .read = into<&declared_child_spec::restart>,
   .one_of = words_of<restart>},
  {.key = "backoff",
   .what = holds::object,
   .doc = "The wait before a restart; the supervisor's default if missing.",
   .read = into<&declared_child_spec::backoff>,
   .object = "backoff"},
  {.key = "shutdown",
   .what = holds::shutdown,
   .doc = "How long the child may take to stop; the supervisor's default if missing.",
   .read = into<&declared_child_spec::shutdown>,
   .one_of = stop_words,
   .object = "shutdown"},
  {.key = "readiness_policy",
   .what = holds::word,
   .doc = "Whether the child is ready as soon as it runs, or when it says so.",
   .by_default = R"("immediate")",
   .read = into<&declared_child_spec::readiness>,
   .one_of = words_of<readiness>},
  {.key = "dependencies",
   .what = holds::ids,
   .doc = "Siblings that must be ready before the child is started.",
   .by_default = "[]",
   .read = into<&declared_child_spec::dependencies>},
  {.key = "criticality",
   .what = holds::word,
   .doc = "Whether the supervisor fails to start with a critical child, or tries again.",
   .by_default = R"("critical")",
   .read = into<&declared_child_spec::criticality>,
   .one_of = words_of<criticality>},
  {.key = "start_timeout",
   .what = holds::duration,
   .doc = "How long the child may take until it runs and, if explicit, is ready.",
   .by_default = R"("30s")",
   .read = into<&declared_child_spec::start_timeout>},
  {.key = "tags",
   .what = holds::texts,
   .doc = "Words by which children are chosen.",
   .by_default = "[]",
   .read = into_more<&child_details::tags>},
  child_later("process"),
  child_later("health_policy"),
  child_later("task_role"),
  child_later("sidecar_config"),
  child_later("severity"),
  child_later("group"),
  child_later("health_check"),
  child_later("readiness"),
  child_later("resource_limits"),
  child_later("command_permissions"),
  child_later("environment"),
  child_later("secrets"),
  child_later("run_timeout"),
  child_later("limits"),
  child_later("policy"),
});

constexpr field<declared_spec> spec_later(std::string_view key) { return {.key = key}; }

// The file's own keys come first, and a nested supervisor has those behind them.
constexpr std::size_t own_fields = 3;

constexpr auto file_table = std::to_array<field<declared_spec>>({
  {.key = "version",
   .what = holds::version,
   .doc = "The version of this format, 1.",
   .read = read_version,
   .required = true},
  {.key = "id",
   .what = holds::id,
   .doc = "What the whole tree is called, for display.",
   .read = into<&declared_spec::id>},
  {.key = "config_version",
   .what = holds::text,
   .doc = "The version of this very configuration, shown with the state.",
   .by_default = R"("unversioned")",
   .read = into_more<&supervisor_details::config_version>},
  {.key = "strategy",
   .what = holds::word,
   .doc = "Who goes down and comes up again with a child that is restarted.",
   .by_default = R"("one_for_one")",
   .read = into<&declared_spec::strategy>,
   .one_of = words_of<strategy>},
  {.key = "intensity",
   .what = holds::object,
   .doc = "How many restarts the supervisor bears before it gives up.",
   .read = into<&declared_spec::intensity>,
   .object = "intensity"},
  {.key = "defaults",
   .what = holds::object,
   .doc = "What children get that say nothing themselves. Not handed down to nested supervisors.",
   .read = into<&declared_spec::defaults>,
   .object = "defaults"},
  {.key = "children",
   .what = holds::children,
   .doc = "Started in this order, dependencies first, and stopped in the reverse one.",
   .by_default = "[]",
   .read = read_children,
   .object = "child"},
  spec_later("default_health_policy"),
  spec_later("supervisor_failure_limit"),
  spec_later("escalation_policy"),
  spec_later("group_strategies"),
  spec_later("group_configs"),
  spec_later("group_dependencies"),
  spec_later("severity_defaults"),
  spec_later("child_strategy_overrides"),
  spec_later("dynamic_supervisor_policy"),
  spec_later("control_channel_capacity"),
  spec_later("event_channel_capacity"),
  spec_later("limits"),
  spec_later("policy"),
});

} // namespace

std::span<const field<backoff>> backoff_fields() { return backoff_table; }
std::span<const field<intensity>> intensity_fields() { return intensity_table; }
std::span<const field<stop_budget>> shutdown_fields() { return shutdown_table; }
std::span<const field<child_defaults>> defaults_fields() { return defaults_table; }
std::span<const field<declared_child_spec>> child_fields() { return child_table; }
std::span<const field<declared_spec>> file_fields() { return file_table; }

std::span<const field<declared_spec>> supervisor_fields() {
  return file_fields().subspan(own_fields);
}

} // namespace supervisor::config
