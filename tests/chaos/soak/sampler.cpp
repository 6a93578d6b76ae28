#include "sampler.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace soak {

sampler::sampler(account& from, const load& of, const pauses& when, std::ostream& csv,
                 nanoseconds warm_up)
  : account_(from), load_(of), pauses_(when), csv_(csv), warm_up_(warm_up) {
  csv_ << "second,rss_mb,fds,threads,processes,restarts,commands,lines,p99_ms,paused,event_gaps\n";
}

bool sampler::was_paused() {
  const auto now = std::chrono::steady_clock::now();
  const auto since = std::exchange(before_last_sample_, std::exchange(last_sample_, now));
  return pauses_.any_since(since);
}

void sampler::sample(nanoseconds at) {
  const auto now = vitals_now();
  const auto p99 = account_.recent.ms(0.99);
  account_.recent.clear();
  const auto paused = was_paused();
  paused_seconds_ += paused;
  write(at, now, p99, paused);
  if (!paused)
    note_p99(at, p99);
  if (at < warm_up_)
    return;
  const auto hours = chaos::in_seconds(at) / 3600;
  rss_.add(hours, now.rss_mb);
  fds_.add(hours, static_cast<double>(now.fds));
  threads_.add(hours, static_cast<double>(now.threads));
  processes_.add(hours, static_cast<double>(now.processes));
  last_ = at;
}

void sampler::note_p99(nanoseconds at, double p99) {
  in_a_row_ = p99 > most_p99_ms ? in_a_row_ + 1 : 0;
  longest_row_ = std::max(longest_row_, in_a_row_);
  if (at >= warm_up_ && p99 >= 0)
    p99_.add(chaos::in_seconds(at) / 3600, p99);
}

void sampler::put_into(result& x) const {
  x.hours = std::max(0.0, chaos::in_seconds(last_ - warm_up_) / 3600);
  x.rss_mb = rss_;
  x.fds = fds_;
  x.threads = threads_;
  x.processes = processes_;
  x.p99_ms = p99_;
  x.longest_row = longest_row_;
  x.paused_seconds = paused_seconds_;
}

void sampler::write(nanoseconds at, const vitals& now, double p99, bool paused) {
  const auto& told = load_.told();
  csv_ << chaos::in_seconds(at) << ',' << now.rss_mb << ',' << now.fds << ',' << now.threads << ','
       << now.processes << ',' << told.count(sup::event_type::child_restarted) << ','
       << account_.commands << ',' << load_.lines().lines() << ',' << p99 << ',' << paused << ','
       << told.gaps() << std::endl;
}

} // namespace soak
