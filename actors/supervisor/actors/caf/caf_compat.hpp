#pragma once

// The only header that knows which CAF it is compiled against: 0.17.6, as Debian ships it, or 1.x.
// Everything else is written against these names and what both spell alike. See
// docs/compatibility.md.

#include <caf/all.hpp>

#include <cxxabi.h>

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <typeinfo>
#include <utility>

// CAF_VERSION is octal in 1.1.0; only 1.x defines CAF_VERSION_MAJOR.
#ifdef CAF_VERSION_MAJOR
#define SUPERVISOR_CAF_LEGACY 0
#else
#define SUPERVISOR_CAF_LEGACY 1
#endif

#if SUPERVISOR_CAF_LEGACY
#include <caf/monitorable_actor.hpp>
#endif

namespace supervisor {

// -- typed handles: signatures are written result<Out...>(In...) on both ----------------------------

#if SUPERVISOR_CAF_LEGACY
namespace detail {

template <class Signature>
struct to_replies_to;

template <class... Out, class... In>
struct to_replies_to<caf::result<Out...>(In...)> {
  using type = typename caf::replies_to<In...>::template with<Out...>;
};

} // namespace detail

template <class... Signatures>
using typed_actor = caf::typed_actor<typename detail::to_replies_to<Signatures>::type...>;
#else
template <class... Signatures>
using typed_actor = caf::typed_actor<Signatures...>;
#endif

namespace compat {

/// 1.x calls the handle of an actor that it spawned typed_actor<statically_typed<S...>>, and the same
/// one typed_actor<S...> where somebody writes it.
template <class Handle>
struct plain_handle_of {
  using type = Handle;
};

#if !SUPERVISOR_CAF_LEGACY
template <class... Signatures>
struct plain_handle_of<caf::typed_actor<caf::statically_typed<Signatures...>>> {
  using type = caf::typed_actor<Signatures...>;
};
#endif

template <class Handle>
using plain_handle = typename plain_handle_of<Handle>::type;

// -- message types ---------------------------------------------------------------------------------

/// 1.x wants every message type registered before the first actor system; 0.17.6 wants nothing for
/// types that never leave the process. Idempotent, and in any order with a program's own blocks.
template <class... Blocks>
bool init_types() {
#if !SUPERVISOR_CAF_LEGACY
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<Blocks...>();
#endif
  return true;
}

// -- options ---------------------------------------------------------------------------------------

/// Sets an option of CAF itself; 1.x keeps them below `caf.`.
template <class T>
void set_option(caf::actor_system_config& config, const std::string& name, T&& value) {
  config.set((SUPERVISOR_CAF_LEGACY ? "" : "caf.") + name, std::forward<T>(value));
}

/// `policy` is "stealing" or "sharing".
inline void set_scheduler(caf::actor_system_config& config, const std::string& policy,
                          std::size_t threads) {
#if SUPERVISOR_CAF_LEGACY
  set_option(config, "scheduler.policy", caf::atom_from_string(policy));
#else
  set_option(config, "scheduler.policy", policy);
#endif
  set_option(config, "scheduler.max-threads", threads);
}

// -- errors ----------------------------------------------------------------------------------------

// CAF_ERROR_CODE_ENUM, which 0.17.6 wants with an atom of at most ten characters. At global scope.
#if SUPERVISOR_CAF_LEGACY
#define SUPERVISOR_ERROR_ENUM(type, atom_name) CAF_ERROR_CODE_ENUM(type, atom_name)
#else
#define SUPERVISOR_ERROR_ENUM(type, atom_name) CAF_ERROR_CODE_ENUM(type)
#endif

/// The code, if the error is one of this enum.
template <class Enum>
std::optional<Enum> code_of(const caf::error& why) {
  static const auto category = caf::make_error(static_cast<Enum>(1)).category();
  if (!why || why.category() != category)
    return std::nullopt;
  return static_cast<Enum>(why.code());
}

/// How CAF would name a code of an enum that we don't know.
inline std::string code_name(const caf::error& why) {
#if SUPERVISOR_CAF_LEGACY
  return "error " + std::to_string(why.code()) + " of " + caf::to_string(why.category());
#else
  return caf::to_string(why);
#endif
}

/// Constrains the `inspect` of an enum: 0.17.6 serializes enums by itself and trips over one.
template <class Inspector>
concept inspects_enums = !SUPERVISOR_CAF_LEGACY && std::is_class_v<Inspector>;

/// Compares code and category, not the context.
template <class Enum>
bool is(const caf::error& why, Enum code) {
  return code_of<Enum>(why) == code;
}

/// An exception that nobody translated.
inline bool is_unhandled_exception(const caf::error& why) {
#if SUPERVISOR_CAF_LEGACY
  if (is(why, caf::exit_reason::unhandled_exception))
    return true;
#endif
  return is(why, caf::sec::runtime_error);
}

/// A name that a person can read.
inline std::string demangled(const std::type_info& x) {
  auto failed = 0;
  const std::unique_ptr<char, void (*)(void*)> text{
    abi::__cxa_demangle(x.name(), nullptr, nullptr, &failed), std::free};
  return failed == 0 ? text.get() : x.name();
}

/// What an error says beside its code.
inline std::string text_of(const caf::error& why) {
  if (!why) // 0.17.6 has nothing behind it
    return {};
#if SUPERVISOR_CAF_LEGACY
  if (why.context().empty())
    return {};
  return why.context().match_elements<std::string>() ? why.context().get_as<std::string>(0)
                                                     : std::string{};
#else
  const auto context = why.context();
  return context.match_elements<std::string>() ? context.get_as<std::string>(0) : std::string{};
#endif
}

// -- sending ---------------------------------------------------------------------------------------

template <class Self, class Dst, class... Ts>
void send(Self* self, const Dst& dst, Ts&&... xs) {
#if SUPERVISOR_CAF_LEGACY
  self->send(dst, std::forward<Ts>(xs)...);
#else
  self->mail(std::forward<Ts>(xs)...).send(dst);
#endif
}

template <class Dst, class... Ts>
void anon_send(const Dst& dst, Ts&&... xs) {
#if SUPERVISOR_CAF_LEGACY
  caf::anon_send(dst, std::forward<Ts>(xs)...);
#else
  caf::anon_mail(std::forward<Ts>(xs)...).send(dst);
#endif
}

/// Sends later. Nothing cancels it.
template <class Self, class Dst, class... Ts>
void send_after(Self* self, std::chrono::nanoseconds delay, const Dst& dst, Ts&&... xs) {
#if SUPERVISOR_CAF_LEGACY
  self->delayed_send(dst, delay, std::forward<Ts>(xs)...);
#else
  self->mail(std::forward<Ts>(xs)...).delay(delay).send(dst);
#endif
}

/// As `send_after`, and keeps none but the receiver.
template <class Dst, class... Ts>
void anon_send_after(std::chrono::nanoseconds delay, const Dst& dst, Ts&&... xs) {
#if SUPERVISOR_CAF_LEGACY
  caf::delayed_anon_send(dst, delay, std::forward<Ts>(xs)...);
#else
  caf::anon_mail(std::forward<Ts>(xs)...).delay(delay).send(dst);
#endif
}

/// Gives back a handle: `.then(ok, failed)` in actors, `.receive(ok, failed)` in scoped actors.
template <class Self, class Dst, class Timeout, class... Ts>
auto request(Self&& self, const Dst& dst, Timeout timeout, Ts&&... xs) {
#if SUPERVISOR_CAF_LEGACY
  return self->request(dst, timeout, std::forward<Ts>(xs)...);
#else
  return self->mail(std::forward<Ts>(xs)...).request(dst, timeout);
#endif
}

/// What a handler returns to let another actor answer.
template <class Self, class Dst, class... Ts>
auto delegate(Self* self, const Dst& dst, Ts&&... xs) {
#if SUPERVISOR_CAF_LEGACY
  return self->delegate(dst, std::forward<Ts>(xs)...);
#else
  return self->mail(std::forward<Ts>(xs)...).delegate(dst);
#endif
}

/// An exit message that overtakes ordinary ones where CAF can (0.17.6; not beyond one batch on 1.x).
template <class Self>
void send_exit_now(Self* self, const caf::actor& dst, caf::error why) {
#if SUPERVISOR_CAF_LEGACY
  self->template anon_send<caf::message_priority::high>(
    dst, caf::exit_msg{self->address(), std::move(why)});
#else
  caf::anon_mail(caf::exit_msg{self->address(), std::move(why)}).urgent().send(dst);
#endif
}

inline void anon_send_exit(const caf::actor& dst, caf::error why) {
  compat::anon_send(dst, caf::exit_msg{caf::actor_addr{}, std::move(why)});
}

/// Spawns an actor with a thread of its own. Throws std::system_error if there is none to be had: 0.17.6
/// would count it among the threads that the end of the actor system waits for.
template <class Self, class F>
auto spawn_with_thread(Self* parent, F body) {
#if SUPERVISOR_CAF_LEGACY
  try {
    return parent->template spawn<caf::detached>(std::move(body));
  } catch (const std::system_error&) {
    parent->system().dec_detached_threads();
    throw;
  }
#else
  return parent->template spawn<caf::detached>(std::move(body));
#endif
}

/// The state of a stateful actor.
template <class Actor>
auto& state_of(Actor* self) {
#if SUPERVISOR_CAF_LEGACY
  return self->state;
#else
  return self->state();
#endif
}

/// Of an actor that is to do nothing more.
template <class Behavior>
Behavior empty_behavior() {
  if constexpr (std::default_initializable<Behavior>)
    return {};
  else
    return Behavior::make_empty_behavior();
}

template <class Actor>
bool mailbox_is_empty(Actor* self) {
#if SUPERVISOR_CAF_LEGACY
  return self->mailbox().empty();
#else
  return self->mailbox().size() == 0;
#endif
}

// -- handlers that 1.x deprecates and 0.17.6 has nothing else for -------------------------------------

#if !SUPERVISOR_CAF_LEGACY
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

template <class Self, class Fn>
void on_exit_msg(Self* self, Fn fn) {
  self->set_exit_handler([fn](caf::exit_msg& x) { fn(x); });
}

/// A child that returns an error to a plain message sends it back, and the default reaction is to
/// quit with it.
template <class Self>
void ignore_errors(Self* self) {
  self->set_error_handler([](caf::error&) {});
}

/// Whoever else it monitors, such as an actor or a node that a custom start watches in its name: their ends
/// are nothing to it.
template <class Self>
void ignore_downs(Self* self) {
  self->set_down_handler([](caf::down_msg&) {});
#if !SUPERVISOR_CAF_LEGACY
  self->set_node_down_handler([](caf::node_down_msg&) {});
#endif
}

/// Drops what the behaviour does not match, instead of printing it.
template <class Self>
void drop_unexpected(Self* self) {
  self->set_default_handler(caf::drop);
}

/// A message of type T is no surprise to an actor that does not handle it; others are printed, as
/// always. `set_default_handler` of the actor's own replaces this.
template <class T, class Self>
void expect(Self* self) {
#if SUPERVISOR_CAF_LEGACY
  self->set_default_handler(
    [](caf::scheduled_actor* me, caf::message_view& x) -> caf::result<caf::message> {
      if (x.content().template match_elements<T>())
        return caf::sec::unexpected_message;
      return caf::print_and_drop(me, x);
    });
#else
  self->set_default_handler([](caf::scheduled_actor* me, caf::message& x) -> caf::skippable_result {
    if (x.template match_elements<T>())
      return caf::make_error(caf::sec::unexpected_message);
    return caf::print_and_drop(me, x);
  });
#endif
}

#if !SUPERVISOR_CAF_LEGACY
#pragma GCC diagnostic pop
#endif

// -- actors that have quit ---------------------------------------------------------------------------------

/// Whether it has quit, or has ended otherwise. `quit` says so before the answer of that turn leaves.
inline bool is_leaving(const caf::abstract_actor& who) {
  return who.getf(caf::abstract_actor::is_shutting_down_flag
                  | caf::abstract_actor::is_terminated_flag);
}

inline bool is_leaving(const caf::actor& who) {
  return is_leaving(*caf::actor_cast<caf::abstract_actor*>(who));
}

// -- actors that forward in their sender's turn --------------------------------------------------------

#if SUPERVISOR_CAF_LEGACY
using forwarding_base = caf::monitorable_actor;
using enqueue_result = void;
using enqueue_host = caf::execution_unit;
#else
using forwarding_base = caf::abstract_actor;
using enqueue_result = bool;
using enqueue_host = caf::scheduler;
#endif

/// Has no mailbox and no turn: whoever sends it a message runs `pass_on`. No system waits for it.
class forwarding_actor : public forwarding_base {
public:
  explicit forwarding_actor(caf::actor_config& config) : forwarding_base(config) {}

