#include "supervisor/actors/node/preparing.hpp"

#include "supervisor/actors/detail/alarm.hpp"
#include "supervisor/actors/node/reachable.hpp"
#include "supervisor/due.hpp"

#include <unistd.h>

namespace supervisor::detail {

namespace {

std::string words_for(const precondition& x) {
  if (!x.path.empty())
    return "path " + x.path;
  return x.tcp.empty() ? "check " + x.check : "tcp " + x.tcp;
}

/// A fault that stands for itself has no place.
std::string words_for(const faults& all) {
  std::string text;
  for (const auto& x : all)
    text += (text.empty() ? "" : ", ") + (x.where.empty() ? "" : x.where + ": ") + x.what;
  return text;
}

/// Where time is not real, the outside is as it should be.
bool holds(const precondition& x, bool is_virtual) {
  if (x.holds)
    return x.holds();
  if (is_virtual)
    return true;
  return x.path.empty() ? accepts_connections(x.tcp) : ::access(x.path.c_str(), F_OK) == 0;
}

/// Either what the child is to have, or why it cannot start.
expected<belongings> fetch(const child_details& said, const secret_provider& ask) {
  belongings got;
  for (const auto& wanted : said.secrets) {
    auto value = ask(wanted.key);
    if (!value)
      return fault{"", "secret " + wanted.name + ": " + words_for(value.error())};
    if (*value)
      got.secrets.emplace(wanted.name, std::move(**value));
    else if (wanted.required)
      return fault{"",
                   "secret " + wanted.name + " is required, and nobody has the key " + wanted.key};
  }
  for (const auto& x : said.environment) {
    if (x.value) {
      got.environment.emplace(x.name, *x.value);
      continue;
    }
    const auto name = x.secret_ref->substr(2, x.secret_ref->size() - 3);
    const auto secret = got.secrets.find(name);
    if (secret == got.secrets.end())
      continue;
    if (secret->second.find('\0') != std::string::npos)
      return fault{"", "secret " + name + " has a zero byte in it, which no variable can have"};
    got.environment.emplace(x.name, secret->second);
  }
  return got;
}

/// Other people's code: what it throws is its answer.
caf::error error_of(const std::function<void()>& ask) {
  try {
    ask();
    return {};
  } catch (...) {
    auto x = std::current_exception();
    return panic(x);
  }
}

class preparer : public caf::event_based_actor {
public:
  preparer(caf::actor_config& config, uplink up, child_details said, secret_provider secrets,
           std::optional<blocking_calls> calls)
    : caf::event_based_actor(config), up_(std::move(up)), said_(std::move(said)),
      secrets_(std::move(secrets)), calls_(std::move(calls)) {}

  const char* name() const override { return "supervisor.preparer"; }

protected:
  caf::behavior make_behavior() override {
    guard(this);
    compat::drop_unexpected(this);
    go_on();
    return {
      [this](const preparation& x) { on_answer(x); },
      [this](const control_plane& x) { on_time(x); },
    };
  }

private:
  /// The next precondition or, when all of them hold, what the child is to have.
  void go_on() {
    if (next_ == said_.preconditions.size())
      return ask_for_belongings();
    limit_ = due_after(now(), said_.preconditions[next_].timeout);
    since_ = now();
    look();
  }

  void look() {
    const auto& wanted = said_.preconditions[next_];
    const auto ask = [wanted, is_virtual = !calls_](preparation& to) {
      to.why = error_of([&] { to.holds = holds(wanted, is_virtual); });
    };
    begin(ask);
  }

  void ask_for_belongings() {
    const auto ask = [said = said_, secrets = secrets_](preparation& to) {
      to.why = error_of([&] {
        auto got = fetch(said, secrets);
        if (got)
          to.got = std::make_shared<const belongings>(std::move(*got));
        else
          to.why_not = words_for(got.error());
      });
    };
    if (said_.secrets.empty()) // nobody has to be asked
      return answer_here(ask);
    since_ = now();
    begin(ask);
  }

  /// What may block is done elsewhere, and what does not come back in time is not waited for.
  template <class Ask>
  void begin(Ask ask) {
    if (!calls_)
      return answer_here(ask);
    ++number_;
    const auto me = caf::actor_cast<caf::weak_actor_ptr>(ctrl());
    const auto no = calls_->begin([ask, me, number = number_] {
      preparation to{.number = number};
      ask(to);
      if (const auto strong = me.lock())
        compat::anon_send(caf::actor_cast<caf::actor>(strong), std::move(to));
    });
    if (!no.empty())
      return fail((is_looking() ? words_for(said_.preconditions[next_]) + ": " : "") + no);
    wait_for_answer();
  }

