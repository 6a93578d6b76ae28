#pragma once

#include "latencies.hpp"

#include <supervisor/supervisor.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace chaos {

namespace sup = supervisor;

/// What a tree told its observer. Threads share it.
class event_watch {
public:
  void note(const sup::tree_event&);

  std::uint64_t total() const;
  std::uint64_t count(sup::event_type) const;

  /// Numbers that a supervisor left out, or told twice.
  std::uint64_t gaps() const;

  /// Control loops that broke, or ended in another way than they were asked to.
  std::uint64_t broken_loops() const;

  /// From the clock reading of the turn that decided something until the observer is told of it.
  const latencies& emits() const { return emits_; }

private:
  mutable std::mutex mutex_{};
  std::map<std::string, std::uint64_t, std::less<>> last_{}; ///< event number, by supervisor
  std::array<std::uint64_t, 256> counts_{};                  ///< by event_type
  std::uint64_t total_ = 0, gaps_ = 0, broken_ = 0;
  latencies emits_{};
};

sup::observer observer_of(std::shared_ptr<event_watch>);

} // namespace chaos
