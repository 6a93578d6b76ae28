#include "supervisor/actors/launcher.hpp"

#include "supervisor/actors/supervisor_actor.hpp"
#include "supervisor/make_plan.hpp"
#include "supervisor/rules/find_lints.hpp"

namespace supervisor {

template faults validate(const supervisor_spec&);
template std::shared_ptr<const plan> make_plan(const supervisor_spec&, std::uint64_t);
template effective_policy effective(const child_spec&, const supervisor_spec&);
template std::vector<role_conflict> role_conflicts(const supervisor_spec&);
template std::vector<lint> lints(const supervisor_spec&);

namespace detail {

void uplink::tell(news what, child_exit exit, std::string text) const {
  if (const auto strong = supervisor.lock())
    compat::anon_send(caf::actor_cast<caf::actor>(strong),
                      child_start{{what, who, exit, 0}, std::move(text), nullptr});
}

child birth::me() {
  stop = std::stop_source{};
  return {id, above + "/" + id, up, stop.get_token()};
}

std::shared_ptr<cell> birth::cell_of(const std::string& path) {
  return tree.cell_of(path.starts_with('/') ? path : above + "/" + path);
}

void uplink::fell(const caf::error& why) const {
  if (const auto strong = supervisor.lock())
    static_cast<supervisor_actor*>(strong->get())->lost(who, why);
}

bool birth::fakes_threads() const { return tree.options().fake_threads; }

caf::error panic(std::exception_ptr& x) {
  try {
    std::rethrow_exception(x);
  } catch (const std::exception& e) {
    return make_failure(failure::panic, e.what());
  } catch (...) {
    return make_failure(failure::panic, "threw something that is no std::exception");
  }
}

caf::actor spawn_fake(caf::local_actor* parent, uplink up) {
  return parent->spawn([up](caf::event_based_actor* self) -> caf::behavior {
    guard(self);
    up.tell(news::started);
    up.tell(news::ready);
    return {[](int) {}};
  });
}

} // namespace detail

launcher nested(supervisor_spec spec) {
  return launcher{{
    .kind = task_kind::supervisor,
    .label = "supervisor",
    .handle = &typeid(supervisor_mailbox),
    .tree = std::make_shared<const supervisor_spec>(std::move(spec)),
  }};
}

launcher custom(std::function<launched(caf::local_actor& parent, const child& me)> make) {
  return launcher{{
    .kind = task_kind::async_worker,
    .label = "custom",
    .launch = [make = std::move(make)](detail::birth& b) -> launched {
      auto made = make(*b.parent, b.me());
      if (made.who())
        b.up.tell(news::started);
      return made;
    },
  }};
}

} // namespace supervisor