  using forwarding_base::enqueue;

  enqueue_result enqueue(caf::mailbox_element_ptr what, enqueue_host* host) final {
    pass_on(std::move(what), host);
    return enqueue_result(true);
  }

  /// Tells those who monitor it or are linked to it. Messages still get to `pass_on`.
  void terminate(caf::error why) { cleanup(std::move(why), nullptr); }

#if SUPERVISOR_CAF_LEGACY
  void on_destroy() override {
    terminate(caf::exit_reason::unreachable); // nothing, if it has ended
    forwarding_base::on_destroy();
  }
#else
  void setup_metrics() {}
#endif

private:
  virtual void pass_on(caf::mailbox_element_ptr what, enqueue_host* host) = 0;

#if !SUPERVISOR_CAF_LEGACY
  void force_close_mailbox() final {}
#endif
};

template <class T, class... Ts>
caf::actor make_forwarding_actor(caf::actor_system& system, Ts&&... xs) {
  caf::actor_config config;
  return caf::make_actor<T, caf::actor>(system.next_actor_id(), system.node(), &system, config,
                                        std::forward<Ts>(xs)...);
}

#if SUPERVISOR_CAF_LEGACY
/// The worker that an actor may run on next: one of another actor system would run it after its own has
/// ended, or end before it.
inline enqueue_host* host_of(caf::actor_system& home, enqueue_host* host) {
  return host && &host->system() == &home ? host : nullptr;
}

#endif

/// Answers in the place of the receiver. Nothing happens if nobody awaits an answer.
inline void respond(caf::mailbox_element& request, caf::message answer, enqueue_host* host) {
  if (!request.mid.is_request() || !request.sender)
    return;
#if SUPERVISOR_CAF_LEGACY
  if (request.stages.empty() || answer.match_elements<caf::error>())
    return request.sender->enqueue(nullptr, request.mid.response_id(), std::move(answer),
                                   host_of(*request.sender->home_system, host));
  // A composed actor, (f * g)(x): what g answers is what f is asked.
  const auto next = std::move(request.stages.back());
  request.stages.pop_back();
  next->enqueue(caf::make_mailbox_element(request.sender, request.mid, std::move(request.stages),
                                          std::move(answer)),
                host_of(*next->home_system, host));
#else
  request.sender->enqueue(
    caf::make_mailbox_element(nullptr, request.mid.response_id(), std::move(answer)), host);
#endif
}

// -- requests that get an answer, whatever happens ------------------------------------------------------

#if SUPERVISOR_CAF_LEGACY
namespace detail {

/// The stage that a receiver uses again for its next request, so that most need none of their own.
class spare_stage {
public:
  spare_stage() = default;
  ~spare_stage() { take(); }

