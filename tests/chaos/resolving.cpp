// Names are looked up at a name server that never answers.

#include "own_space.hpp"
#include "scratch.hpp"
#include "stand.hpp"
#include "trial.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chaos {

namespace {

using sup::event_type;
using moment = std::chrono::steady_clock::time_point;

constexpr auto asking = 40;              ///< children that wait for a name, all the time
constexpr nanoseconds given = 300ms;     ///< to each precondition
constexpr nanoseconds answers_late = 1s; ///< beyond that: what a start that has failed may take
constexpr auto threads_for_calls = 64;   ///< in a tree, for all that may block
constexpr auto threads_for_others = 16;

/// Takes the port of a name server, and never reads what it is asked.
class mute_server {
public:
  mute_server() : file_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_port = htons(53);
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listens_ = bind(file_, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0;
  }
  ~mute_server() { close(file_); }
  mute_server(const mute_server&) = delete;
  mute_server& operator=(const mute_server&) = delete;

  bool listens() const { return listens_; }

private:
  int file_;
  bool listens_ = false;
};

/// Empty, or why it cannot be.
std::string ask_nobody_else(const scratch& where) {
  std::ofstream{where / "resolv.conf"} << "nameserver 127.0.0.1\n";
  for (const auto& no : {have_own_mounts(), have_own_network(),
                         mount_file(where / "resolv.conf", "/etc/resolv.conf")})
    if (!no.empty())
      return no;
  return "";
}

sup::child_spec asks(int number) {
  const auto n = std::to_string(number);
  sup::child_spec x{.id = "asks-" + n,
                    .start = sup::worker(echo),
                    .backoff = {.first = 100ms, .longest = 100ms},
                    .criticality = sup::criticality::optional};
  x.more.make().preconditions
    = {{.tcp = "nobody-" + n + ".chaos.test:5432", .timeout = given, .check_interval = 100ms}};
  return x;
}

sup::child_spec has_a_secret() {
  sup::child_spec x{.id = "secretive",
                    .start = sup::worker(echo),
                    .backoff = {.first = 100ms, .longest = 100ms},
                    .criticality = sup::criticality::optional,
                    .start_timeout = given};
  x.more.make().secrets = {{.name = "KEY", .key = "key"}};
  return x;
}

/// Two that are declared, and tried again and again; the others are added while it runs.
sup::supervisor_spec lost() {
  return {.intensity = {.restarts = sup::unlimited},
          .children = {{.id = "neighbour", .start = sup::worker(echo)}, asks(0), has_a_secret()}};
}

/// What came of the starts. Shared with those who are told late.
struct seen {
  std::mutex mutex{};
  std::map<std::string, moment, std::less<>> began{};
  nanoseconds longest{0};
  std::uint64_t failed = 0, without_a_word = 0, secrets_failed = 0;

  void note(const sup::tree_event& x) {
    const std::scoped_lock lock{mutex};
    const std::string who{x.child};
    if (x.what.what == event_type::child_starting)
      began[who] = x.what.at;
    if (x.what.what == event_type::child_start_failed)
      note_failure(who, x.text);
  }

  void note_failure(const std::string& who, std::string_view why) {
    ++failed;
    longest = std::max(longest, std::chrono::steady_clock::now() - began[who]);
    if (who == "secretive")
      ++secrets_failed;
    else
      without_a_word += why.find("tcp nobody-") == why.npos;
  }
};

/// Each is added once more as soon as it is gone again.
class crowd {
public:
  explicit crowd(const stand& where) : where_(&where) {
    for (auto& x : *away_)
      x = true;
  }

  void add_those_away() {
    for (int i = 1; i < asking; ++i)
      if (away_->at(static_cast<std::size_t>(i)).exchange(false))
        add(i);
  }

private:
  using presence = std::array<std::atomic<bool>, asking>;

  void add(int number) {
    where_->tree().carry_out(
      {.what = sup::command::start_child,
       .path = "/",
       .audit = by_chaos,
       .child = std::make_shared<const sup::child_spec>(asks(number))},
      [away = away_, number](const auto&) { away->at(static_cast<std::size_t>(number)) = true; });
  }

  const stand* where_;
  std::shared_ptr<presence> away_ = std::make_shared<presence>();
};

std::size_t threads_now() {
  const auto all = std::filesystem::directory_iterator{"/proc/self/task"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

sup::start_options options(const std::shared_ptr<seen>& all) {
  return {.observer = [all](const sup::tree_event& x) { all->note(x); },
          .secrets = [](const std::string&) -> sup::expected<std::optional<std::string>> {
            std::this_thread::sleep_for(10s); // a vault that is asked by its name
            return std::optional<std::string>{};
          }};
}

/// The name server is asked, and has not answered after a while.
bool is_mute() {
  const auto answered = std::make_shared<std::atomic<bool>>(false);
  std::thread{[answered] {
    addrinfo* found = nullptr;
    getaddrinfo("somebody.chaos.test", "1", nullptr, &found);
    *answered = true;
  }}.detach();
  std::this_thread::sleep_for(300ms);
  return !*answered;
}

struct quiet {
  latencies calls{};
  std::uint64_t disturbed = 0;
  std::size_t most_threads = 0;
};

/// Others go on meanwhile.
void look_on(const stand& here, nanoseconds length, quiet& to, caf::actor_system& system) {
  crowd others{here};
  const auto neighbour = here.tree().ref("neighbour");
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < length) {
    if (const auto took = call(system, *neighbour, 5s))
      to.calls.note(*took);
    else
      ++to.disturbed;
    to.disturbed += here.tree().current_state().answered ? 0 : 1;
    to.most_threads = std::max(to.most_threads, threads_now());
    others.add_those_away();
    std::this_thread::sleep_for(2ms);
  }
  to.disturbed += here.state("/neighbour")->attempt != 1;
}

void ask_in_vain(trial& it) {
  const auto all = std::make_shared<seen>();
  quiet others;
  stand here{lost(), options(all)};
  until([&] { return here.tree().ref("neighbour").life() > 0; }, 5s);
  look_on(here, std::max<nanoseconds>(it.length(), 2s), others, here.system());
  sup::shutdown_report end;
  const auto took = time_of([&] { end = here.stop(); });
  const std::scoped_lock lock{all->mutex};
  it.at_least("failed_starts", all->failed, asking);
  it.at_most("failed_starts_without_a_word", all->without_a_word, 0);
  it.at_most("longest_failed_start_s", in_seconds(all->longest), in_seconds(given + answers_late));
  it.at_least("secrets_not_waited_for", all->secrets_failed, 1);
  it.at_most("most_threads", others.most_threads, threads_for_calls + threads_for_others);
  it.at_most("neighbour_p99_ms", others.calls.ms(0.99), 50);
  it.at_most("neighbour_disturbed", others.disturbed, 0);
  it.at_most("stop_ms", in_ms(took), 500);
  it.at_least("clean_stops", end.verified_clean(), 1);
  it.at_most("supervisor_self_panics", self_panics(here, end), 0);
}

void silent_resolver(trial& it) {
  const scratch where;
  if (const auto no = ask_nobody_else(where); !no.empty())
    return it.leave_out("all of it", no);
  const mute_server server;
  if (!server.listens())
    return it.leave_out("all of it", "the port of a name server is not to be had");
  ask_in_vain(it);
  it.at_least("name_server_is_mute", is_mute(), 1);
}

} // namespace

std::vector<scenario> resolving() { return {{"silent_resolver", silent_resolver}}; }

} // namespace chaos
