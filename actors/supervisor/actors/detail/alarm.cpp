#include "supervisor/actors/detail/alarm.hpp"

namespace supervisor::detail {

namespace {

/// What CAF's clock holds in the place of the owner.
class bell final : public compat::forwarding_actor {
public:
  bell(caf::actor_config& config, caf::weak_actor_ptr owner)
    : forwarding_actor(config), owner_(std::move(owner)) {}

  const char* name() const override { return "supervisor.alarm"; }

  void forget() {
    const std::scoped_lock lock{mutex_};
    owner_ = nullptr;
  }

private:
  void pass_on(caf::mailbox_element_ptr what, compat::enqueue_host*) override {
    caf::strong_actor_ptr to;
    {
      const std::scoped_lock lock{mutex_};
      to = owner_.lock();
    }
    if (to)
      to->enqueue(std::move(what), nullptr);
  }

  std::mutex mutex_;
  caf::weak_actor_ptr owner_;
};

} // namespace

const caf::actor& alarm::bell() {
  if (!bell_)
    bell_ = compat::make_forwarding_actor<detail::bell>(
      owner_.home_system(), caf::actor_cast<caf::weak_actor_ptr>(owner_.ctrl()));
  return bell_;
}

void alarm::silence() {
  if (const auto kept = std::exchange(bell_, nullptr))
    static_cast<detail::bell*>(caf::actor_cast<caf::abstract_actor*>(kept))->forget();
}

} // namespace supervisor::detail