  template <class Ask>
  void answer_here(const Ask& ask) {
    preparation to{.number = ++number_};
    ask(to);
    on_answer(to);
  }

  void on_answer(const preparation& x) {
    if (x.number != number_)
      return;
    waits_ = false;
    if (x.why)
      return quit(x.why);
    if (!is_looking())
      return x.got ? give(*x.got) : fail(x.why_not);
    if (!x.holds)
      return look_again();
    ++next_;
    go_on();
  }

  void look_again() {
    if (now() >= limit_.at)
      return fail_to_hold();
    look_at_ = std::min(limit_.at, later(now(), said_.preconditions[next_].check_interval));
    wait_until(look_at_);
  }

  /// Nobody says how long the secrets may take: the start's time is that.
  void wait_for_answer() {
    constexpr nanoseconds least = std::chrono::milliseconds{100}; // of a look at the last moment
    waits_ = true;
    wait_until(is_looking() ? std::max(limit_.at, now() + least) : time_point::max());
  }

  /// And tells meanwhile what is waited for.
  void wait_until(time_point then) {
    tell();
    const auto next = is_told_of() ? then : std::min(then, later(since_, tells_of_waits_after));
    if (next != time_point::max())
      alarm_.ring(std::max(next - now(), nanoseconds{0}),
                  control_plane{control_plane::tick::deadline, number_});
  }

  void on_time(const control_plane& x) {
    if (x.number != number_)
      return;
    tell_if_it_lasts();
    if (!waits_)
      return now() < look_at_ ? wait_until(look_at_) : look();
    if (!is_looking() || now() < limit_.at)
      return wait_for_answer();
    if (const auto late = now() - limit_.at; late > tolerated_lateness)
      if (const auto later = put_off(limit_, now(), late); later.at > now()) {
        limit_ = later; // we were paused, and its answer may be on its way
        return wait_for_answer();
      }
    fail_to_hold();
  }

  bool is_looking() const { return next_ < said_.preconditions.size(); }
  caf::actor_clock::time_point now() const { return clock().now(); }

  /// What is waited for, once.
  void tell() {
    if (std::exchange(told_of_, next_ + 1) != next_ + 1)
      up_.note({.waits_for = is_looking() ? words_for(said_.preconditions[next_]) : "its secrets"});
  }

  /// The same as an event, once.
  void tell_if_it_lasts() {
    if (!is_told_of() && now() >= later(since_, tells_of_waits_after)) {
      lasts_ = next_ + 1;
      up_.tell(news::waits);
    }
  }

  bool is_told_of() const { return lasts_ == next_ + 1; }

  void give(const belongings& got) {
    up_.prepared(got);
    quit();
  }

  void fail_to_hold() {
    const auto& x = said_.preconditions[next_];
    fail(words_for(x) + " did not hold within " + to_string(x.timeout)
         + (waits_ ? "; its last check has not come back" : ""));
  }

  void fail(std::string why) { quit(make_failure(failure::start_failed, std::move(why))); }

  const uplink up_;
  const child_details said_;
  const secret_provider secrets_;
  const std::optional<blocking_calls> calls_; ///< none: time is virtual, and nothing blocks
  std::size_t next_ = 0;                      ///< precondition
  std::size_t told_of_ = 0;                   ///< so many
  std::size_t lasts_ = 0;    ///< so many are waited for so long that it was an event
  due limit_{};              ///< of the precondition
  time_point since_{};       ///< what is waited for now
  time_point look_at_{};     ///< the precondition again
  std::uint32_t number_ = 0; ///< of the question that counts
  bool waits_ = false;       ///< for its answer
  alarm alarm_{*this};
};

} // namespace

bool needs_preparation(const child_spec& child) {
  return child.more
         && (!child.more->preconditions.empty() || !child.more->secrets.empty()
             || !child.more->environment.empty());
}

caf::actor spawn_preparer(caf::local_actor* parent, const uplink& up, const child_spec& child,
                          const start_options& options, const blocking_calls& calls) {
  const auto secrets = options.secrets ? options.secrets : secrets_from_environment();
  return parent->spawn<preparer>(up, *child.more, secrets,
                                 options.fake_threads ? std::nullopt
                                                      : std::optional<blocking_calls>{calls});
}

} // namespace supervisor::detail
