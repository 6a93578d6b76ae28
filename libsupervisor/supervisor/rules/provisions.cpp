#include "supervisor/rules/validate.hpp"
#include "supervisor/text/printable.hpp"

#include <bitset>
#include <limits>
#include <utility>

// What a child may use, and may ask for.

namespace supervisor::detail {

using showing::quoted;

namespace {

std::string element(const std::string& where, std::size_t i) {
  return where + "/" + std::to_string(i);
}

// -- limits ------------------------------------------------------------------------------------------

template <class T>
void check_number(const std::optional<T>& x, std::uint64_t least, std::uint64_t most,
                  const std::string& where, faults& found) {
  if (x && (*x < least || *x > most))
    found.push_back(
      {where, std::to_string(*x) + " is out of range, must be "
                + (most == std::numeric_limits<std::uint64_t>::max()
                     ? "at least " + std::to_string(least)
                     : "from " + std::to_string(least) + " to " + std::to_string(most))});
}

/// Input, output, errors, and the program while it is loaded.
constexpr std::uint64_t least_open_files = 4;

void check_numbers(const resource_limits& x, const std::string& where, faults& found) {
  constexpr auto any = std::numeric_limits<std::uint64_t>::max();
  check_number(x.max_memory_mb, 1, most_megabytes, where + "/max_memory_mb", found);
  check_number(x.max_cpu_percent, 1, 100, where + "/max_cpu_percent", found);
  check_number(x.max_file_descriptors, least_open_files, any, where + "/max_file_descriptors",
               found);
  check_number(x.max_core_mb, 0, most_megabytes, where + "/max_core_mb", found);
  check_number(x.max_processes, 1, any, where + "/max_processes", found);
}

void check_resource_limits(const child_view& child, const std::string& where, faults& found) {
  const auto& x = child.more.resource_limits;
  if (!x)
    return;
  check_numbers(*x, where, found);
  if (x->required && child.kind == task_kind::supervisor)
    found.push_back({where + "/required", "a supervisor shares the limits of its program: limit "
                                          "processes among its children"});
  else if (x->required && child.kind != task_kind::process)
    found.push_back(
      {where + "/required", "an actor shares the limits of its program: make it a process"});
}

// -- permissions -------------------------------------------------------------------------------------

void check_permissions(const command_permissions& x, const std::string& where, faults& found) {
  std::bitset<128> before; // more than there are signals
  for (std::size_t i = 0; i < x.allowed_signals.size(); ++i) {
    const auto& name = x.allowed_signals[i];
    const auto number = signal_number(name);
    check_signal(name, element(where, i), found);
    if (number == 0)
      continue;
    const auto at = static_cast<std::size_t>(number);
    if (before[at])
      found.push_back({element(where, i), quoted(name) + " is there already: say it once"});
    before.set(at);
  }
}

// -- secrets and variables -----------------------------------------------------------------------------

void check_secret(const secret_ref& x, const std::string& where, faults& found) {
  if (!is_variable(x.name))
    found.push_back({where + "/name", quoted(x.name)
                                        + " is no name of a secret: a letter or _, then letters, "
                                          "digits and _"});
  if (is_blank(x.key))
    found.push_back(
      {where + "/key",
       "of " + quoted(x.name) + " must not be blank: by it the provider knows the secret"});
  check_no_zero_byte(x.key, where + "/key", found);
}

void check_unique(names& all, std::string_view name, std::string_view what,
                  const std::string& where, faults& found) {
  if (!all.add(name))
    found.push_back({where + "/name", quoted(name) + " is taken by " + std::string{what} + " "
                                        + std::to_string(all.place_of(name))
                                        + ": names are unique"});
}

names check_secrets(const std::vector<secret_ref>& secrets, const std::string& where,
                    faults& found) {
  names all;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    check_secret(secrets[i], element(where, i), found);
    check_unique(all, secrets[i].name, "secret", element(where, i), found);
  }
  return all;
}

/// NAME of "${NAME}"; empty if it is nothing like that.
std::string_view name_in(std::string_view reference) {
  if (!reference.starts_with("${") || !reference.ends_with('}'))
    return {};
  const auto name = reference.substr(2, reference.size() - 3);
  return is_variable(name) ? name : std::string_view{};
}

void check_reference(const env_var& x, names& secrets, const std::string& where, faults& found) {
  const auto name = name_in(*x.secret_ref);
  if (name.empty())
    found.push_back({where, quoted(*x.secret_ref) + " of " + quoted(x.name)
                              + " is no reference to a secret, must be like \"${TOKEN}\""});
  else if (!secrets.has(name))
    found.push_back({where, quoted(x.name) + " refers to no secret of this child, " + quoted(name)
                              + secrets.closest(name)});
}

void check(const env_var& x, task_kind kind, names& secrets, const std::string& where,
           faults& found) {
  check_variable(x.name, where + "/name", found);
  if (kind == task_kind::process)
    check_not_reserved(x.name, where + "/name", found);
  if (x.value && x.secret_ref)
    found.push_back({where, quoted(x.name) + " has a value and a secret_ref: drop one"});
  if (!x.value && !x.secret_ref)
    found.push_back(
      {where, quoted(x.name) + " has nothing to say: give it a value or a secret_ref"});
  if (x.value)
    check_no_zero_byte(*x.value, where + "/value", found);
  if (x.secret_ref)
    check_reference(x, secrets, where + "/secret_ref", found);
}

void check_environment(const child_view& child, names& secrets, const std::string& where,
                       faults& found) {
  const auto& variables = child.more.environment;
  names all;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    check(variables[i], child.kind, secrets, element(where, i), found);
    check_unique(all, variables[i].name, "variable", element(where, i), found);
  }
}

// -- what is not for a supervisor ----------------------------------------------------------------------

/// Its children say these themselves.
void check_supervisor(const child_details& x, const std::string& where, faults& found) {
  const std::pair<bool, const char*> said[]
    = {{x.command_permissions.has_value(), "command_permissions"},
       {!x.environment.empty(), "environment"},
       {!x.secrets.empty(), "secrets"},
       {x.recycle.has_value(), "recycle"},
       {x.start_before_stop, "start_before_stop"}};
  for (const auto& [is_set, field] : said)
    if (is_set)
      found.push_back(
        {where + "/" + field, "does not go with a supervisor: say it of its children"});
}

} // namespace

void check_provisions(const child_view& child, const std::string& where, faults& found) {
  const auto& more = child.more;
  check_resource_limits(child, where + "/resource_limits", found);
  if (more.command_permissions)
    check_permissions(*more.command_permissions, where + "/command_permissions/allowed_signals",
                      found);
  auto secrets = check_secrets(more.secrets, where + "/secrets", found);
  check_environment(child, secrets, where + "/environment", found);
  if (child.kind == task_kind::supervisor)
    check_supervisor(more, where, found);
}

} // namespace supervisor::detail
