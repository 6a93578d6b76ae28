#pragma once

#include "supervisor/actors/child.hpp"
#include "supervisor/actors/detail/cell.hpp"
#include "supervisor/actors/detail/made_of.hpp"
#include "supervisor/actors/error.hpp"
#include "supervisor/actors/ref.hpp"
#include "supervisor/changes/changes.hpp"
#include "supervisor/effective/effective.hpp"
#include "supervisor/rules/lint.hpp"
#include "supervisor/spec/spec.hpp"

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <tuple>
#include <typeinfo>
#include <vector>

namespace supervisor {

class launcher;

/// What an actor stands for may have to be killed, and signalled, in other ways than the actor.
struct reins {
  std::function<void()> kill{};
  std::function<void(int)> signal{};
};

/// What came of a start: an actor, nothing to run, or an error.
class launched {
public:
  launched(caf::actor who, supervisor::reins by = {})
    : who_(std::move(who)), reins_(std::move(by)) {}
  launched(caf::error why) : why_(std::move(why)) {}
  static launched ignore() { return launched{caf::actor{}}; }

  const caf::actor& who() const { return who_; }
  const caf::error& why() const { return why_; }
  const supervisor::reins& reins() const { return reins_; }
  bool ignored() const { return !who_ && !why_; }

private:
  caf::actor who_;
  supervisor::reins reins_;
  caf::error why_;
};

namespace detail {

class tree_core;

/// A child that wants another's handle.
struct wish {
  std::string path{};
  const std::type_info* handle = nullptr;
  std::size_t partitions = 0; ///< not one child, but those called "<path>-0", "<path>-1", ...
  bool of_partitions = false; ///< also if it is 0 of them, which is a fault
};

/// Whom it wants, by absolute paths; `above` is the supervisor of the child that wants it.
std::vector<std::string> paths_of(const wish&, const std::string& above);

/// What a launcher has at hand: one life of one child.
struct birth {
  caf::local_actor* parent = nullptr;
  uplink up{};
  const std::string& id;
  const std::string& above; ///< path of the supervisor
  tree_core& tree;
  std::uint32_t attempt = 0;
  nanoseconds beat_every{0};
  std::shared_ptr<const belongings> given{};
  std::uint64_t worn_at = 0;
  const child_details& said;
  bool says_when_ready = false;
  std::stop_source stop{std::nostopstate}; ///< made when somebody wants to know

  child me();
  std::shared_ptr<cell> cell_of(const std::string& path);
  caf::error objection_to(const std::vector<wish>&);
  bool fakes_threads() const;
};

/// The inside of a `launcher`; immutable and shared by all its copies.
struct recipe {
  task_kind kind{};
  std::string_view label{};                 ///< a literal
  std::function<launched(birth&)> launch{}; ///< not called if nobody can have its `wishes`
  const std::type_info* handle = &typeid(caf::actor); ///< of what it launches
  std::vector<wish> wishes{};
  std::shared_ptr<const supervisor::while_down> down{};
  /// Of a template: the same start, with these arguments behind its own.
  std::function<expected<launcher>(const std::any& args)> with_args{};
  std::shared_ptr<const basic_supervisor_spec<launcher>> tree{};
  std::shared_ptr<const process_spec> program{};
  std::shared_ptr<const made_of> made{}; ///< if another launcher may turn out to be the same
  bool tells_of_its_end = false;         ///< in its own words, so that nobody need watch it
  std::string objection{};               ///< why it starts nothing; empty: it does
};

} // namespace detail

/// How a child is started, as often as needed.
class launcher {
public:
  launcher() noexcept {} // "= default" breaks g++ 12 where a spec leaves it out
  explicit launcher(detail::recipe r)
    : recipe_(std::make_shared<const detail::recipe>(std::move(r))) {}

  /// The same, with other words for those who call the child while it is down.
  launcher while_down(supervisor::while_down what) const {
    auto changed = *recipe_;
    changed.down = std::make_shared<const supervisor::while_down>(std::move(what));
    return launcher{std::move(changed)};
  }