  spare_stage(const spare_stage&) = delete;
  spare_stage& operator=(const spare_stage&) = delete;

  /// Null: make another.
  caf::strong_actor_ptr take() {
    return {kept_.exchange(nullptr, std::memory_order_acquire), false};
  }

  void put(caf::strong_actor_ptr x) {
    caf::actor_control_block* none = nullptr;
    if (kept_.compare_exchange_strong(none, x.get(), std::memory_order_release))
      static_cast<void>(x.release());
  }

private:
  std::atomic<caf::actor_control_block*> kept_{nullptr};
};

/// Goes along with one request after the other, as the stage that its answer has to pass: whoever
/// answers, and wherever the request is delegated to. If the last who knows it lets go, there was no
/// answer.
class pending_answer final : public forwarding_actor {
public:
  /// `spare` is a part of the receiver.
  pending_answer(caf::actor_config& config, caf::actor_addr receiver, spare_stage& spare)
    : forwarding_actor(config), receiver_(std::move(receiver)), spare_(spare) {}

  ~pending_answer() override {
    if (asker_)
      asker_->enqueue(nullptr, id_,
                      caf::make_message(caf::make_error(caf::sec::request_receiver_down,
                                                        std::string{"ended without an answer"})),
                      nullptr);
  }

  const char* name() const override { return "supervisor.pending-answer"; }

