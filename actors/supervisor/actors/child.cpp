#include "supervisor/actors/child.hpp"

#include "supervisor/rules/validate.hpp"

namespace supervisor {

namespace {

std::optional<std::string> found_in(const std::map<std::string, std::string>& all,
                                    const std::string& name) {
  const auto at = all.find(name);
  return at == all.end() ? std::nullopt : std::optional{at->second};
}

void ignore(const expected<control_result>&) {}

} // namespace

void detail::uplink::ask(std::string path, std::shared_ptr<command_query> wanted) const {
  wanted->asker = who;
  wanted->path = path;
  if (const auto strong = supervisor.lock())
    compat::anon_send(caf::actor_cast<caf::actor>(strong), control{.what = control::order::command,
                                                                   .path = std::move(path),
                                                                   .command = std::move(wanted)});
}

std::optional<std::string> child::environment(const std::string& name) const {
  return known_->given ? found_in(known_->given->environment, name) : std::nullopt;
}

std::optional<std::string> child::secret(const std::string& name) const {
  return known_->given ? found_in(known_->given->secrets, name) : std::nullopt;
}

/// Said again for every full measure, in case that nobody could take over the first time.
void child::served(std::uint64_t count) const {
  const auto limit = known_->worn_at;
  if (limit == 0)
    return;
  const auto before = known_->served.fetch_add(count, std::memory_order_relaxed);
  if (before / limit != (before + count) / limit)
    known_->up.tell(news::worn);
}

std::shared_ptr<command_query> child::wanting(command what, std::string reason,
                                              command_done done) const {
  auto query = std::make_shared<command_query>();
  query->what = what;
  query->audit = {path(), std::move(reason)};
  query->done = done ? std::move(done) : command_done{ignore};
  return query;
}

void child::request_restart(std::string reason, command_done done) const {
  known_->up.ask(path(), wanting(command::restart_child, std::move(reason), std::move(done)));
}

void child::request_shutdown(std::string reason, command_done done) const {
  const auto above = path().substr(0, path().rfind('/'));
  known_->up.ask(above, wanting(command::shutdown, std::move(reason), std::move(done)));
}

void child::request_signal(const std::string& sibling, std::string_view signal, std::string reason,
                           command_done done) const {
  auto query = wanting(command::signal_child, std::move(reason), std::move(done));
  query->signal = signal_number(signal);
  faults wrong;
  detail::check_signal(std::string{signal}, "signal", wrong);
  const auto above = path().substr(0, path().rfind('/'));
  if (!is_id(sibling))
    query->found = fault{sibling, "is no id of a sibling"};
  else if (!wrong.empty())
    query->found = std::move(wrong);
  else
    known_->up.ask(above + "/" + sibling, std::move(query));
}

} // namespace supervisor