  bool empty() const { return recipe_ == nullptr; }
  task_kind kind() const { return recipe_ ? recipe_->kind : task_kind::async_worker; }
  std::string_view label() const { return recipe_ ? recipe_->label : std::string_view{}; }
  const basic_supervisor_spec<launcher>* tree() const {
    return recipe_ ? recipe_->tree.get() : nullptr;
  }
  const process_spec* program() const { return recipe_ ? recipe_->program.get() : nullptr; }
  std::string_view objection() const {
    return recipe_ ? std::string_view{recipe_->objection} : std::string_view{};
  }
  const detail::recipe& recipe() const { return *recipe_; }

private:
  std::shared_ptr<const detail::recipe> recipe_;
};

/// One child, as data: see basic_child_spec for what its fields mean.
using child_spec = basic_child_spec<launcher>;

/// A supervisor and its children.
using supervisor_spec = basic_supervisor_spec<launcher>;

static_assert(sizeof(child_spec) <= 256);

extern template faults validate(const supervisor_spec&);
extern template std::shared_ptr<const plan> make_plan(const supervisor_spec&, std::uint64_t);
extern template effective_policy effective(const child_spec&, const supervisor_spec&);
extern template std::vector<role_conflict> role_conflicts(const supervisor_spec&);
extern template std::vector<lint> lints(const supervisor_spec&);
extern template faults validate_child(const child_spec&, const supervisor_spec&);
extern template std::vector<change> changes(const supervisor_spec&, const supervisor_spec&);

/// Whether both start the same thing: copies of one launcher; launchers made by the same call with
/// equal functions and arguments, as far as these can be compared; what a catalog made of the same
/// words. Two nested supervisors do, whatever their children.
bool same_start(const launcher&, const launcher&);

/// Why they do not, in one sentence; empty if they do.
std::string start_difference(const launcher& was, const launcher& is);

namespace detail {

// -- the signature of a start function -----------------------------------------------------------------

template <class F>
struct signature : signature<decltype(&F::operator())> {};

template <class R, class... As>
struct signature<R (*)(As...)> {
  using result = R;
  using args = std::tuple<As...>;
};

template <class R, class... As>
struct signature<R (*)(As...) noexcept> : signature<R (*)(As...)> {};

template <class R, class C, class... As>
struct signature<R (C::*)(As...) const> : signature<R (*)(As...)> {};

template <class R, class C, class... As>
struct signature<R (C::*)(As...) const noexcept> : signature<R (*)(As...)> {};

template <class R, class C, class... As>
struct signature<R (C::*)(As...)> : signature<R (*)(As...)> {};

template <class F>
using result_of = typename signature<F>::result;

template <class F>
using self_of = std::tuple_element_t<0, typename signature<F>::args>;

template <std::size_t I, class F>
constexpr bool takes_child_at() {
  using args = typename signature<F>::args;
  if constexpr (I < std::tuple_size_v<args>)
    return std::same_as<std::decay_t<std::tuple_element_t<I, args>>, child>;
  else
    return false;
}

// -- arguments -------------------------------------------------------------------------------------------

template <class A>
const A& resolve(birth&, const A& x) {
  return x;
}

template <class T>
supervised_ref<T> resolve(birth& b, const ref_to<T>& x) {
  return supervised_ref<T>{b.cell_of(x.path)};
}

template <class A>
using resolved = std::decay_t<decltype(resolve(std::declval<birth&>(), std::declval<A>()))>;

template <class... Args>
constexpr void check_args() {
  static_assert((std::copy_constructible<Args> && ...),
                "an argument of a start is used again at every restart, so it must be copyable: "
                "wrap what cannot be copied in a std::shared_ptr, or make it in the child");
}

template <class A>
void note_wish(std::vector<wish>&, const A&) {}

template <class T>
void note_wish(std::vector<wish>& wishes, const ref_to<T>& x) {
  wishes.push_back({x.path, &typeid(T)});
}

template <class... Args>
std::vector<wish> wishes_in(const Args&... args) {
  std::vector<wish> wishes;
  (note_wish(wishes, args), ...);
  return wishes;
}

/// Calls `use` with the arguments as they arrive in the child.
template <class... Args>
auto with_resolved(birth& b, const std::tuple<Args...>& args, const auto& use) {
  return std::apply([&](const auto&... x) { return use(resolve(b, x)...); }, args);
}

// -- what every actor gets before its own code runs ----------------------------------------------------------

caf::error panic(std::exception_ptr&);

/// The news of its end, with what it died of.
void tell_end(const uplink&, const caf::error& why);

template <class Self>
void guard(Self* self) {
  self->set_exception_handler([](std::exception_ptr& x) -> caf::error { return panic(x); });
}

/// The same, for a child: its callers know before whoever asked for the fatal gets an answer.
template <class Self>
void guard(Self* self, const uplink& up) {
  if (up.post && up.post->is_asked())
    if constexpr (std::derived_from<Self, caf::scheduled_actor>)
      compat::expect<health_question>(self);
  self->set_exception_handler([&up](std::exception_ptr& x) -> caf::error {
    auto why = panic(x);
    up.fell(why);
    return why;
  });
}

template <class T>
inline constexpr bool is_caf_expected = false;

template <class T>
inline constexpr bool is_caf_expected<caf::expected<T>> = true;

/// What all children that are actors have: they say what becomes of them.
template <class T>
class child_actor : public compat::watched<T, watch_post> {
public:
  template <class... Args>
  explicit child_actor(caf::actor_config& config, uplink up, Args&&... args)
    : compat::watched<T, watch_post>(config, std::forward<Args>(args)...), up_(std::move(up)) {
    guard(this, up_);
    this->watch(up_.post.get());
  }

protected:
  /// One that has quit with an error in its start has not: its end says why.
  void has_started() const {
    if (!compat::is_leaving(*this) || !static_cast<const caf::local_actor&>(*this).fail_state())
      up_.tell(news::started);
  }