  void await_answer_to(const caf::mailbox_element& request) {
    asker_ = request.sender;
    id_ = request.mid.response_id();
  }

private:
  /// As soon as it has put itself back, it may be in use again. A copy of the promise that was kept
  /// must not answer the next request: then it is not put back.
  void pass_on(caf::mailbox_element_ptr what, enqueue_host* host) override {
    const auto asker = std::exchange(asker_, nullptr);
    if (!asker)
      return;
    what->sender = caf::actor_cast<caf::strong_actor_ptr>(receiver_);
    what->mid = id_;
    if (what->sender && ctrl()->strong_refs.load(std::memory_order_acquire) == 1)
      spare_.put(caf::strong_actor_ptr{ctrl()});
    asker->enqueue(std::move(what), host_of(*asker->home_system, host));
  }

  caf::strong_actor_ptr asker_;
  caf::message_id id_;
  const caf::actor_addr receiver_;
  spare_stage& spare_;
};

} // namespace detail

/// An actor whose requests fail at once when it drops a promise, or dies with one in its behavior or
/// its state; 1.x does that by itself, on 0.17.6 the asker waits for its time-out. A promise in a
/// member of an actor class lives as long as the object, on both.
template <class Base>
class answering : public Base {
public:
  using Base::Base;
  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override {
    if (what->mid.is_request() && what->sender && what->stages.empty()
        && !what->content().template match_elements<caf::open_stream_msg>())
      what->stages.push_back(stage_for(*what));
    Base::enqueue(std::move(what), host_of(this->home_system(), host));
  }

