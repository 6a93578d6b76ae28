// Children that are programs: junk on their notify sockets, places that are taken, kills from
// outside.

#include "notice.hpp"
#include "programs.hpp"
#include "scratch.hpp"
#include "stand.hpp"
#include "trial.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include <supervisor/process/process.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace chaos {

namespace {

using sup::event_type;
using moment = std::chrono::steady_clock::time_point;

sup::child_spec program(const std::string& id, std::vector<std::string> words) {
  words.insert(words.begin(), child_program());
  return {.id = id,
          .start = sup::process({.argv = std::move(words)}),
          .backoff = {.first = 10ms, .longest = 10ms},
          .readiness = sup::readiness::on_report};
}

/// What programs said, and what was told of them.
class notes {
public:
  void line(const sup::log_line& x) {
    const std::scoped_lock lock{mutex_};
    if (x.text.starts_with("socket "))
      sockets_[x.path] = x.text.substr(7);
    else if (x.text.starts_with("ready "))
      said_[x.path] = moment{nanoseconds{std::stoll(x.text.substr(6))}};
    else if (x.text.starts_with("supervisor: ") && x.text.find("refused") != x.text.npos)
      note_refused(x);
  }

  void event(const sup::tree_event& x) {
    if (x.what.what != event_type::child_ready)
      return;
    std::string path{'/'};
    path += x.child;
    const std::scoped_lock lock{mutex_};
    heard_[std::move(path)] = std::chrono::steady_clock::now();
  }

  std::map<std::string, std::string> sockets() const {
    const std::scoped_lock lock{mutex_};
    return sockets_;
  }

  bool is_ready(const std::string& path) const {
    const std::scoped_lock lock{mutex_};
    return heard_.contains(path);
  }

  void forget(const std::string& path) {
    const std::scoped_lock lock{mutex_};
    heard_.erase(path);
    said_.erase(path);
  }

  /// Programs that have said when they were ready.
  std::size_t said() const {
    const std::scoped_lock lock{mutex_};
    return said_.size();
  }

  /// From a program's word until its tree tells of it; of those that were heard.
  void delays(latencies& to) const {
    const std::scoped_lock lock{mutex_};
    for (const auto& [path, at] : heard_)
      if (const auto said = said_.find(path); said != said_.end())
        to.note(at - said->second);
  }

  /// Notices that were told to have been refused.
  std::uint64_t refused() const {
    const std::scoped_lock lock{mutex_};
    return refused_;
  }

  /// The most lines about that, of one life of a child.
  std::uint64_t most_lines_of_refusal() const {
    const std::scoped_lock lock{mutex_};
    std::uint64_t most = 0;
    for (const auto& [life, lines] : lines_of_refusal_)
      most = std::max(most, lines);
    return most;
  }

private:
  void note_refused(const sup::log_line& x) {
    refused_ += static_cast<std::uint64_t>(std::atoll(x.text.c_str() + sizeof "supervisor: " - 1));
    ++lines_of_refusal_[{x.path, x.attempt}];
  }

  mutable std::mutex mutex_{};
  std::map<std::string, std::string> sockets_{};
  std::map<std::string, moment> said_{}, heard_{};
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> lines_of_refusal_{};
  std::uint64_t refused_ = 0;
};

sup::start_options telling(const std::shared_ptr<notes>& to) {
  return {.observer = [to](const sup::tree_event& x) { to->event(x); },
          .log = [to](const sup::log_line& x) { to->line(x); }};
}

// -- ipc_connection_storm ------------------------------------------------------------------------------

constexpr auto legit = 10;
constexpr auto junk_clients = 1000;
constexpr nanoseconds pause = 5ms; ///< of each of those who send junk, after one to everybody
constexpr auto not_ready = {"/mute", "/talks_junk"};

/// Each of them a client of its own, to everybody who has a socket. They are of our user and in none of the
/// programs: nothing that they say counts, neither junk nor READY=1.
class storm {
public:
  explicit storm(std::shared_ptr<notes> from) : notes_(std::move(from)) {
    for (auto& x : threads_)
      x = std::jthread{[this](const std::stop_token& stop) { blow(stop); }};
  }

  std::uint64_t clients() const { return clients_; }

