#include "supervisor/simulate/telling.hpp"

#include <algorithm>
#include <ostream>
#include <sstream>

namespace supervisor {

namespace simulating {

std::uint64_t telling::moments_in_front() const {
  return again_ ? std::min<std::uint64_t>(moments_, summary_.timeline.count)
                : summary_.timeline.first.size();
}

std::uint64_t telling::moments_behind() const {
  return again_ ? std::min<std::uint64_t>(moments_, summary_.timeline.count - moments_in_front())
                : summary_.timeline.last.size();
}

std::uint64_t telling::moments_left_out() const {
  return summary_.timeline.count - moments_in_front() - moments_behind();
}

void telling::each_moment_in_front(const std::function<void(const moment&)>& to) const {
  if (moments_in_front() > summary_.timeline.first.size())
    return each_moment(0, moments_in_front(), to);
  std::for_each_n(summary_.timeline.first.begin(), moments_in_front(), to);
}

void telling::each_moment_behind(const std::function<void(const moment&)>& to) const {
  const auto& last = summary_.timeline.last;
  const auto count = summary_.timeline.count;
  if (moments_behind() > last.size())
    return each_moment(count - moments_behind(), count, to);
  std::for_each(last.end() - static_cast<std::ptrdiff_t>(moments_behind()), last.end(), to);
}

void telling::each_moment(std::uint64_t from, std::uint64_t to,
                          const std::function<void(const moment&)>& tell) const {
  std::uint64_t number = 0;
  again_({.on_moment = [&](const moment& x) {
    if (number >= from && number < to)
      tell(x);
    ++number;
  }});
}

void telling::each_refusal(const std::function<void(const refusal&)>& to) const {
  if (again_ && summary_.refused > summary_.refusals.size())
    again_({.on_refusal = to});
  else
    std::ranges::for_each(summary_.refusals, to);
}

void telling::each_give_up(const std::function<void(const give_up&)>& to) const {
  if (again_ && summary_.gave_up > summary_.give_ups.size())
    again_({.on_give_up = to});
  else
    std::ranges::for_each(summary_.give_ups, to);
}

namespace {

/// So much is kept of each list rather than simulated once more.
constexpr std::size_t few = 1000;

void write(std::ostream& out, telling_form form, const telling& x) {
  switch (form) {
    case telling_form::text:
      return write_text(out, x);
    case telling_form::json:
      return write_json(out, x);
  }
}

std::string written(telling_form form, const simulation& x) {
  std::ostringstream text;
  write(text, form, telling{x});
  return std::move(text).str();
}

} // namespace

} // namespace simulating

std::string to_string(const simulation& x) { return simulating::written(telling_form::text, x); }

std::string to_json(const simulation& x) { return simulating::written(telling_form::json, x); }

simulation tell(std::ostream& out, telling_form form, const declared_spec& tree, const script& s,
                const simulation_options& options) {
  auto little = options;
  little.kept = std::min(options.kept, simulating::few);
  little.listed = std::min(options.listed, simulating::few);
  auto summary = simulate(tree, s, little);
  const auto again = [&](const simulation_listener& to) { simulate(tree, s, little, to); };
  simulating::write(out, form, simulating::telling{summary, options.kept, again});
  return summary;
}

} // namespace supervisor
