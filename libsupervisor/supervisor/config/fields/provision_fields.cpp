#include "supervisor/config/fields/access.hpp"

namespace supervisor::config {

namespace {

constexpr auto resource_limits_table = std::to_array<field<resource_limits>>({
  {.key = "max_memory_mb",
   .what = holds::count,
   .doc = "Megabytes of data in each process of the child.",
   .is = count<&resource_limits::max_memory_mb>,
   .least = 1,
   .most = most_megabytes},
  {.key = "max_cpu_percent",
   .what = holds::count,
   .doc = "Percent of one core, of all processes of the child together. Needs a cgroup.",
   .is = count<&resource_limits::max_cpu_percent>,
   .least = 1,
   .most = 100},
  {.key = "max_file_descriptors",
   .what = holds::count,
   .doc = "How many files and sockets each process of the child may have open at a time.",
   .is = count<&resource_limits::max_file_descriptors>,
   .least = 4,
   .most = most_in_file},
  {.key = "max_core_mb",
   .what = holds::count,
   .doc = "Megabytes of a core dump; 0 for none.",
   .is = count<&resource_limits::max_core_mb>,
   .most = most_megabytes},
  {.key = "max_processes",
   .what = holds::count,
   .doc = "How many processes and threads the user of the child may have.",
   .is = count<&resource_limits::max_processes>,
   .least = 1,
   .most = most_in_file},
  {.key = "required",
   .what = holds::boolean,
   .doc = "Whether the child does not start rather than run without one of them.",
   .is = member<&resource_limits::required>},
});

constexpr auto command_permissions_table = std::to_array<field<command_permissions>>({
  {.key = "allow_shutdown",
   .what = holds::boolean,
   .doc = "Whether it may ask for the end of its supervisor.",
   .is = member<&command_permissions::allow_shutdown>},
  {.key = "allow_restart",
   .what = holds::boolean,
   .doc = "Whether it may ask for a restart of itself.",
   .is = member<&command_permissions::allow_restart>},
  {.key = "allowed_signals",
   .what = holds::signals,
   .doc = "Which signals it may have sent to siblings that are processes.",
   .is = member<&command_permissions::allowed_signals>},
});

void read_value(reading& r, const value& v, env_var& to) {
  read_any_text(r, v, to.value.emplace());
}

constexpr auto env_var_table = std::to_array<field<env_var>>({
  {.key = "name",
   .what = holds::variable,
   .doc = "What the variable is called, unique among those of the child.",
   .is = member<&env_var::name>,
   .required = true},
  {.key = "value",
   .what = holds::any_text,
   .doc = "What it says.",
   .is = {read_value, from<&env_var::value>}},
  {.key = "secret_ref",
   .what = holds::reference,
   .doc = "One of the child's secrets instead of a value: ${NAME}.",
   .is = member<&env_var::secret_ref>},
});

constexpr auto secret_ref_table = std::to_array<field<secret_ref>>({
  {.key = "name",
   .what = holds::variable,
   .doc = "What the child calls it, unique among its secrets.",
   .is = member<&secret_ref::name>,
   .required = true},
  {.key = "key",
   .what = holds::text,
   .doc = "What the provider of secrets calls it.",
   .is = member<&secret_ref::key>,
   .required = true},
  {.key = "required",
   .what = holds::boolean,
   .doc = "Whether the child does not start without it.",
   .is = member<&secret_ref::required>},
});

constexpr auto precondition_table = std::to_array<field<precondition>>({
  {.key = "path",
   .what = holds::text,
   .doc = "Something with this path exists.",
   .is = member<&precondition::path>},
  {.key = "tcp",
   .what = holds::address,
   .doc = "Somebody accepts connections there: host:port or [::1]:port.",
   .is = member<&precondition::tcp>},
  {.key = "check",
   .what = holds::text,
   .doc = "What the program itself checks, by its name in the catalog.",
   .is = member<&precondition::check>},
  {.key = "timeout",
   .what = holds::duration,
   .doc = "The start has failed after that.",
   .is = member<&precondition::timeout>},
  {.key = "check_interval",
   .what = holds::duration,
   .doc = "How long after one look the next one is taken; not longer than timeout.",
   .is = member<&precondition::check_interval>},
});

constexpr auto recycle_table = std::to_array<field<recycle_policy>>({
  {.key = "max_age",
   .what = holds::duration,
   .doc = "How long it has been ready.",
   .is = member<&recycle_policy::max_age>},
  {.key = "max_count",
   .what = holds::count,
   .doc = "How much it says to have done.",
   .is = count<&recycle_policy::max_count>,
   .least = 1,
   .most = most_in_file},
  {.key = "spread",
   .what = holds::share,
   .doc = "By up to which share each life is shorter, so that not all end at once.",
   .is = member<&recycle_policy::spread>},
});

} // namespace

std::span<const field<resource_limits>> fields_of(const resource_limits&) {
  return resource_limits_table;
}

std::span<const field<command_permissions>> fields_of(const command_permissions&) {
  return command_permissions_table;
}

std::span<const field<env_var>> fields_of(const env_var&) { return env_var_table; }
std::span<const field<secret_ref>> fields_of(const secret_ref&) { return secret_ref_table; }
std::span<const field<precondition>> fields_of(const precondition&) { return precondition_table; }
std::span<const field<recycle_policy>> fields_of(const recycle_policy&) { return recycle_table; }

} // namespace supervisor::config
