#pragma once

#include "frozen/policies/outside.hpp"

#include <memory>
#include <new>
#include <span>
#include <vector>

namespace frozen {
inline namespace policies {

/// What one policy remembers, whatever its type: plain bytes, so that whoever keeps it stays a
/// plain value. Has no room before something was remembered.
class memory_slot {
public:
  bool empty() const { return bytes_.empty(); }
  std::span<const std::byte> bytes() const { return bytes_; }

  template <class M>
  const M& as() const {
    static const M fresh{};
    return empty() ? fresh : *std::launder(reinterpret_cast<const M*>(bytes_.data()));
  }

  template <class M>
  M& make() {
    if (empty()) {
      bytes_.resize(sizeof(M));
      new (bytes_.data()) M{};
    }
    return *std::launder(reinterpret_cast<M*>(bytes_.data()));
  }

  friend bool operator==(const memory_slot&, const memory_slot&) = default;

private:
  std::vector<std::byte> bytes_{};
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

  void each_part(const situation& s, const memory_slot& past, const part_visitor& to) const {
    held_->each_part(s, past, to);
  }

  /// Whom to ask first, if that is somebody else.
  const consultation* outside() const { return held_->outside(); }

  /// Holds the very same policy; equal values held apart are not the same.
  friend bool operator==(const restart_policy&, const restart_policy&) = default;

private:
  struct face {
    virtual ~face() = default;
    virtual decision decide(const situation&, const memory_slot&) const = 0;
    virtual void remember(memory_slot&, const situation&, const decision&) const = 0;
    virtual void each_part(const situation&, const memory_slot&, const part_visitor&) const = 0;
    virtual const consultation* outside() const = 0;
  };

  template <class P>
  struct holder final : face {
    using memory = memory_of<P>;
    static_assert(alignof(memory) <= alignof(std::max_align_t));

    P p;

    explicit holder(P x) : p(std::move(x)) {}

    static const memory& past_of(const memory_slot& slot) {
      if constexpr (std::is_empty_v<memory>) {
        static constexpr memory nothing{};
        return nothing;
      } else {
        return slot.as<memory>();
      }
    }

    decision decide(const situation& s, const memory_slot& past) const override {
      return ask(p, s, past_of(past));
    }

    void remember(memory_slot& slot, const situation& s, const decision& final) const override {
      if constexpr (!std::is_empty_v<memory>)
        tell(p, slot.make<memory>(), s, final);
    }

    void each_part(const situation& s, const memory_slot& past,
                   const part_visitor& to) const override {
      policies::each_part(p, s, past_of(past), to);
    }

    const consultation* outside() const override {
      if constexpr (asks_outside<P>)
        return &p.outside;
      else
        return nullptr;
    }
  };

  std::shared_ptr<const face> held_;
};

} // namespace policies
} // namespace frozen
