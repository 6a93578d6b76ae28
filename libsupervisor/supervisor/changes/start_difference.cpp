#include "supervisor/changes/findings.hpp"

// Whether what a file declares to be started is another thing now, and in which words.

namespace supervisor {

namespace {

std::string in_one(const detail::reasons& why) {
  std::string text;
  for (const auto& x : why)
    text += (text.empty() ? "" : ", ") + x;
  return text;
}

/// "["/bin/sh", "-c"]"
std::string as_list(const std::vector<std::string>& argv) {
  std::string text;
  for (const auto& arg : argv)
    text.append(text.empty() ? "\"" : ", \"").append(arg).append("\"");
  return "[" + text + "]";
}

void compare_program(detail::findings& all, const process_spec& was, const process_spec& is) {
  all.compare_texts("process/argv", as_list(was.argv), as_list(is.argv));
  all.compare_texts("process/cwd", was.cwd, is.cwd);
  all.compare("process/inherit", was.inherit, is.inherit);
  all.compare_names("process/inherited", was.inherited, is.inherited);
  all.compare_texts("process/stdin", was.stdin_file, is.stdin_file);
}

void compare_user(detail::findings& all, const process_spec& was, const process_spec& is) {
  all.compare_texts("process/user", was.user, is.user);
  all.compare_texts("process/group", was.group, is.group);
  all.compare_words("process/umask", was.umask ? detail::octal(*was.umask) : "none",
                    is.umask ? detail::octal(*is.umask) : "none");
}

/// "TERM" is "SIGTERM".
std::string full_name(const std::string& signal) {
  const auto number = signal_number(signal);
  return number == 0 ? signal : signal_name(number);
}

void compare_signals(detail::findings& all, const process_spec& was, const process_spec& is) {
  all.compare_words("process/stop_signal", full_name(was.stop_signal), full_name(is.stop_signal));
  all.compare("process/stop_to", was.stop_to, is.stop_to);
  all.compare_words("process/reload_signal", full_name(was.reload_signal),
                    full_name(is.reload_signal));
}

} // namespace

bool same_start(const declared_start& a, const declared_start& b) {
  if (a.nested || b.nested)
    return a.nested && b.nested;
  if (a.process || b.process)
    return a.process && b.process && start_difference(*a.process, *b.process).empty();
  return a.factory == b.factory && a.args == b.args;
}

std::string start_difference(const declared_start& was, const declared_start& is) {
  if (same_start(was, is))
    return "";
  if (was.nested || is.nested)
    return was.nested ? "start: it is no supervisor any more" : "start: it is a supervisor now";
  if (was.process && is.process)
    return start_difference(*was.process, *is.process);
  if (was.process || is.process)
    return was.process ? "start: it is no process any more" : "start: it is a process now";
  detail::findings all;
  all.compare_texts("factory", was.factory, is.factory);
  all.compare_texts("args", was.args, is.args);
  return in_one(all.why);
}

std::string start_difference(const process_spec& was, const process_spec& is) {
  detail::findings all;
  compare_program(all, was, is);
  compare_user(all, was, is);
  compare_signals(all, was, is);
  all.compare("process/max_line_bytes", was.max_line_bytes, is.max_line_bytes);
  all.compare("process/max_lines_waiting", was.max_lines_waiting, is.max_lines_waiting);
  return in_one(all.why);
}

} // namespace supervisor
