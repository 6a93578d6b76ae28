#include "event_watch.hpp"

namespace chaos {

/// A supervisor that was restarted counts from 1 again. Those events that nobody decided have no
/// number.
void event_watch::note(const sup::tree_event& x) {
  if (x.what.seq != 0)
    emits_.note(std::chrono::steady_clock::now() - x.what.at);
  const std::scoped_lock lock{mutex_};
  ++total_;
  ++counts_[static_cast<std::size_t>(x.what.what)];
  broken_ += x.what.what == sup::event_type::runtime_control_loop_failed;
  if (x.what.seq == 0)
    return;
  auto known = last_.find(x.supervisor);
  if (known == last_.end())
    known = last_.emplace(x.supervisor, 0).first;
  if (x.what.seq != known->second + 1 && x.what.seq != 1)
    ++gaps_;
  known->second = x.what.seq;
}

std::uint64_t event_watch::total() const {
  const std::scoped_lock lock{mutex_};
  return total_;
}

std::uint64_t event_watch::count(sup::event_type what) const {
  const std::scoped_lock lock{mutex_};
  return counts_[static_cast<std::size_t>(what)];
}

std::uint64_t event_watch::gaps() const {
  const std::scoped_lock lock{mutex_};
  return gaps_;
}

std::uint64_t event_watch::broken_loops() const {
  const std::scoped_lock lock{mutex_};
  return broken_;
}

sup::observer observer_of(std::shared_ptr<event_watch> to) {
  return [to = std::move(to)](const sup::tree_event& x) { to->note(x); };
}

} // namespace chaos