  bool cleanup(caf::error&& why, caf::execution_unit* host) override {
    if (!this->getf(caf::abstract_actor::is_cleaned_up_flag))
      life_ends(why);
    return Base::cleanup(std::move(why), host);
  }

protected:
  void on_cleanup(const caf::error& why) override {
    Base::on_cleanup(why);
    life_ended(why);
  }

private:
  /// Before its mailbox is closed.
  virtual void life_ends(const caf::error&) {}

  /// What it had is gone, and those who watch it have not been told so far. Runs no code of others:
  /// the actor is locked.
  virtual void life_ended(const caf::error&) {}

  caf::strong_actor_ptr stage_for(const caf::mailbox_element& request) {
    auto stage = spare_.take();
    if (!stage)
      stage = caf::actor_cast<caf::strong_actor_ptr>(make_forwarding_actor<detail::pending_answer>(
        this->home_system(), this->address(), spare_));
    static_cast<detail::pending_answer*>(stage->get())->await_answer_to(request);
    return stage;
  }

  detail::spare_stage spare_{};
};
#else
template <class Base>
using answering = Base;
#endif

/// Whether an `answering` actor hears of its own end, by `life_ends` and `life_ended`.
inline constexpr bool hears_of_its_end = SUPERVISOR_CAF_LEGACY;

/// Whether an `answering` actor has its turns on the workers of its own actor system whoever calls it.
inline constexpr bool turns_stay_home = SUPERVISOR_CAF_LEGACY;

// -- actors that let others see what they work on --------------------------------------------------------

#if SUPERVISOR_CAF_LEGACY
/// "int32_t" of "@i32", "string" of "@str", "down" of "@down".
inline std::string type_in_words(std::string name) {
  if (!name.starts_with('@'))
    return name;
  if (name == "@str")
    return "string";
  const auto sized = name.size() > 2 && name[2] >= '0' && name[2] <= '9';
  if (sized && name[1] == 'i')
    return "int" + name.substr(2) + "_t";
  if (sized && name[1] == 'u' && name.find("str") == std::string::npos)
    return "uint" + name.substr(2) + "_t";
  return name.substr(1);
}
#endif

/// The types of a message: "string, int32_t"; of atoms their value.
inline std::string types_of(const caf::mailbox_element& x) {
  std::string text;
#if SUPERVISOR_CAF_LEGACY
  const auto& content = x.content();
  for (std::size_t i = 0; i < content.size(); ++i) {
    const auto [number, type] = content.type(i);
    text += text.empty() ? "" : ", ";
    if (number == caf::type_nr<caf::atom_value>::value)
      text += caf::to_string(content.template get_as<caf::atom_value>(i));
    else
      text += number != 0 ? type_in_words(caf::numbered_type_names[number - 1]) : demangled(*type);
  }
#else
  const auto types = x.content().types();
  for (std::size_t i = 0; i < types.size(); ++i) {
    text += text.empty() ? "" : ", ";
    text += caf::query_type_name(types[i]);
  }
#endif
  return text;
}

/// Tells its post, if it has one, when it enters a handler and when it leaves it.
template <class Base, class Post>
class watched_in_turns : public answering<Base> {
public:
  using answering<Base>::answering;

