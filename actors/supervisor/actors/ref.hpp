#pragma once

#include "supervisor/actors/detail/cell.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

namespace supervisor {

/// Names a child, not one of its lives: stays good when the child does not.
///
/// `*ref` is a real handle for `send`, `request`, `delegate`, ...: the child's, or while the child
/// is down its stand-in's (see `cell`). Take it anew for every message; it costs a few nanoseconds.
///
/// A `T` that is not what the child's start makes is a bug of the caller, and is told so: requests
/// fail with `failure::fatal_bug` as soon as the child's supervisor knows of the ref. `caf::actor`
/// is right for every child.
///
/// Copy it freely, and give each actor or thread a copy of its own: `*ref` remembers what it found.
/// It keeps neither a dead child nor the actor system alive. It may be destroyed after the actor
/// system, but not used.
template <class T = caf::actor>
class supervised_ref {
public:
  explicit supervised_ref(std::shared_ptr<cell> where) : cell_(std::move(where)) {}

  T operator*() const {
    if (cell_->shown() == shown_)
      if (auto who = who_.lock(); who && !compat::is_leaving(*who->get()))
        return caf::actor_cast<T>(std::move(who));
    return look_up();
  }

  /// Of the child if it is up, else 0.
  std::uint32_t life() const noexcept { return cell_->life(); }

  const std::string& path() const { return cell_->path(); }

  /// Calls `then` when a life of the child begins or ends, as long as the watch is kept.
  [[nodiscard]] cell::watch on_change(cell::observer then) const {
    return cell_->on_change(std::move(then));
  }

private:
  T look_up() const {
    const auto [who, shown] = cell_->now(typeid(T));
    who_ = caf::actor_cast<caf::weak_actor_ptr>(who);
    shown_ = shown;
    return caf::actor_cast<T>(who);
  }

  std::shared_ptr<cell> cell_;
  mutable caf::weak_actor_ptr who_; ///< whom `cell_` had at `shown_`
  mutable std::uint64_t shown_ = 0;
};

/// A wish: as a start argument it becomes a `supervised_ref<T>` at each start.
template <class T = caf::actor>
struct ref_to {
  std::string path{};

  friend bool operator==(const ref_to&, const ref_to&) = default;
};

template <class T = caf::actor>
ref_to<T> ref(std::string path) {
  return {std::move(path)};
}

} // namespace supervisor