  void end() {
    for (auto& x : threads_)
      x = {};
  }

private:
  void blow(const std::stop_token& stop) {
    const std::string lie = "READY=1\nWATCHDOG=trigger";
    for (std::size_t i = 0; !stop.stop_requested(); ++i) {
      for (const auto& [path, address] : notes_->sockets())
        clients_ += send_notice(address, i % 4 == 3 ? lie : junk()[i % junk().size()]);
      std::this_thread::sleep_for(pause);
    }
  }

  std::shared_ptr<notes> notes_;
  std::atomic<std::uint64_t> clients_ = 0;
  std::array<std::jthread, 2> threads_{};
};

/// Another user says that the program is ready. How often that went out.
std::uint64_t spoof(const std::string& address) {
  const auto pid = fork();
  if (pid == 0) {
    const auto changed = setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0;
    _exit(changed && send_notice(address, "READY=1") ? 0 : 1);
  }
  int status = -1;
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 1 : 0;
}

/// From a restart by hand until the child is ready again.
nanoseconds recovery_of(const stand& here, const std::shared_ptr<notes>& seen,
                        const std::string& id) {
  return time_of([&] {
    seen->forget("/" + id);
    if (done(here.tree().restart_child(id, by_chaos)))
      until([&] { return seen->is_ready("/" + id); }, 10s);
  });
}

/// One that says nothing, one of whom somebody says junk, one of whom somebody says that it is ready, and
/// those who say so themselves.
std::vector<sup::child_spec> speakers() {
  std::vector<sup::child_spec> all{program("mute", {"mute"}), program("talks_junk", {"talks_junk"}),
                                   program("by_descendant", {"descendant_reports"})};
  for (auto& x : all)
    x.start_timeout = 60s;
  for (int i = 0; i < legit; ++i)
    all.push_back(program("child-" + std::to_string(i), {"reports", "100"}));
  return all;
}

/// One that is not ready holds up nobody: each is added by itself.
void add_all(const stand& here, const std::vector<sup::child_spec>& all) {
  for (const auto& x : all)
    here.tree().carry_out({.what = sup::command::start_child,
                           .path = "/",
                           .audit = by_chaos,
                           .child = std::make_shared<const sup::child_spec>(x)},
                          [](const sup::expected<sup::control_result>&) {});
}

std::int64_t count_ready(const notes& seen) {
  std::int64_t found = 0;
  for (int i = 0; i < legit; ++i)
    found += seen.is_ready("/child-" + std::to_string(i));
  return found;
}

void ipc_connection_storm(trial& it) {
  const auto seen = std::make_shared<notes>();
  storm all{seen};
  stand here{{.intensity = {.restarts = sup::unlimited}, .children = {}}, telling(seen)};
  const auto begin = std::chrono::steady_clock::now();
  add_all(here, speakers());
  until([&] { return count_ready(*seen) == legit && seen->is_ready("/by_descendant"); }, 15s);
  const auto legit_ready = count_ready(*seen);
  std::uint64_t spoofs = 0;
  until([&] { return seen->sockets().contains("/mute"); }, 5s);
  if (geteuid() == 0)
    spoofs = spoof(seen->sockets()["/mute"]);
  else
    it.leave_out("READY=1 of another user", "needs root");
  until(
    [&] {
      return std::chrono::steady_clock::now() - begin > it.length()
             && all.clients() >= junk_clients;
    },
    it.length() + 10s);
  all.end();
  latencies delays;
  until([&] { return seen->said() > legit; }, 5s);
  seen->delays(delays);
  const auto recovery = recovery_of(here, seen, "child-0");
  const auto end = here.stop();
  const auto strangers = all.clients() + spoofs;
  it.at_least("junk_clients", all.clients(), junk_clients);
  it.at_least("legit_handshakes_percent", 100.0 * static_cast<double>(legit_ready) / legit, 100);
  it.at_least("descendants_heard", seen->is_ready("/by_descendant"), 1);
  it.at_most("taken_for_ready",
             std::ranges::count_if(not_ready, [&](const char* x) { return seen->is_ready(x); }), 0);
  it.at_most("strangers_not_counted", strangers - std::min(strangers, seen->refused()), 0);
  it.at_most("counted_too_often", seen->refused() - std::min(strangers, seen->refused()), 0);
  it.at_most("lines_of_refusal", seen->most_lines_of_refusal(),
             2 + std::chrono::duration_cast<std::chrono::minutes>(it.length()).count());
  it.at_most("accept_queue_p50_ms", delays.ms(0.5), 10);
  it.at_most("recovery_ms", in_ms(recovery), 1000);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
}

// -- socket_path_contention ----------------------------------------------------------------------------

/// A place in the file system that is not there yet.
class place {
public:
  std::filesystem::path path() const { return where_ / "wanted"; }

