#pragma once

#include "frozen/policies/backoff.hpp"

#include <optional>

namespace frozen {
inline namespace policies {

// What a task role does about each way to end.

enum class on_success_action : std::uint8_t { restart, stop, no_op };

enum class on_failure_action : std::uint8_t {
  restart_with_backoff,
  restart_permanent, ///< at once
  stop_and_escalate,
};

enum class on_manual_stop_action : std::uint8_t { stop_forever, stop_until_explicit_restart };

enum class on_timeout_action : std::uint8_t { restart_with_backoff, stop_and_escalate };

enum class on_budget_exhausted_action : std::uint8_t { stop_and_escalate, quarantine };

constexpr std::string_view label(on_success_action x) noexcept {
  constexpr std::string_view words[] = {"restart", "stop", "no_op"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(on_failure_action x) noexcept {
  constexpr std::string_view words[]
    = {"restart_with_backoff", "restart_permanent", "stop_and_escalate"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(on_manual_stop_action x) noexcept {
  constexpr std::string_view words[] = {"stop_forever", "stop_until_explicit_restart"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(on_timeout_action x) noexcept {
  constexpr std::string_view words[] = {"restart_with_backoff", "stop_and_escalate"};
  return words[static_cast<int>(x)];
}

constexpr std::string_view label(on_budget_exhausted_action x) noexcept {
  constexpr std::string_view words[] = {"stop_and_escalate", "quarantine"};
  return words[static_cast<int>(x)];
}

/// Base policy of a child with a task role. A restart type of its own, where it has one, replaces
/// all that the role says.
struct role_policy {
  static constexpr std::string_view name = "role";

  on_success_action on_success = on_success_action::stop;
  on_failure_action on_failure = on_failure_action::restart_with_backoff;
  on_timeout_action on_timeout = on_timeout_action::restart_with_backoff;
  std::optional<restart> when{};
  policies::backoff backoff{};

  constexpr decision decide(const situation& s) const {
    const standard_policy standard{.when = when.value_or(restart::temporary), .backoff = backoff};
    if (when || is_fatal(s.exit.cause))
      return standard.decide(s);
    return by_role(s);
  }

  friend bool operator==(const role_policy&, const role_policy&) = default;

private:
  static constexpr bool is_fatal(failure_kind cause) {
    return cause == failure_kind::fatal_config || cause == failure_kind::fatal_bug;
  }

  constexpr decision by_role(const situation& s) const {
    switch (s.exit.what) {
      case exit_class::success:
      case exit_class::external_cancel: // nobody of ours asked for it
        return on_success == on_success_action::restart ? with_backoff(s) : leave_down();
      case exit_class::manual_stop:
        return leave_down();
      case exit_class::timeout:
        return on_timeout == on_timeout_action::stop_and_escalate ? escalate() : with_backoff(s);
      case exit_class::nonzero_exit:
      case exit_class::panic:
        return after_failure(s);
    }
    return leave_down();
  }

  constexpr decision after_failure(const situation& s) const {
    switch (on_failure) {
      case on_failure_action::restart_with_backoff:
        return with_backoff(s);
      case on_failure_action::restart_permanent:
        return restart_now();
      case on_failure_action::stop_and_escalate:
        return escalate();
    }
    return escalate();
  }

  constexpr decision with_backoff(const situation& s) const {
    return restart_after(backoff.delay(s.streak, s.luck, s.last_wait));
  }
};

} // namespace policies
} // namespace frozen
