#include "supervisor/actors/node/exit_of.hpp"

#include "supervisor/actors/error.hpp"

namespace supervisor::detail {

namespace {

failure failure_of(const caf::error& why) {
  return compat::code_of<failure>(why).value_or(failure::none);
}

child_exit exit_of_failure(failure why) {
  switch (why) {
    case failure::panic:
      return {exit_class::panic, exit_detail::none, failure_kind::panic, 0};
    case failure::fatal_config:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_config, 0};
    case failure::fatal_bug:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::fatal_bug, 0};
    case failure::external_dependency:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::external_dependency, 0};
    case failure::unhealthy:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::unhealthy, 0};
    case failure::escalated:
      return {exit_class::nonzero_exit, exit_detail::escalated, failure_kind::recoverable, 0};
    case failure::shutdown_tree:
      return {exit_class::nonzero_exit, exit_detail::shutdown_tree, failure_kind::recoverable, 0};
    case failure::start_failed:
      return {exit_class::nonzero_exit, exit_detail::start_failed, failure_kind::recoverable, 0};
    default:
      return {exit_class::nonzero_exit, exit_detail::none, failure_kind::recoverable, 0};
  }
}

} // namespace

std::string text_of(const caf::error& why) {
  const auto ours = failure_of(why) != failure::none;
  const auto unsaid = ours || exit_of(why).detail == exit_detail::code;
  return unsaid ? words(why) : compat::text_of(why);
}

child_exit exit_of(const caf::error& why) {
  if (!why)
    return {};
  if (compat::is(why, caf::exit_reason::user_shutdown))
    return {exit_class::external_cancel, exit_detail::none, failure_kind::cancelled, 0};
  if (compat::is(why, caf::exit_reason::kill))
    return {exit_class::nonzero_exit, exit_detail::killed, failure_kind::recoverable, 0};
  if (compat::is(why, caf::exit_reason::remote_link_unreachable))
    return {exit_class::nonzero_exit, exit_detail::lost, failure_kind::external_dependency, 0};
  if (compat::is_unhandled_exception(why))
    return {exit_class::panic, exit_detail::none, failure_kind::panic, 0};
  if (const auto ours = failure_of(why); ours != failure::none)
    return exit_of_failure(ours);
  return {exit_class::nonzero_exit, exit_detail::code, failure_kind::recoverable,
          static_cast<std::int32_t>(why.code())};
}

} // namespace supervisor::detail
