#include "supervisor/actors/preparing.hpp"

#include "supervisor/actors/reachable.hpp"

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

class preparer : public caf::event_based_actor {
public:
  preparer(caf::actor_config& config, uplink up, child_details said, secret_provider secrets,
           bool is_virtual)
    : caf::event_based_actor(config), up_(std::move(up)), said_(std::move(said)),
      secrets_(std::move(secrets)), is_virtual_(is_virtual) {}

  const char* name() const override { return "supervisor.preparer"; }

protected:
  caf::behavior make_behavior() override {
    guard(this);
    compat::drop_unexpected(this);
    since_ = clock().now();
    go_on();
    return {[this](const control_plane&) { go_on(); }};
  }

private:
  void go_on() {
    for (; next_ < said_.preconditions.size(); ++next_, since_ = clock().now())
      if (!holds(said_.preconditions[next_], is_virtual_))
        return wait(said_.preconditions[next_]);
    auto got = fetch(said_, secrets_);
    if (!got)
      return quit(make_failure(failure::start_failed, words_for(got.error())));
    up_.prepared(std::move(*got));
    quit();
  }

  void wait(const precondition& x) {
    const auto waited = clock().now() - since_;
    if (waited >= x.timeout)
      return quit(make_failure(failure::start_failed,
                               words_for(x) + " did not hold within " + to_string(x.timeout)));
    if (std::exchange(told_of_, next_ + 1) != next_ + 1)
      up_.note({.waits_for = words_for(x)});
    compat::send_after(this, std::min<nanoseconds>(x.check_interval, x.timeout - waited),
                       caf::actor{this}, control_plane{control_plane::tick::deadline});
  }

  const uplink up_;
  const child_details said_;
  const secret_provider secrets_;
  const bool is_virtual_;
  std::size_t next_ = 0;    ///< precondition
  std::size_t told_of_ = 0; ///< so many
  caf::actor_clock::time_point since_{};
};

} // namespace

bool needs_preparation(const child_spec& child) {
  return child.more
         && (!child.more->preconditions.empty() || !child.more->secrets.empty()
             || !child.more->environment.empty());
}

caf::actor spawn_preparer(caf::local_actor* parent, const uplink& up, const child_spec& child,
                          const start_options& options) {
  const auto secrets = options.secrets ? options.secrets : secrets_from_environment();
  if (options.fake_threads)
    return parent->spawn<preparer>(up, *child.more, secrets, true);
  return parent->spawn<preparer, caf::detached>(up, *child.more, secrets, false);
}

} // namespace supervisor::detail
