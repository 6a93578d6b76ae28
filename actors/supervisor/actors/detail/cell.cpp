#include "supervisor/actors/detail/cell.hpp"

#include "supervisor/actors/error.hpp"

#include <list>
#include <thread>
#include <utility>

namespace supervisor {

namespace detail {

namespace {

/// Stands for a child until its next life begins, and for that life from then on: messages go to
/// whoever is the child, exits and monitors belong to the one life.
class stand_in final : public compat::forwarding_actor {
public:
  stand_in(caf::actor_config& config, std::shared_ptr<waiting_room> room)
    : forwarding_actor(config), room_(std::move(room)) {}

  const char* name() const override { return "supervisor.stand-in"; }

  /// With the lock of its room held.
  void stand_for(const caf::actor& life) { life_ = caf::actor_cast<caf::weak_actor_ptr>(life); }

  /// With the lock of its room held. Null: none has begun since it was made.
  const caf::weak_actor_ptr& life() const { return life_; }

private:
  void pass_on(caf::mailbox_element_ptr what, compat::enqueue_host* host) override;

  const std::shared_ptr<waiting_room> room_;
  caf::weak_actor_ptr life_;
};

stand_in& stand_in_of(const caf::actor& who) {
  return static_cast<stand_in&>(*caf::actor_cast<caf::abstract_actor*>(who));
}

/// Whoever monitors the stand-in hears of the end of the life that it stands for. The life keeps it
/// until then: others may have no handle to it any more. No lock may be held: the life may be over.
void end_with(const caf::actor& life, const caf::actor& who) {
  caf::actor_cast<caf::strong_actor_ptr>(life)->get()->attach_functor(
    [who](const caf::error& why) { stand_in_of(who).terminate(why); });
}

} // namespace

/// The messages of a child that is down. Nothing foreign runs with the lock held: no enqueue, no
/// destructor of a message, handle or error; any of these may come back here.
class waiting_room {
public:
  using message = caf::mailbox_element_ptr;
  using host = compat::enqueue_host;

  waiting_room(std::string path, while_down policy)
    : path_(std::move(path)), policy_(std::move(policy)) {}

  const std::string& path() const { return path_; }

  /// A message to a stand-in, in the turn of its sender. `life`: of the stand-in.
  void enter(message what, host* sender, const caf::weak_actor_ptr& life) {
    make_way();
    caf::actor child;
    caf::message answer;
    {
      const std::lock_guard guard{lock_};
      if (life && is_signal(*what)) {
        auto mine = caf::actor_cast<caf::actor>(life.lock());
        if (mine && door_ == door::opening && mine == child_)
          held_.push_back(std::move(what));
        else
          child = std::move(mine);
        if (!child)
          return;
      } else if (is_open())
        child = child_;
      else if (keeps(*what))
        return held_.push_back(std::move(what));
      else
        answer = turned_away(*what);
    }
    if (child)
      child->enqueue(std::move(what), sender);
    else
      compat::respond(*what, std::move(answer), sender);
  }

  /// Its supervisor knows of it. If it `is_up`, what has waited waits until the door opens.
  void expect(bool is_up, std::atomic<std::uint64_t>& shown) {
    std::list<message> left;
    const std::lock_guard guard{lock_};
    if (door_ != door::unknown && door_ != door::gone)
      return;
    const auto was = std::exchange(door_, is_up ? door::unknown : door::awaited);
    if (was == door::gone)
      show(0, shown);
    if (!is_up)
      take_signals(left);
  }

  void set(while_down policy) {
    const std::lock_guard guard{lock_};
    std::swap(policy_, policy);
  }