  /// Of a start function that gives back an error instead of a behaviour.
  template <class Behavior>
  Behavior made_or_quit(caf::expected<Behavior> made) {
    if (!made)
      this->quit(std::move(made.error()));
    has_started();
    if (made)
      return std::move(*made);
    return compat::empty_behavior<Behavior>();
  }

private:
  // Called with those versions of CAF that have a place for them, see compat::hears_of_its_end.

  void life_ends(const caf::error& why) { up_.fell(why); }

  void life_ended(const caf::error& why) { tell_end(up_, why); }

  uplink up_;
};

/// The user's actor class, which says that it has started.
template <class T>
class guarded : public child_actor<T> {
public:
  using child_actor<T>::child_actor;

  typename T::behavior_type make_behavior() override {
    auto made = T::make_behavior();
    this->has_started();
    return made;
  }
};

/// The actor that the user's function makes, which says that it has started.
template <class T, class Body>
class guarded_function : public child_actor<T> {
public:
  guarded_function(caf::actor_config& config, uplink up, Body body)
    : child_actor<T>(config, std::move(up)), body_(std::move(body)) {}

  typename T::behavior_type make_behavior() override {
    auto body = std::move(body_); // gone after the start, as with spawn
    if constexpr (std::is_void_v<decltype(body(this))>) {
      body(this);
      this->has_started();
      return {};
    } else if constexpr (is_caf_expected<decltype(body(this))>) {
      return this->made_or_quit(body(this));
    } else {
      auto made = body(this);
      this->has_started();
      return made;
    }
  }

private:
  Body body_;
};

/// A launcher of whatever `spawn` makes of a birth.
template <class Spawn>
launcher launcher_of(Spawn spawn, std::vector<wish> wishes, std::shared_ptr<const made_of> made) {
  using handle = compat::plain_handle<decltype(spawn(std::declval<birth&>()))>;
  return launcher{{
    .kind = task_kind::async_worker,
    .label = "worker",
    .launch = [spawn](birth& b) -> launched { return caf::actor_cast<caf::actor>(spawn(b)); },
    .handle = &typeid(handle),
    .wishes = std::move(wishes),
    .made = std::move(made),
    .tells_of_its_end = compat::hears_of_its_end,
  }};
}

/// The same start; another is the same if it was made of the same words.
launcher declared_as(const launcher&, declared_start);

/// Stands for a child that has a thread of its own, where time is not real.
caf::actor spawn_fake(caf::local_actor* parent, uplink up);

} // namespace detail

/// A child that is a CAF actor, made by a function as `spawn` takes it: function-based, stateful or
/// typed. The function and its arguments are copied and used at every start. It may take a
/// `supervisor::child` after `self`; a `ref<T>("path")` among the arguments arrives as a
/// `supervised_ref<T>`. A start that throws, quits with an error or, as a function that gives back a
/// `caf::expected<caf::behavior>`, returns one has failed.
template <class F, class... Args>
requires(!std::derived_from<F, caf::abstract_actor>) launcher worker(F body, Args... args) {
  detail::check_args<Args...>();
  using self_ptr = detail::self_of<F>;
  using result = detail::result_of<F>;
  static_assert(std::is_pointer_v<self_ptr>,
                "a worker is a function of a pointer to its actor, such as event_based_actor*");
  const auto wishes = detail::wishes_in(args...);
  const auto made = std::make_shared<const detail::parts<task_kind::async_worker, F, Args...>>(
    std::move(body), std::move(args)...);
  const auto spawn = [made](detail::birth& b) {
    const auto bound = [&](auto... known) {
      auto run
        = [body = made->body, known...](self_ptr self) -> result { return body(self, known...); };
      using actor_class = detail::guarded_function<std::remove_pointer_t<self_ptr>, decltype(run)>;
      return b.parent->spawn<actor_class>(std::move(b.up), std::move(run));
    };
    return detail::with_resolved(b, made->args, [&](const auto&... known) {
      if constexpr (detail::takes_child_at<1, F>())
        return bound(b.me(), known...);
      else
        return bound(known...);
    });
  };
  return detail::launcher_of(spawn, wishes, made);
}

/// A child that is a CAF actor class, constructed with copies of the arguments. Its make_behavior
/// must not be private. It may take a `supervisor::child` after the config.
template <class T, class... Args>
requires std::derived_from<T, caf::local_actor> launcher worker(Args... args) {
  detail::check_args<Args...>();
  const auto wishes = detail::wishes_in(args...);
  using parts = detail::parts<task_kind::async_worker, std::type_identity<T>, Args...>;
  const auto made = std::make_shared<const parts>(std::type_identity<T>{}, std::move(args)...);
  const auto spawn = [made](detail::birth& b) {
    return detail::with_resolved(b, made->args, [&](auto&&... known) {
      if constexpr (std::constructible_from<T, caf::actor_config&, child,
                                            detail::resolved<Args>...>)
        return b.parent->spawn<detail::guarded<T>>(b.up, b.me(),
                                                   std::forward<decltype(known)>(known)...);
      else
        return b.parent->spawn<detail::guarded<T>>(b.up, std::forward<decltype(known)>(known)...);
    });
  };
  return detail::launcher_of(spawn, wishes, made);
}

/// A child with a thread of its own: a plain function that may block. It may take a
/// `supervisor::child` as its first argument, and has to look at `stopping()` there: nothing else
/// can stop it.
template <class F, class... Args>
launcher blocking_worker(F body, Args... args) {
  detail::check_args<Args...>();
  auto wishes = detail::wishes_in(args...);
  const auto made = std::make_shared<const detail::parts<task_kind::blocking_worker, F, Args...>>(
    std::move(body), std::move(args)...);
  const auto launch = [made](detail::birth& b) -> launched {
    if (b.fakes_threads())
      return detail::spawn_fake(b.parent, b.up);
    const auto run = [&](auto... known) {
      return compat::spawn_with_thread(
        b.parent, [body = made->body, known..., up = b.up](caf::blocking_actor* self) {
          up.tell(news::started);
          try {
            body(known...);
          } catch (...) {
            auto x = std::current_exception();
            auto why = detail::panic(x);
            up.fell(why);
            self->fail_state(std::move(why));
          }
        });
    };
    return detail::with_resolved(b, made->args, [&](const auto&... known) {
      if constexpr (detail::takes_child_at<0, F>())
        return caf::actor_cast<caf::actor>(run(b.me(), known...));
      else
        return caf::actor_cast<caf::actor>(run(known...));
    });
  };
  return launcher{{
    .kind = task_kind::blocking_worker,
    .label = "blocking_worker",
    .launch = launch,
    .wishes = std::move(wishes),
    .made = made,
  }};
}

/// A child that is a supervisor.
launcher nested(supervisor_spec spec);

/// A child made by any function of the parent and itself: for actors that spawn in other ways, and
/// for starts that may decide that there is nothing to run. The actor counts as started at once. What the
/// parent monitors or is linked to on the function's behalf is nothing to it: it follows its child anyway.
launcher custom(std::function<launched(caf::local_actor& parent, const child& me)> make);

} // namespace supervisor
