#pragma once

#include "frozen/policies/decision.hpp"

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace frozen {
inline namespace policies {

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

// -- what its parts say, one by one ----------------------------------------------------------------

/// The answer of one part of a policy, for a reader.
struct part_said {
  std::uint8_t number = 0; ///< what decision::because would say if it had the last word
  std::string_view name{};
  decision says{};
  std::optional<gauge> stands{}; ///< of parts that count something
};

using part_visitor = std::function<void(const part_said&)>;

template <class P>
constexpr std::string_view name_of() {
  if constexpr (requires { P::name; })
    return P::name;
  else
    return "unnamed";
}

/// Asks every part of `p` for its own answer, the base first. A part with `measure(situation,
/// memory)` also says where it stands.
template <policy P>
void each_part(const P& p, const situation& s, const memory_of<P>& past, const part_visitor& to) {
  if constexpr (requires { p.each_part(s, past, to); }) {
    p.each_part(s, past, to);
  } else {
    part_said x{0, name_of<P>(), ask(p, s, past), std::nullopt};
    if constexpr (requires { p.measure(s, past); })
      x.stands = p.measure(s, past);
    to(x);
  }
}

/// Whether it is somebody else who is asked first: see outside.hpp.
template <class P>
inline constexpr bool asks_outside = requires(const P& p) {
  p.outside.whom;
};

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
  static_assert(!(asks_outside<Base> || ... || asks_outside<Limits>),
                "a policy outside stands alone: give its limits to the child instead");

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

  void each_part(const situation& s, const memory& past, const part_visitor& to) const {
    policies::each_part(base, s, parts::nth<0>(past), to);
    each_limit(s, past, to, std::index_sequence_for<Limits...>{});
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

  template <std::size_t... I>
  void each_limit(const situation& s, const memory& past, const part_visitor& to,
                  std::index_sequence<I...>) const {
    const auto as = [&to](std::size_t number) {
      return part_visitor{[&to, number](part_said x) {
        x.number = static_cast<std::uint8_t>(number);
        to(x);
      }};
    };
    (policies::each_part(std::get<I>(limits), s, parts::nth<I + 1>(past), as(I + 1)), ...);
  }
};

template <policy Base, policy... Limits>
constexpr auto with(Base base, Limits... limits) {
  return limited<Base, Limits...>{std::move(base), {std::move(limits)...}};
}

} // namespace policies
} // namespace frozen