  /// Passes on what is held, then opens the door and shows the new life. What `standing_in` stands for is
  /// that life from here on. False if another call had the last word meanwhile.
  bool open(const caf::actor& child, std::uint32_t life, std::atomic<std::uint64_t>& shown,
            caf::actor& standing_in) {
    auto before = child;
    caf::actor bound;
    {
      const std::lock_guard guard{lock_};
      if (door_ == door::gone)
        return false;
      door_ = door::opening;
      current_ = life;
      std::swap(child_, before);
      std::swap(bound, standing_in);
      if (bound)
        stand_in_of(bound).stand_for(child);
      show(0, shown);
    }
    if (bound)
      end_with(child, bound);
    auto to_pass = count().held;
    while (true) {
      message next;
      {
        const std::lock_guard guard{lock_};
        const auto ours = door_ == door::opening && child_ == child;
        // Those who come meanwhile must not come faster than we pass on.
        crowded_ = ours && to_pass == 0 && !held_.empty();
        if (!ours)
          return false;
        if (held_.empty() || compat::is_leaving(child)) { // what is left waits for the next life
          door_ = door::open;
          show(life, shown);
          return true;
        }
        next = std::move(held_.front());
        held_.pop_front();
      }
      child->enqueue(std::move(next), nullptr);
      to_pass -= to_pass > 0;
    }
  }

  /// The life that was shown until now. Without hope nobody waits: what is held is turned away.
  std::uint32_t close(caf::error why, bool hope, std::atomic<std::uint64_t>& shown,
                      std::uint32_t only = 0) {
    caf::actor before;
    std::list<message> left;
    std::uint32_t was = 0;
    {
      const std::lock_guard guard{lock_};
      if (door_ == door::gone || (only != 0 && only != current_))
        return 0;
      door_ = hope ? door::closed : door::away;
      std::swap(child_, before);
      std::swap(why_, why);
      if (hope)
        take_signals(left);
      else
        std::swap(held_, left);
      was = show(0, shown);
    }
    turn_away(left);
    return was;
  }

  /// True the first time. `was` becomes the life that was shown until now.
  bool shut(caf::error why, std::atomic<std::uint64_t>& shown, std::uint32_t& was) {
    caf::actor before;
    std::list<message> left;
    {
      const std::lock_guard guard{lock_};
      if (door_ == door::gone)
        return false;
      door_ = door::gone;
      std::swap(child_, before);
      std::swap(why_, why);
      std::swap(held_, left);
      was = show(0, shown);
    }
    turn_away(left);
    return true;
  }

  enum class access : std::uint8_t { none, soon, now };

  /// Calls `f` with the lock held, and with the child if it is up or about to be, else null.
  template <class F>
  auto with_child(F f) const {
    const std::lock_guard guard{lock_};
    if (door_ == door::opening)
      return f(access::soon, child_);
    return is_open() ? f(access::now, child_) : f(access::none, caf::actor{});
  }

  /// No error if it isn't gone.
  caf::error gone_because() const {
    const std::lock_guard guard{lock_};
    return door_ == door::gone ? gone() : caf::error{};
  }

  /// A message to somebody who stands before the child for those who take it for something else.
  void refuse(message what, caf::error why, host* sender) {
    if (is_signal(*what))
      return;
    {
      const std::lock_guard guard{lock_};
      ++(what->mid.is_request() ? refused_ : dropped_);
    }
    compat::respond(*what, caf::make_message(std::move(why)), sender);
  }

  cell::counts count() const {
    const std::lock_guard guard{lock_};
    return {.held = held_.size(), .refused = refused_, .dropped = dropped_};
  }

private:
  enum class door : std::uint8_t {
    unknown, ///< its supervisor has not heard of the cell: the child may be up
    awaited, ///< no life so far
    closed,
    away,    ///< closed, and nothing is going to open it by itself
    opening, ///< `open` passes on what is held; what comes now queues behind it
    open,    ///< if the child has not quit since
    gone,
  };

  /// A child that has quit is down, although its last turn may not be over.
  bool is_open() const { return door_ == door::open && !compat::is_leaving(child_); }

