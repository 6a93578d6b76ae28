#pragma once

#include "supervisor/config/fields/values.hpp"
#include "supervisor/config/written.hpp"
#include "supervisor/spec/spec.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

namespace supervisor::config {

/// What a field may hold.
enum class holds : std::uint8_t {
  version,
  id,
  ids,
  text,
  texts,
  any_text, ///< may be empty
  argv,
  variable, ///< the name of one
  variables,
  reference, ///< to a secret
  address,
  umask,
  signal,
  signals,
  anything, ///< an object that we hand on unread
  boolean,
  codes,
  count,
  count_or_word,
  rate,
  share,
  word,
  duration,
  duration_or_word,
  jitter,
  shutdown,
  object,
  object_or_word,
  objects, ///< an array of them
};

/// How one key of an object is read into a struct, and written.
template <class T>
struct access {
  void (*read)(reading&, const value&, T&) = nullptr;
  written (*write)(const T&) = nullptr; ///< null: nobody writes it
  written (*by_default)() = nullptr;    ///< what holds where nothing is said, if it can be said
};

/// One key of an object. The tables of these are all that decoder, writer and schema know of a file.
template <class T>
struct field {
  std::string_view key{};
  holds what = holds::text;
  std::string_view doc{};
  std::string_view by_default{}; ///< as JSON, where `is` does not know it
  access<T> is{};                ///< empty: not supported, see `elsewhere`
  std::string_view elsewhere{};  ///< where to say it instead; empty: not yet
  words one_of{};                ///< for words
  std::string_view object{};     ///< for objects, its name
  std::uint64_t least = 0;       ///< for counts
  std::uint64_t most = unlimited - 1;
  bool required = false;
};

using severity_defaults = std::map<task_role, severity_class>;

/// The fields of an object; its value does not matter.
std::span<const field<backoff>> fields_of(const backoff&);
std::span<const field<intensity>> fields_of(const intensity&);
std::span<const field<stop_budget>> fields_of(const stop_budget&);
std::span<const field<failure_window>> fields_of(const failure_window&);
std::span<const field<restart_limit>> fields_of(const restart_limit&);
std::span<const field<cold_start>> fields_of(const cold_start&);
std::span<const field<hot_loop>> fields_of(const hot_loop&);
std::span<const field<meltdown_fuse>> fields_of(const meltdown_fuse&);
std::span<const field<token_bucket>> fields_of(const token_bucket&);
std::span<const field<child_limits>> fields_of(const child_limits&);
std::span<const field<group_strategy>> fields_of(const group_strategy&);
std::span<const field<child_strategy_override>> fields_of(const child_strategy_override&);
std::span<const field<group_config>> fields_of(const group_config&);
std::span<const field<group_dependency>> fields_of(const group_dependency&);
std::span<const field<severity_defaults>> fields_of(const severity_defaults&);
std::span<const field<sidecar_config>> fields_of(const sidecar_config&);
std::span<const field<health_policy>> fields_of(const health_policy&);
std::span<const field<health_check>> fields_of(const health_check&);
std::span<const field<readiness_probe>> fields_of(const readiness_probe&);
std::span<const field<stall_watchdog>> fields_of(const stall_watchdog&);
std::span<const field<process_spec>> fields_of(const process_spec&);
std::span<const field<resource_limits>> fields_of(const resource_limits&);
std::span<const field<command_permissions>> fields_of(const command_permissions&);
std::span<const field<env_var>> fields_of(const env_var&);
std::span<const field<secret_ref>> fields_of(const secret_ref&);
std::span<const field<precondition>> fields_of(const precondition&);
std::span<const field<recycle_policy>> fields_of(const recycle_policy&);
std::span<const field<dynamic_supervisor_policy>> fields_of(const dynamic_supervisor_policy&);
std::span<const field<child_defaults>> fields_of(const child_defaults&);
std::span<const field<declared_child_spec>> fields_of(const declared_child_spec&);

/// They differ in what their fuses are like where nothing is said.
std::span<const field<scope_limits>> fields_of_group_limits();
std::span<const field<scope_limits>> fields_of_supervisor_limits();

std::span<const field<declared_spec>> fields_of_supervisor();
std::span<const field<declared_spec>> fields_of_file();

} // namespace supervisor::config