  /// `post` must outlive it.
  void watch(Post* post) {
    if (post && post->looks_for_stalls())
      post_ = post;
  }

#if SUPERVISOR_CAF_LEGACY
  using answering<Base>::consume;

  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    if (!post_)
      return answering<Base>::consume(x);
    const in_handler mark{*post_, x};
    return answering<Base>::consume(x);
  }
#else
  using resume_result = typename answering<Base>::resume_result;

  /// One message a turn: what is done between messages is no handler.
  resume_result resume(caf::scheduler* host, std::size_t most) override {
    const auto* next = post_ ? this->peek_at_next_mailbox_element() : nullptr;
    if (!post_)
      return answering<Base>::resume(host, most);
    if (!next) // not one that comes meanwhile, whom nobody would look at
      return answering<Base>::resume(host, mailbox_is_empty(this) ? 0 : 1);
    const in_handler mark{*post_, *next};
    return answering<Base>::resume(host, 1);
  }
#endif

private:
  struct in_handler {
    Post& post;

    in_handler(Post& p, const caf::mailbox_element& x) : post(p) { post.enters(types_of(x)); }
    ~in_handler() { post.leaves(); }
    in_handler(const in_handler&) = delete;
  };

  Post* post_ = nullptr;
};

/// The same for actors that have no turns: nobody can look at them.
template <class Base, class Post>
class unwatched : public answering<Base> {
public:
  using answering<Base>::answering;

  void watch(Post*) {}
};

template <class Base, class Post>
using watched = std::conditional_t<std::derived_from<Base, caf::scheduled_actor>,
                                   watched_in_turns<Base, Post>, unwatched<Base, Post>>;

} // namespace compat
} // namespace supervisor
