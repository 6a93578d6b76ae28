#include "supervisor/mind/core.hpp"

namespace supervisor::detail {

namespace {

/// "1h", "2min", "5s", "200ms": the largest unit that divides it.
std::string words(nanoseconds x) {
  constexpr std::pair<std::int64_t, const char*> units[] = {{3'600'000'000'000, "h"},
                                                            {60'000'000'000, "min"},
                                                            {1'000'000'000, "s"},
                                                            {1'000'000, "ms"},
                                                            {1'000, "us"}};
  for (const auto& [size, unit] : units)
    if (x.count() != 0 && x.count() % size == 0)
      return std::to_string(x.count() / size) + unit;
  return std::to_string(x.count()) + "ns";
}

std::string finish(aim why, std::string_view name) {
  switch (why) {
    case aim::stop:
      return "finish";
    case aim::auto_shutdown:
      return "finish after " + std::string{name};
    case aim::completed:
      return "complete after " + std::string{name};
    case aim::give_up:
      return "give up over " + std::string{name};
    case aim::end_tree:
      return "end the tree over " + std::string{name};
    case aim::roll_back:
      return "fail to start over " + std::string{name};
    case aim::begin:
    case aim::restart:
      break;
  }
  return "";
}

} // namespace

std::string show(const effect& x, time_point now, std::string_view name) {
  switch (x.what) {
    case deed::start:
      return "start " + std::string{name};
    case deed::cancel:
      return "stop " + std::string{name};
    case deed::kill:
      return "kill " + std::string{name};
    case deed::abandon:
      return "abandon " + std::string{name};
    case deed::wait:
      return "wait " + words(x.at - now);
    case deed::ask:
      return "ask about " + std::string{name};
    case deed::check:
      return "check " + std::string{name};
    case deed::swap:
      return "swap " + std::string{name};
    case deed::signal:
      return "signal " + std::string{name};
    case deed::wake:
    case deed::listen:
    case deed::answer:
    case deed::vacate:
      return "";
    case deed::begun:
      return "begun";
    case deed::finish:
      return finish(x.why, name);
  }
  return "";
}

} // namespace supervisor::detail
