#include "supervisor/os/process/exit_of_process.hpp"

#include <csignal>

namespace supervisor::detail {

namespace {

child_exit failed(exit_detail how, int code) {
  return {exit_class::nonzero_exit, how, failure_kind::recoverable, code};
}

exit_detail detail_of(const process_end& end, const done_to_process& done) {
  if (end.out_of_memory)
    return exit_detail::out_of_memory;
  if (end.signal == 0)
    return exit_detail::code;
  if (done.killed && end.signal == SIGKILL)
    return exit_detail::killed;
  return end.core ? exit_detail::core_dump : exit_detail::signal;
}

/// As it was told, in its own way: shells say 128 + n for what died of signal n.
bool obeyed(const process_end& end, const done_to_process& done) {
  if (done.told == 0 || done.killed)
    return false;
  return end.signal == done.told
         || (end.signal == 0 && (end.code == 0 || end.code == 128 + done.told));
}

} // namespace

child_exit exit_of(const process_end& end, const done_to_process& done, bool all_of_it) {
  if (done.unhealthy)
    return {exit_class::nonzero_exit, exit_detail::none, failure_kind::unhealthy, 0};
  if (obeyed(end, done))
    return {exit_class::external_cancel,
            end.swept.count > 0 && !all_of_it ? exit_detail::killed : exit_detail::none,
            failure_kind::cancelled, 0};
  return failed(detail_of(end, done), end.signal != 0 ? end.signal : end.code);
}

namespace {

std::string text_of(helper_end how) {
  switch (how) {
    case helper_end::in_order:
      return "";
    case helper_end::was_killed:
      return "the helper between us and it was killed, and it died with that";
    case helper_end::gave_up:
      return "the helper between us and it did not answer, and was killed with it";
  }
  return "";
}

} // namespace

std::string text_of(const process_end& end, bool all_of_it) {
  auto text = text_of(end.helper);
  if (end.swept.count > 0 && !all_of_it)
    text += (text.empty() ? "" : "; ") + std::string{"killed what was left of it: "}
            + to_string(end.swept);
  return text;
}

} // namespace supervisor::detail
