#pragma once

#include "shop_reckoning.hpp"

#include "supervisor/supervisor.hpp"

#include <deque>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace supervisor::shop {

/// One life of an importer. Runs in a thread of its own, and may block it.
class importer {
public:
  /// Goes on where `done` ends.
  importer(child me, const std::string& file, std::vector<supervised_ref<>> workers,
           import_progress& done);

  /// Returns when every order is booked or rejected, or when told to stop.
  void run();

private:
  static constexpr auto patience = std::chrono::seconds{2};

  using answer = decltype(compat::request(std::declval<caf::scoped_actor&>(), caf::actor{},
                                          patience, std::string{}));

  struct taker {
    supervised_ref<> who;
    std::size_t load = 0; ///< orders it has now
  };

  struct waiting {
    std::size_t slip = 0;
    std::optional<std::size_t> avoid{}; ///< the worker that crashed on it
  };

  struct flight {
    std::size_t slip = 0;
    std::size_t worker = 0;
    answer reply;
  };

  bool send_next();
  bool some_wait();
  void read_line();
  std::optional<std::size_t> free_worker(const waiting&);
  bool is_free(std::size_t worker, const waiting&) const;
  void settle_oldest();
  void failed(const flight&, const caf::error& why);
  void crashed(const flight&);

  child me_;
  std::ifstream file_;
  std::vector<taker> workers_;
  import_progress& done_;
  std::deque<waiting> waiting_;
  std::deque<flight> in_flight_; ///< oldest first
  std::size_t turn_ = 0;         ///< whose turn it is to get an order
  caf::scoped_actor self_;
};

} // namespace supervisor::shop
