#pragma once

#include "../scratch.hpp"
#include "../stand.hpp"
#include "reader.hpp"

#include <atomic>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace soak {

using namespace std::chrono_literals;
namespace sup = supervisor;
using std::chrono::nanoseconds;

/// What the load did and saw. Threads share it.
struct account {
  chaos::latencies all{};      ///< of commands, over the whole run
  chaos::latencies recent{};   ///< since the last sample
  chaos::latencies requests{}; ///< messages to a child, until its answer is there
  std::atomic<std::uint64_t> commands = 0, failed = 0, unanswered = 0;
  std::atomic<std::uint64_t> shutdowns = 0, clean_shutdowns = 0;
  std::atomic<std::uint64_t> subscribers = 0, changes_told = 0;
  std::atomic<std::uint64_t> small_tree_gaps = 0;
  std::atomic<std::uint64_t> beats_missed = 0; ///< of programs that beat as they should

  void note(const sup::tree_event& x) {
    beats_missed += x.what.what == sup::event_type::child_heartbeat_stale;
  }
};

/// A real tree with everything in it that costs something again and again (see house.hpp), and those who use
/// it: commands, requests, subscribers that come and go, and small trees that are started and stopped.
class load {
public:
  explicit load(account& to);
  ~load();
  load(const load&) = delete;
  load& operator=(const load&) = delete;

  const chaos::event_watch& told() const { return stand_.told(); }
  const reader& lines() const { return *reader_; }
  sup::shutdown_report stop();

private:
  /// `what`, again and again at that pace, in a thread of its own.
  template <class F>
  void keep_doing(nanoseconds pace, F what);

  void request();
  void command();
  void use_the_pool();
  void subscribe();
  void run_a_small_tree();

  template <class F>
  void measure(F what);

  account& account_;
  const chaos::scratch folder_{};
  const std::shared_ptr<reader> reader_ = std::make_shared<reader>(); ///< may outlive this
  chaos::stand stand_;
  std::uint64_t round_ = 0;       ///< of `command`
  std::uint64_t small_trees_ = 0; ///< so far
  std::vector<std::jthread> threads_{};
};

} // namespace soak