  /// Exits and the like do not wait for a life: with the lock held.
  void take_signals(std::list<message>& to) {
    for (auto i = held_.begin(); i != held_.end();) {
      const auto here = i++;
      if (is_signal(**here))
        to.splice(to.end(), held_, here);
    }
  }

  /// With the lock held. The life that was shown until now.
  static std::uint32_t show(std::uint32_t life, std::atomic<std::uint64_t>& shown) {
    const auto was = shown.load(std::memory_order_relaxed);
    shown.store(((was >> 32) + 1) << 32 | life, std::memory_order_release);
    return static_cast<std::uint32_t>(was);
  }

  void turn_away(std::list<message>& left) {
    for (; !left.empty(); left.pop_front())
      enter(std::move(left.front()), nullptr, {});
  }

  static bool is_signal(const caf::mailbox_element& what) {
    return what.content().match_elements<caf::exit_msg>()
           || what.content().match_elements<caf::down_msg>() || what.mid.is_response();
  }

  bool keeps(const caf::mailbox_element& what) const {
    if (door_ == door::opening)
      return !is_signal(what);
    if (door_ == door::gone || door_ == door::away || held_.size() >= policy_.bound)
      return false;
    if (is_signal(what))
      return door_ == door::unknown;
    return is_awaited() || policy_.does == while_down::way::hold;
  }

  bool is_awaited() const { return door_ == door::unknown || door_ == door::awaited; }

  /// Counts it, and says what its sender is told if it asked.
  caf::message turned_away(const caf::mailbox_element& what) {
    if (is_signal(what))
      return {};
    if (!what.mid.is_request()) {
      ++dropped_;
      return {};
    }
    const auto down = door_ != door::gone && !is_awaited();
    if (down && policy_.does == while_down::way::answer)
      return *policy_.answer;
    ++refused_;
    if (door_ == door::gone)
      return caf::make_message(gone());
    if (door_ == door::open && policy_.does == while_down::way::fail)
      return caf::make_message(make_failure(failure::child_down, path_ + " is down: it has quit"));
    if (door_ == door::away || (down && policy_.does == while_down::way::fail))
      return caf::make_message(make_failure(failure::child_down, because(" is down")));
    return caf::make_message(
      make_failure(failure::too_many_held, path_ + " is down and " + std::to_string(policy_.bound)
                                             + " messages wait for it already"));
  }

  caf::error gone() const { return make_failure(failure::child_gone, because(" is gone")); }

  /// A reason may name the child itself.
  std::string because(const std::string& what) const {
    const auto why = words(why_);
    return why.starts_with(path_ + ' ') ? why : path_ + what + ": " + why;
  }

  /// Many senders could keep `open` busy for ever. Bounded, since a sender may be called by `open`.
  void make_way() const {
    for (int i = 0; i < 1000 && crowded_.load(std::memory_order_relaxed); ++i)
      std::this_thread::yield();
  }

  const std::string path_;
  std::atomic<bool> crowded_ = false;
  mutable std::mutex lock_; ///< of all below
  while_down policy_;
  door door_ = door::unknown;
  caf::actor child_;
  std::uint32_t current_ = 0; ///< life of `child_`, or of the last one
  caf::error why_;
  std::list<message> held_;
  std::uint64_t refused_ = 0;
  std::uint64_t dropped_ = 0;
};

namespace {

void stand_in::pass_on(caf::mailbox_element_ptr what, compat::enqueue_host* host) {
  room_->enter(std::move(what), host, life_);
}

/// For those who want another type of handle than the child's.
class wrong_door final : public compat::forwarding_actor {
public:
  wrong_door(caf::actor_config& config, std::shared_ptr<waiting_room> room,
             const std::type_info& handle)
    : forwarding_actor(config), room_(std::move(room)), handle_(handle) {}

