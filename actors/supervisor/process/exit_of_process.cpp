#include "supervisor/process/exit_of_process.hpp"

#include "supervisor/report.hpp"

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

child_exit exit_of(const process_end& end, const done_to_process& done) {
  if (done.unhealthy)
    return {exit_class::nonzero_exit, exit_detail::none, failure_kind::unhealthy, 0};
  if (obeyed(end, done))
    return {exit_class::external_cancel, exit_detail::none, failure_kind::cancelled, 0};
  return failed(detail_of(end, done), end.signal != 0 ? end.signal : end.code);
}

std::string words(const process_end& end) {
  auto text
    = supervisor::words(failed(detail_of(end, {}), end.signal != 0 ? end.signal : end.code));
  if (end.left_behind > 0)
    text += "; " + std::to_string(end.left_behind)
            + (end.left_behind == 1 ? " process" : " processes") + " below it could not be killed";
  return text;
}

} // namespace supervisor::detail
