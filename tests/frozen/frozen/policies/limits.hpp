#pragma once

#include "frozen/policies/cold_start.hpp"
#include "frozen/policies/failure_window.hpp"
#include "frozen/policies/hot_loop.hpp"
#include "frozen/policies/meltdown_fuse.hpp"
#include "frozen/policies/restart_limit.hpp"
#include "frozen/policies/restart_policy.hpp"
#include "frozen/policies/token_bucket.hpp"
#include "frozen/policies/wide.hpp"

namespace frozen {
inline namespace policies {

// -- which limits are on -------------------------------------------------------------------------

/// What one child is limited by, beside its base policy. Unset: no objection.
struct child_limits {
  std::optional<policies::failure_window> failure_window{};
  std::optional<policies::restart_limit> restart_limit{};
  std::optional<policies::cold_start> cold_start{};
  std::optional<policies::hot_loop> hot_loop{};
  std::optional<meltdown_fuse> meltdown{};

  friend bool operator==(const child_limits&, const child_limits&) = default;
};

/// What all children of a group or of a supervisor are limited by together.
struct scope_limits {
  std::optional<token_bucket> restart_budget{};
  std::optional<meltdown_fuse> meltdown{};
  std::optional<std::uint32_t> concurrent_restarts{}; ///< at a time; no policy: the core sees to it

  friend bool operator==(const scope_limits&, const scope_limits&) = default;
};

constexpr child_limits guarded_child() {
  return {.failure_window = failure_window{},
          .restart_limit = restart_limit{},
          .cold_start = cold_start{},
          .hot_loop = hot_loop{},
          .meltdown = meltdown_fuse::for_child()};
}

constexpr scope_limits guarded_group() {
  return {.restart_budget = token_bucket{}, .meltdown = meltdown_fuse::for_group()};
}

constexpr scope_limits guarded_supervisor() {
  return {.restart_budget = token_bucket{},
          .meltdown = meltdown_fuse::for_supervisor(),
          .concurrent_restarts = 5};
}

// -- as one policy -------------------------------------------------------------------------------

/// No limit can count further; one that names more trips at this.
inline constexpr std::uint32_t most_countable = 1024;

constexpr auto parts_of(const child_limits& x) {
  return std::tie(x.failure_window, x.restart_limit, x.cold_start, x.hot_loop, x.meltdown);
}

constexpr auto parts_of(const scope_limits& x) { return std::tie(x.restart_budget, x.meltdown); }

namespace parts {

template <std::size_t Room, class... Limits>
memories<typename memory_with_room<Limits, Room>::type...>
  memories_with_room(std::tuple<const std::optional<Limits>&...>);

template <class Limit>
constexpr std::uint32_t counts_to(const std::optional<Limit>& x) {
  if constexpr (requires { x->counts_to(); })
    return x && x->counts_to() != unlimited ? x->counts_to() : 0;
  else
    return 0;
}

} // namespace parts

/// All limits of a set, each with room for so many moments, as one limit. The number of a part
/// (decision::because) is its place in the declaration, whether the ones before it are set or not.
template <class Limits, std::size_t Room>
struct limit_set {
  using memory = decltype(parts::memories_with_room<Room>(parts_of(Limits{})));

  Limits limits{};

  constexpr decision decide(const situation& s, const memory& past) const {
    return ask_all(s, past, numbers);
  }

  constexpr void remember(memory& m, const situation& s, const decision& final) const {
    if (final.what == verdict::restart)
      tell_all(m, s, final, numbers);
  }

  /// Only those that are set, by their numbers.
  void each_part(const situation& s, const memory& past, const part_visitor& to) const {
    show_all(s, past, to, numbers);
  }

private:
  static constexpr auto numbers
    = std::make_index_sequence<std::tuple_size_v<decltype(parts_of(Limits{}))>>{};

  template <std::size_t I>
  constexpr const auto& nth() const {
    return std::get<I>(parts_of(limits));
  }

  template <std::size_t... I>
  constexpr decision ask_all(const situation& s, const memory& past,
                             std::index_sequence<I...>) const {
    auto d = restart_now();
    (ask_one<I>(d, s, past), ...);
    return d;
  }

  template <std::size_t I>
  constexpr void ask_one(decision& d, const situation& s, const memory& past) const {
    if (!nth<I>())
      return;
    const auto says = nth<I>()->decide(s, parts::nth<I>(past));
    if (says != restart_now())
      d = stricter(d, says, I + 1);
  }

  template <std::size_t... I>
  constexpr void tell_all(memory& m, const situation& s, const decision& final,
                          std::index_sequence<I...>) const {
    ((nth<I>() ? nth<I>()->remember(parts::nth<I>(m), s, final) : void()), ...);
  }

  template <std::size_t... I>
  void show_all(const situation& s, const memory& past, const part_visitor& to,
                std::index_sequence<I...>) const {
    ((nth<I>() ? to(said(I + 1, *nth<I>(), s, parts::nth<I>(past))) : void()), ...);
  }

  static part_said said(std::uint8_t number, const auto& limit, const situation& s,
                        const auto& past) {
    return {number, limit.name, limit.decide(s, past), limit.measure(s, past)};
  }
};

constexpr bool has_limits(const auto& limits) {
  return std::apply([](const auto&... x) { return (x.has_value() || ...); }, parts_of(limits));
}

constexpr std::uint32_t largest_count(const auto& limits) {
  return std::apply([](const auto&... x) { return std::max({parts::counts_to(x)...}); },
                    parts_of(limits));
}

/// Of child_limits or scope_limits; nothing where there is nothing to ask.
template <class Limits>
std::optional<restart_policy> as_policy(const Limits& limits) {
  if (!has_limits(limits))
    return std::nullopt;
  const auto n = largest_count(limits);
  if (n <= 16)
    return limit_set<Limits, 16>{limits};
  if (n <= 128)
    return limit_set<Limits, 128>{limits};
  return limit_set<Limits, most_countable>{limits};
}

} // namespace policies
} // namespace frozen
