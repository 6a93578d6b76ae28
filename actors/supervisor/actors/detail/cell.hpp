#pragma once

#include "supervisor/actors/caf/caf_compat.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

namespace supervisor {

/// What a caller meets while the child is down. Until a child was up for the first time it is not
/// down but awaited: messages are held then, whatever this says.
struct while_down {
  enum class way : std::uint8_t { hold, fail, answer };

  way does = way::hold;
  std::size_t bound = 256;                    ///< messages held, not one more
  std::shared_ptr<const caf::message> answer; ///< of way::answer

  constexpr while_down(way w = way::hold, std::size_t n = 256) noexcept : does(w), bound(n) {}

  friend bool operator==(const while_down&, const while_down&) = default;
};

/// Messages wait for the next life. Beyond `bound`, requests fail with `failure::too_many_held` and
/// plain messages are dropped and counted.
inline while_down hold_up_to(std::size_t bound) { return {while_down::way::hold, bound}; }

/// Requests fail with `failure::child_down` at once; plain messages are dropped and counted.
inline constinit const while_down fail_fast{while_down::way::fail};

/// Requests get these values; plain messages are dropped and counted.
template <class... Ts>
while_down answer_with(Ts&&... values) {
  while_down result{while_down::way::answer};
  result.answer
    = std::make_shared<const caf::message>(caf::make_message(std::forward<Ts>(values)...));
  return result;
}

namespace detail {

class waiting_room;

/// Whether such a handle can be had of a child whose start makes that one. One without a type can.
inline bool fits(const std::type_info& wanted, const std::type_info& is) noexcept {
  return wanted == typeid(caf::actor) || wanted == is;
}

/// What is wrong with a ref to that child, whose start makes such a handle.
std::string other_handle(const std::string& path, const std::type_info& handle);

} // namespace detail

/// Where one child is to be found, through all of its lives.
///
/// While the child is up, `current` is the child. Else it is a *stand-in*: an actor that does what
/// `while_down` says, and passes on everything as soon as the child is up again; so messages through a
/// handle that was taken while the child was down find the child in all lives to come. What the
/// stand-in held goes first and in order, and the cell shows the new life only after that. A child that
/// has quit is down, even if its last turn is not over.
///
/// For exits, monitors and links a stand-in is one life, the next that begins after it was made. Exits
/// sent through it reach the child in that life; before that they are dropped, since the next life has
/// done nothing to deserve them; those that come before the supervisor has said whether the child is up
/// (`expected`) wait for its word. Those who monitor a stand-in, or are linked to it, hear of the end of
/// that life, and if there is none before the cell is `gone`, of that.
///
/// `up`, `down` and `gone` belong to the supervisor; everything may be called from any thread. Held
/// messages keep their senders alive, so whoever made a cell calls `gone` in the end (the
/// destructor does, too); after that the cell holds on to nobody. It may be destroyed after the
/// actor system, but not used.
class cell {
public:
  /// `up`: a life began; else: it ended.
  using observer = std::function<void(std::uint32_t life, bool up)>;
  using watch = std::shared_ptr<const observer>;

  struct counts {
    std::size_t held = 0;      ///< messages that wait now
    std::uint64_t refused = 0; ///< requests answered with an error, so far
    std::uint64_t dropped = 0; ///< plain messages nobody got, so far

    friend bool operator==(const counts&, const counts&) = default;
  };

  cell(caf::actor_system&, std::string path, while_down = {});
  ~cell();

  cell(const cell&) = delete;
  cell& operator=(const cell&) = delete;

  /// Affects messages from now on; what is held stays held.
  void set(while_down);

  /// The type of handle that the child's start makes. Whoever asks for another one gets nowhere.
  void made_as(const std::type_info&);

  /// Its supervisor knows of it. Exits have waited for that: if the child `is_up` they get to it at the
  /// call of `up` that follows, else they are dropped. If the cell was `gone` the child is awaited again.
  void expected(bool is_up);

  /// `life` counts from 1. Returns when all that was held is in the child's
  /// mailbox.
  void up(const caf::actor& child, std::uint32_t life);

  /// It comes back.
  void down(caf::error why);

  /// The same, unless another life is up by now, or on its way.
  void ended(std::uint32_t life, caf::error why);

  /// It is down, and nothing is going to start it by itself: until `up`, what is held and what
  /// comes fails with `failure::child_down`, or gets its answer.
  void away(caf::error why);

  /// It does not come back: everything held and everything that comes later fails with
  /// `failure::child_gone`, unless a child of that path is `expected` again.
  void gone(caf::error why);

  const std::string& path() const;

  /// Of the child that is up, else 0. A supervisor that is started again counts anew.
  std::uint32_t life() const noexcept { return static_cast<std::uint32_t>(shown()); }

  /// Whenever `current` changes, this does; never the same again. One load.
  std::uint64_t shown() const noexcept { return shown_.load(std::memory_order_acquire); }

  /// Never null.
  caf::actor current() const { return now().first; }

  /// `current` and the `shown` that goes with it. For those who want another type of handle than the
  /// child's: somebody who fails all requests with `failure::fatal_bug`.
  std::pair<caf::actor, std::uint64_t> now(const std::type_info& wanted = typeid(caf::actor)) const;

  /// As its supervisor said; null if it has not heard of the cell yet.
  const std::type_info* handle() const noexcept { return handle_.load(std::memory_order_acquire); }

  /// Calls `then` at each change, until the watch is destroyed. It runs in the
  /// turn of the supervisor, or of the child that ends: let it be short. Not called for the state the
  /// cell is in already.
  [[nodiscard]] watch on_change(observer then);

  counts count() const;

private:
  void tell(std::uint32_t life, bool up);
  void end_stand_in(const caf::actor&) const; ///< if the cell is gone

  caf::actor_system& system_;
  std::shared_ptr<detail::waiting_room> room_; ///< shared with the stand-in
  std::atomic<std::uint64_t> shown_{0}; ///< changes and the life; written with the room locked
  std::atomic<const std::type_info*> handle_{nullptr};
  mutable caf::actor stand_in_; ///< for the next life; made when asked for, with the room locked
  std::mutex watches_lock_;
  std::vector<std::weak_ptr<const observer>> watches_;
};

} // namespace supervisor
