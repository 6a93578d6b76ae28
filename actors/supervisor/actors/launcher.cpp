#include "supervisor/actors/launcher.hpp"

#include "supervisor/actors/detail/standard_error.hpp"
#include "supervisor/actors/node/exit_of.hpp"
#include "supervisor/actors/node/supervisor_actor.hpp"
#include "supervisor/changes/make_changes.hpp"
#include "supervisor/plan/make_plan.hpp"
#include "supervisor/rules/find_lints.hpp"

#include <algorithm>

namespace supervisor {

template faults validate(const supervisor_spec&);
template std::shared_ptr<const plan> make_plan(const supervisor_spec&, std::uint64_t);
template effective_policy effective(const child_spec&, const supervisor_spec&);
template std::vector<role_conflict> role_conflicts(const supervisor_spec&);
template std::vector<lint> lints(const supervisor_spec&);
template faults validate_child(const child_spec&, const supervisor_spec&);
template std::vector<change> changes(const supervisor_spec&, const supervisor_spec&);

namespace detail {

void call_back(const std::function<void()>& done) noexcept {
  try {
    done();
  } catch (...) {
    complain("whoever was called back threw" + thrown_text());
  }
}

void uplink::tell(news what, child_exit exit, std::string text) const {
  if (const auto strong = supervisor.lock())
    compat::anon_send(caf::actor_cast<caf::actor>(strong),
                      child_start{{.what = what, .who = who, .exit = exit}, std::move(text)});
}

void uplink::beat(time_point at) const {
  if (const auto strong = supervisor.lock())
    compat::anon_send(caf::actor_cast<caf::actor>(strong),
                      child_start{{.what = news::heartbeat, .who = who, .at = at}});
}

void uplink::note(child_note what) const {
  if (const auto strong = supervisor.lock())
    compat::anon_send(caf::actor_cast<caf::actor>(strong),
                      child_start{.news = {.who = who},
                                  .note = std::make_shared<const child_note>(std::move(what))});
}

void uplink::prepared(belongings what) const {
  if (const auto strong = supervisor.lock())
    compat::anon_send(caf::actor_cast<caf::actor>(strong),
                      child_start{.news = {.what = news::prepared, .who = who},
                                  .prepared = std::make_shared<const belongings>(std::move(what))});
}

child birth::me() {
  stop = std::stop_source{};
  auto facts = std::make_shared<life_facts>();
  facts->id = id;
  facts->path = above + "/" + id;
  facts->up = up;
  facts->attempt = attempt;
  facts->beat_every = beat_every;
  facts->given = given;
  facts->worn_at = worn_at;
  return {std::move(facts), stop.get_token()};
}

std::shared_ptr<cell> birth::cell_of(const std::string& path) {
  return tree.cell_of(path.starts_with('/') ? path : above + "/" + path);
}

void uplink::fell(const caf::error& why) const {
  if (const auto strong = supervisor.lock())
    static_cast<supervisor_actor*>(strong->get())->lost(who, why);
}

std::vector<std::string> paths_of(const wish& x, const std::string& above) {
  const auto path = x.path.starts_with('/') ? x.path : above + "/" + x.path;
  if (x.partitions == 0)
    return {path};
  std::vector<std::string> all;
  for (std::size_t i = 0; i < x.partitions; ++i)
    all.push_back(path + "-" + std::to_string(i));
  return all;
}

/// Whom it wants may have become something else since they were looked at.
caf::error birth::objection_to(const std::vector<wish>& wishes) {
  for (const auto& x : wishes)
    for (const auto& path : paths_of(x, above))
      if (const auto* is = tree.cell_of(path)->handle(); is && !fits(*x.handle, *is))
        return make_failure(failure::start_failed, other_handle(path, *is));
  return {};
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

void tell_end(const uplink& up, const caf::error& why) {
  up.tell(news::exited, exit_of(why), text_of(why));
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

// -- whether two of them are the same ----------------------------------------------------------------

namespace detail {

namespace {

constexpr std::string_view cannot_compare = "start: cannot be compared with the old one";

/// What a file says of a start.
class words_of_file final : public made_of {
public:
  explicit words_of_file(declared_start said) : said_(std::move(said)) {}

  std::string difference(const made_of& is) const override {
    const auto* other = dynamic_cast<const words_of_file*>(&is);
    return other ? supervisor::start_difference(said_, other->said_)
                 : std::string{runs_something_else};
  }

private:
  const declared_start said_;
};

/// What callers meet was part of what they were made of, or both were told the same later.
bool same_while_down(const recipe& a, const recipe& b) {
  const auto untouched = a.down == a.made->down && b.down == b.made->down;
  const auto said = [](const recipe& x) { return x.down ? *x.down : while_down{}; };
  return untouched || said(a) == said(b);
}

std::string difference(const recipe& was, const recipe& is) {
  if (&was == &is || (was.tree && is.tree))
    return "";
  if (was.label != is.label)
    return "start: " + std::string{was.label} + " -> " + std::string{is.label};
  if (was.program && is.program)
    return supervisor::start_difference(*was.program, *is.program);
  if (!was.made || !is.made)
    return std::string{cannot_compare};
  auto why = was.made->difference(*is.made);
  if (why.empty() && !same_while_down(was, is))
    return "while_down: another one";
  return why;
}

} // namespace

std::string difference_of(likeness function, const std::vector<likeness>& args) {
  if (function == likeness::other)
    return "start: it runs another function";
  if (const auto at = std::ranges::find(args, likeness::other); at != args.end())
    return "args: another value of argument " + std::to_string(at - args.begin() + 1);
  const auto known = function == likeness::same && std::ranges::count(args, likeness::unknown) == 0;
  return known ? "" : std::string{cannot_compare};
}

launcher declared_as(const launcher& start, declared_start said) {
  if (start.empty())
    return start;
  auto marked = start.recipe();
  const auto made = std::make_shared<words_of_file>(std::move(said));
  made->down = marked.down;
  marked.made = made;
  return launcher{std::move(marked)};
}

} // namespace detail

std::string start_difference(const launcher& was, const launcher& is) {
  if (was.empty() || is.empty())
    return was.empty() == is.empty() ? "" : "start: it runs something else";
  return detail::difference(was.recipe(), is.recipe());
}

bool same_start(const launcher& a, const launcher& b) { return start_difference(a, b).empty(); }

// -- the others --------------------------------------------------------------------------------------

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
