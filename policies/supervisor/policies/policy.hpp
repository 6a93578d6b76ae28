#pragma once

#include "supervisor/policies/exit.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace supervisor {
inline namespace policies {

using std::chrono::nanoseconds;
using time_point = std::chrono::steady_clock::time_point;

/// No limit, as a word of its own: zero means "not even once".
inline constexpr std::uint32_t unlimited = ~std::uint32_t{0};

/// All that a policy may look at. Trivially copyable: an event keeps it, and whoever wants to
/// know why asks the policy again.
struct situation {
  child_exit exit{};
  std::uint32_t streak = 0; ///< restarts in a row before this exit, without a stable run between
  std::uint32_t recent = 0; ///< restarts by this supervisor within its period, before this exit
  nanoseconds uptime{0};    ///< how long this life ran; zero if it never started
  nanoseconds last_wait{0}; ///< what this child waited before its last restart
  time_point now{};
  double luck = 0.5; ///< a roll in [0, 1): the same for the same life of the same child

  friend bool operator==(const situation&, const situation&) = default;
};

/// From mildest to strictest: of two answers, the stricter one counts.
enum class verdict : std::uint8_t {
  restart,
  leave_down,
  quarantine,
  pause_group,
  escalate,
  shutdown_tree,
};

constexpr std::string_view label(verdict x) noexcept {
  constexpr std::string_view words[]
    = {"restart", "leave_down", "quarantine", "pause_group", "escalate", "shutdown_tree"};
  return words[static_cast<int>(x)];
}

struct decision {
  verdict what = verdict::restart;
  std::uint8_t because = 0; ///< which part had the last word: 0 the base, n the nth limit
  nanoseconds wait{0};      ///< only for restart

  friend bool operator==(const decision&, const decision&) = default;
};

/// decision::because of the supervisor's own intensity, which stands outside a child's policy.
inline constexpr std::uint8_t because_of_intensity = 255;

constexpr decision restart_now() noexcept { return {}; }
constexpr decision restart_after(nanoseconds wait) noexcept { return {verdict::restart, 0, wait}; }
constexpr decision leave_down() noexcept { return {verdict::leave_down, 0, {}}; }
constexpr decision quarantine() noexcept { return {verdict::quarantine, 0, {}}; }
constexpr decision escalate() noexcept { return {verdict::escalate, 0, {}}; }
constexpr decision shutdown_tree() noexcept { return {verdict::shutdown_tree, 0, {}}; }

/// The stricter verdict and, among restarts, the longer wait. `part` is the number of `x`.
constexpr decision stricter(const decision& d, const decision& x, std::uint8_t part) noexcept {
  if (x.what > d.what || (x.what == d.what && x.wait > d.wait))
    return {x.what, part, x.wait};
  return d;
}

// -- what a policy is ----------------------------------------------------------------------------

struct no_memory {
  friend bool operator==(const no_memory&, const no_memory&) = default;
};

namespace parts {

template <class P>
struct memory_of_impl {
  using type = no_memory;
};

template <class P>
requires requires { typename P::memory; }
struct memory_of_impl<P> {
  using type = typename P::memory;
};

} // namespace parts

/// What a policy keeps from one exit to the next; empty for most.
template <class P>
using memory_of = typename parts::memory_of_impl<P>::type;

template <class P>
concept plain_policy = requires(const P& p, const situation& s) {
  { p.decide(s) } -> std::same_as<decision>;
};

template <class P>
concept remembering_policy
  = std::is_trivially_copyable_v<memory_of<P>> && requires(const P& p, const situation& s,
                                                           const memory_of<P>& past,
                                                           memory_of<P>& next,
                                                           const decision& final) {
  { p.decide(s, past) } -> std::same_as<decision>;
  p.remember(next, s, final);
};

/// Any copyable value that answers one question. It must be total and pure: no clock, no dice, no
/// exceptions; the same situation and memory give the same decision.
template <class P>
concept policy = std::copyable<P> &&(plain_policy<P> || remembering_policy<P>);

template <policy P>
constexpr decision ask(const P& p, const situation& s, const memory_of<P>& past) {
  if constexpr (plain_policy<P>)
    return p.decide(s);
  else
    return p.decide(s, past);
}

template <policy P>
constexpr void tell(const P& p, memory_of<P>& m, const situation& s, const decision& final) {
  if constexpr (!plain_policy<P>)
    p.remember(m, s, final);
}

// -- a policy and its limits: want, may, remember --------------------------------------------------

namespace parts {

template <class... Ms>
struct memories {};

template <class M, class... Ms>
struct memories<M, Ms...> {
  [[no_unique_address]] M head{};
  [[no_unique_address]] memories<Ms...> tail{};
};

template <std::size_t I>
constexpr auto& nth(auto& m) {
  if constexpr (I == 0)
    return m.head;
  else
    return nth<I - 1>(m.tail);
}

} // namespace parts

/// A policy and its limits: a policy again. Limits are asked only when the base wants a restart, so
/// no full budget ever escalates an exit that nobody wanted to restart. Limits commute. Every part
/// is told the final decision, so nothing is charged for a restart that another part refused.
template <class Base, class... Limits>
struct limited {
  using memory = parts::memories<memory_of<Base>, memory_of<Limits>...>;

  Base base;
  std::tuple<Limits...> limits;

  constexpr decision decide(const situation& s, const memory& past) const {
    auto d = ask(base, s, parts::nth<0>(past));
    if (d.what == verdict::restart)
      ask_limits(d, s, past, std::index_sequence_for<Limits...>{});
    return d;
  }

  constexpr void remember(memory& m, const situation& s, const decision& final) const {
    tell(base, parts::nth<0>(m), s, final);
    tell_limits(m, s, final, std::index_sequence_for<Limits...>{});
  }

private:
  template <std::size_t... I>
  constexpr void ask_limits(decision& d, const situation& s, const memory& past,
                            std::index_sequence<I...>) const {
    ((d = stricter(d, ask(std::get<I>(limits), s, parts::nth<I + 1>(past)), I + 1)), ...);
  }

  template <std::size_t... I>
  constexpr void tell_limits(memory& m, const situation& s, const decision& final,
                             std::index_sequence<I...>) const {
    (tell(std::get<I>(limits), parts::nth<I + 1>(m), s, final), ...);
  }
};

template <policy Base, policy... Limits>
constexpr auto with(Base base, Limits... limits) {
  return limited<Base, Limits...>{std::move(base), {std::move(limits)...}};
}

// -- the value that holds any policy ---------------------------------------------------------------

/// Room for any policy's memory, as plain bytes, so that whoever keeps it stays a plain value.
struct memory_slot {
  alignas(8) std::array<std::byte, 64> bytes{};
  bool written = false;

  friend bool operator==(const memory_slot&, const memory_slot&) = default;
};

/// Holds any policy. Shared and immutable: copying it copies a pointer, and threads may share it.
class restart_policy {
public:
  template <class P>
  requires(!std::same_as<P, restart_policy> && policy<P>) restart_policy(P p)
    : held_(std::make_shared<holder<P>>(std::move(p))) {}

  decision decide(const situation& s, const memory_slot& past) const {
    return held_->decide(s, past);
  }

  /// To be told once, with the decision that was carried out.
  void remember(memory_slot& m, const situation& s, const decision& final) const {
    held_->remember(m, s, final);
  }

  /// Holds the very same policy; equal values held apart are not the same.
  friend bool operator==(const restart_policy&, const restart_policy&) = default;

private:
  struct face {
    virtual ~face() = default;
    virtual decision decide(const situation&, const memory_slot&) const = 0;
    virtual void remember(memory_slot&, const situation&, const decision&) const = 0;
  };

  template <class P>
  struct holder final : face {
    using memory = memory_of<P>;
    static_assert(sizeof(memory) <= sizeof(memory_slot::bytes),
                  "a policy remembers at most 64 bytes");

    P p;

    explicit holder(P x) : p(std::move(x)) {}

    static memory load(const memory_slot& slot) {
      memory m{};
      if constexpr (!std::is_empty_v<memory>)
        if (slot.written)
          std::memcpy(static_cast<void*>(&m), slot.bytes.data(), sizeof m);
      return m;
    }

    decision decide(const situation& s, const memory_slot& past) const override {
      return ask(p, s, load(past));
    }

    void remember(memory_slot& slot, const situation& s, const decision& final) const override {
      auto m = load(slot);
      tell(p, m, s, final);
      if constexpr (!std::is_empty_v<memory>) {
        std::memcpy(slot.bytes.data(), static_cast<const void*>(&m), sizeof m);
        slot.written = true;
      }
    }
  };

  std::shared_ptr<const face> held_;
};

} // namespace policies
} // namespace supervisor