  const char* name() const override { return "supervisor.wrong-door"; }

private:
  void pass_on(caf::mailbox_element_ptr what, compat::enqueue_host* host) override {
    room_->refuse(std::move(what),
                  make_failure(failure::fatal_bug, other_handle(room_->path(), handle_)), host);
  }

  const std::shared_ptr<waiting_room> room_;
  const std::type_info& handle_;
};

} // namespace

std::string other_handle(const std::string& path, const std::type_info& handle) {
  return "the ref to " + path + " has another handle type than the child: ask for the type that "
         + "its start makes, " + compat::demangled(handle);
}

} // namespace detail

cell::cell(caf::actor_system& system, std::string path, while_down policy)
  : system_(system),
    room_(std::make_shared<detail::waiting_room>(std::move(path), std::move(policy))) {}

cell::~cell() { gone(make_failure(failure::child_gone, "its tree has ended")); }

void cell::set(while_down policy) { room_->set(std::move(policy)); }

void cell::made_as(const std::type_info& handle) {
  handle_.store(&handle, std::memory_order_release);
}

void cell::expected(bool is_up) { room_->expect(is_up, shown_); }

void cell::up(const caf::actor& child, std::uint32_t life) {
  if (room_->open(child, life, shown_, stand_in_))
    tell(life, true);
}

void cell::down(caf::error why) {
  if (const auto was = room_->close(std::move(why), true, shown_))
    tell(was, false);
}

void cell::ended(std::uint32_t life, caf::error why) {
  if (const auto was = room_->close(std::move(why), true, shown_, life))
    tell(was, false);
}

void cell::away(caf::error why) {
  if (const auto was = room_->close(std::move(why), false, shown_))
    tell(was, false);
}

void cell::gone(caf::error why) {
  std::uint32_t was = 0;
  if (!room_->shut(std::move(why), shown_, was))
    return;
  if (was != 0)
    tell(was, false);
  end_stand_in(room_->with_child([this](auto, const auto&) { return stand_in_; }));
}

const std::string& cell::path() const { return room_->path(); }

std::pair<caf::actor, std::uint64_t> cell::now(const std::type_info& wanted) const {
  if (const auto* is = handle(); is && !detail::fits(wanted, *is))
    return {compat::make_forwarding_actor<detail::wrong_door>(system_, room_, *is), shown()};
  using access = detail::waiting_room::access;
  bool made = false;
  caf::actor begins;
  auto found = room_->with_child([&](access how, const caf::actor& child) {
    if (how == access::now)
      return std::pair{child, shown()};
    if (how == access::soon) { // it stands for this life, and not for the next one
      begins = child;
      auto mine = compat::make_forwarding_actor<detail::stand_in>(system_, room_);
      detail::stand_in_of(mine).stand_for(child);
      return std::pair{std::move(mine), shown()};
    }
    made = !stand_in_;
    if (made)
      stand_in_ = compat::make_forwarding_actor<detail::stand_in>(system_, room_);
    return std::pair{stand_in_, shown()};
  });
  if (begins)
    detail::end_with(begins, found.first);
  else if (made)
    end_stand_in(found.first);
  return found;
}

cell::watch cell::on_change(observer then) {
  auto mine = std::make_shared<const observer>(std::move(then));
  const std::lock_guard guard{watches_lock_};
  std::erase_if(watches_, [](const auto& x) { return x.expired(); });
  watches_.push_back(mine);
  return mine;
}

cell::counts cell::count() const { return room_->count(); }

void cell::tell(std::uint32_t life, bool up) {
  const auto watches = [this] {
    const std::lock_guard guard{watches_lock_};
    return watches_;
  }();
  for (const auto& x : watches)
    if (const auto then = x.lock())
      try {
        (*then)(life, up);
      } catch (...) { // other people's code must not end the supervisor
      }
}

void cell::end_stand_in(const caf::actor& who) const {
  auto why = room_->gone_because();
  if (who && why)
    detail::stand_in_of(who).terminate(std::move(why));
}

} // namespace supervisor
