#pragma once

#include "supervisor/simulate/simulate.hpp"

namespace supervisor::simulating {

/// A simulation whose lists can be told, whether they were kept or not. Refers to it.
class telling {
public:
  using again = std::function<void(const simulation_listener&)>;

  /// One that has kept all that it is to tell.
  explicit telling(const simulation& x) : summary_(x) {}

  /// One that has not: of the moments so many of the first and of the last ones are told. `simulate`
  /// goes through it once more.
  telling(const simulation& x, std::size_t moments, again simulate)
    : summary_(x), moments_(moments), again_(std::move(simulate)) {}

  const simulation& summary() const { return summary_; }

  std::uint64_t moments_in_front() const;
  std::uint64_t moments_behind() const;
  std::uint64_t moments_left_out() const;

  void each_moment_in_front(const std::function<void(const moment&)>&) const;
  void each_moment_behind(const std::function<void(const moment&)>&) const;
  void each_refusal(const std::function<void(const refusal&)>&) const;
  void each_give_up(const std::function<void(const give_up&)>&) const;

private:
  void each_moment(std::uint64_t from, std::uint64_t to,
                   const std::function<void(const moment&)>&) const;

  const simulation& summary_;
  std::size_t moments_ = 0;
  again again_{}; ///< empty: all was kept
};

void write_text(std::ostream&, const telling&);
void write_json(std::ostream&, const telling&);

} // namespace supervisor::simulating
