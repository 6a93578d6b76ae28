#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace supervisor {

namespace asio = boost::asio;

/// What a host and its thread share. All but `post`, `begin` and the constructor belong to the
/// thread.
class host_state {
public:
  using wait_type = asio::posix::stream_descriptor::wait_type;

  /// Ends the wait of an errand on a file descriptor, which stays open.
  struct descriptor_wait {
    descriptor_wait(asio::io_context&, int number, wait_type);
    ~descriptor_wait();

    asio::posix::stream_descriptor fd;
    wait_type what;
  };

  struct signal_wait {
    signal_wait(host_state&, std::vector<int> wanted);
    ~signal_wait();

    host_state& owner;
    asio::signal_set set;
    std::vector<int> numbers;
  };

  struct job {
    template <class Wait, class... Args>
    job(std::function<void(int)> fn, std::in_place_type_t<Wait> wait, Args&&... args)
      : call(std::move(fn)), waits(wait, std::forward<Args>(args)...) {}

    std::function<void(int)> call;
    std::variant<std::monostate, asio::steady_timer, descriptor_wait, signal_wait> waits;
    std::uint64_t round = 0;           ///< of the wait that counts
    std::chrono::nanoseconds mercy{0}; ///< of a timer, see host_ref::patiently
  };

  using make_job = std::function<std::shared_ptr<job>(host_state&)>;

  /// On the thread, until `stop`.
  void run();

  void stop() { io_.stop(); }

  void post(std::function<void()>);

  /// At once on the thread itself, or else soon.
  void soon(std::function<void()>);

  /// The job's id.
  std::uint64_t begin(make_job);

  void arm(std::uint64_t id, std::chrono::nanoseconds);
  void end(std::uint64_t id);

  asio::io_context& io() { return io_; }

  /// As a timer can bear it.
  static std::chrono::nanoseconds sensible(std::chrono::nanoseconds);

private:
  struct taken_signal {
    int times = 0;
    struct sigaction before {};
  };

  void add(std::uint64_t id, const make_job&);
  void wait(std::uint64_t id, const std::shared_ptr<job>&);
  void came(std::uint64_t id, std::uint64_t round, int value);
  static bool put_off(job&);
  void take(int signal);
  void give_back(int signal);

  asio::io_context io_{1};
  std::atomic<std::uint64_t> last_id_{0};
  std::map<int, taken_signal> taken_{};
  std::map<std::uint64_t, std::shared_ptr<job>> jobs_{};
};

} // namespace supervisor