  void take() const { std::ofstream{path()} << "somebody else's"; }
  void free() const {
    std::filesystem::remove_all(path());
    std::filesystem::create_directory(path());
  }

private:
  const scratch where_{};
};

void socket_path_contention(trial& it) {
  const place wanted;
  wanted.take();
  sup::child_spec needy{
    .id = "needy",
    .start = sup::process({.argv = {child_program(), "reports", "0"}, .cwd = wanted.path()}),
    .backoff = {.first = 20ms, .longest = 100ms},
    .readiness = sup::readiness::on_report,
    .criticality = sup::criticality::optional};
  std::atomic<std::uint64_t> failed = 0, without_place = 0;
  stand here{{.intensity = {.restarts = sup::unlimited},
              .children = {{.id = "neighbour", .start = sup::worker(echo)}, needy}},
             {.observer =
                [&](const sup::tree_event& x) {
                  if (x.what.what != event_type::child_start_failed)
                    return;
                  ++failed;
                  without_place += x.text.find("process/cwd: ") == x.text.npos;
                },
              .log = {}}};
  until([&] { return failed >= 3; }, 10s);
  const auto twice = here.tree().start_child({.id = "neighbour", .start = sup::worker(echo)});
  const auto says_place = !twice && to_string(twice.error()).find("neighbour") != std::string::npos;
  std::this_thread::sleep_for(it.length() / 2);
  const auto ref = here.tree().ref("neighbour");
  const auto answered = call(here.system(), *ref, 1s).has_value();
  wanted.free();
  const auto recovery = time_of([&] { here.all_up(10s); });
  const auto disturbed = here.state("/neighbour")->attempt != 1;
  const auto end = here.stop();
  it.at_least("failed_starts", failed.load(), 3);
  it.at_most("errors_without_place", without_place.load(), 0);
  it.at_least("taken_id_named", says_place, 1);
  it.at_most("recovery_ms", in_ms(recovery), 1000);
  it.at_most("neighbour_disturbed", disturbed || !answered, 0);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
}

// -- relay_crash_loop ----------------------------------------------------------------------------------

constexpr auto kills = 5;

/// The tree and the process say the same: who it is, that it runs, and which life it is.
bool aligned(const stand& here, std::uint32_t attempt) {
  const auto x = here.state("/relay");
  return x && x->state == sup::lifecycle::ready && x->attempt == attempt && x->pid > 0
         && x->restart_count == attempt - 1 && x->status_text == "pid " + std::to_string(x->pid)
         && is_alive(x->pid);
}

void relay_crash_loop(trial& it) {
  stand here{
    {.intensity = {.restarts = sup::unlimited}, .children = {program("relay", {"reports", "0"})}},
    {.observer = {}, .log = {}}};
  std::vector<pid_t> old;
  auto aligned_before = 0;
  nanoseconds last{0};
  const auto begin = std::chrono::steady_clock::now();
  std::uint32_t attempt = 1;
  do
    for (int i = 0; i < kills; ++i) {
      aligned_before += until([&] { return aligned(here, attempt); }, 10s);
      old.push_back(here.state("/relay")->pid);
      kill(old.back(), SIGKILL);
      ++attempt;
      last = time_of([&] { until([&] { return aligned(here, attempt); }, 10s); });
    }
  while (std::chrono::steady_clock::now() - begin < it.length());
  const auto agrees = aligned(here, attempt);
  const auto alive = std::ranges::count_if(old, is_alive);
  const auto end = here.stop();
  it.at_least("kills", old.size(), kills);
  it.at_most("aligned_after_last_s", in_seconds(last), 10);
  it.at_least("views_agree", agrees, 1);
  it.at_most("kills_in_disagreement", static_cast<int>(old.size()) - aligned_before, 0);
  it.at_most("old_processes_left", alive, 0);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
  it.at_least("clean_stops", end.verified_clean(), 1);
}

} // namespace

std::vector<scenario> running_programs() {
  return {{"ipc_connection_storm", ipc_connection_storm},
          {"socket_path_contention", socket_path_contention},
          {"relay_crash_loop", relay_crash_loop}};
}

} // namespace chaos
