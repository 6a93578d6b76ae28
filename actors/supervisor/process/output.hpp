#pragma once

#include "supervisor/actors/detail/tree_core.hpp"
#include "supervisor/due.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace supervisor::detail {

/// Where the lines of all programs of a tree wait for whoever is told of them. That is one thread,
/// which may be slow: each source is told to hold on when it has too many lines here, and to go on
/// when half of them are told.
class output {
public:
  using sink = std::function<void(const log_line&)>;

  /// How long the sink may take for the lines that are left in the end.
  static constexpr std::chrono::nanoseconds usual_patience = std::chrono::seconds{5};

  explicit output(sink to, std::chrono::nanoseconds patience = usual_patience);

  /// As `close`. If the sink is still called then, nobody waits for it to return.
  ~output();

  output(const output&) = delete;
  output& operator=(const output&) = delete;

  /// Called with no lock held; what counts is `is_full` then.
  struct control {
    std::function<void()> hold_on; ///< in the thread of `add`
    std::function<void()> go_on;   ///< in the one that tells
  };

  /// The lines of one program.
  class source {
  public:
    source(std::size_t most, control by) : most_(most), control_(std::move(by)) {}

  private:
    friend class output;

    const std::size_t most_;
    const control control_;
    std::size_t waiting_ = 0; ///< with the lock of the output held
    bool held_ = false;       ///< likewise
  };

  /// Tells what is left, for as long as it has patience, and takes no more.
  void close() { queue_->close(); }

  /// The same without waiting: then calls `then`, once, on the thread that tells. After `give_up` on that of
  /// the caller, if it has not been called so far.
  void close(std::function<void()> then) { queue_->close(std::move(then)); }
  void give_up() { queue_->give_up(); }

  /// From any thread.
  void add(const std::shared_ptr<source>& from, log_line line) {
    queue_->add(from, std::move(line));
  }

  /// Whether it has to wait.
  bool is_full(const source& x) const { return queue_->is_full(x); }

private:
  struct entry {
    std::shared_ptr<source> from;
    log_line line;
  };

  /// Of all lives of a child.
  struct backlog {
    std::size_t waiting = 0;
    std::uint64_t lost = 0;
  };

  /// What the thread shares with the others, and keeps as long as its sink does not return.
  class queue {
  public:
    queue(sink to, std::chrono::nanoseconds patience) : to_(std::move(to)), patience_(patience) {}

    void add(const std::shared_ptr<source>&, log_line);
    bool is_full(const source&) const;
    void close();
    void close(std::function<void()> then);
    void give_up();
    bool is_done() const;

    void run();

  private:
    void tell(const log_line&);
    void told(const entry&);
    void drop_rest();
    void take_no_more();
    bool has_no_more_patience();
    void call_then(std::unique_lock<std::mutex>);

    sink to_; ///< the thread's
    const std::chrono::nanoseconds patience_;
    mutable std::mutex lock_; ///< of all below
    std::condition_variable changed_;
    std::deque<entry> lines_;
    std::map<std::string, backlog> of_child_; ///< by path
    bool over_ = false;
    bool done_ = false;            ///< its thread is, with all of it
    due give_up_{};                ///< when it is over, not before
    std::function<void()> then_{}; ///< when it is over
  };

  const std::shared_ptr<queue> queue_;
  std::thread thread_;
};

} // namespace supervisor::detail
