#include "frozen/rules/validate.hpp"
#include "frozen/text/printable.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace frozen::detail {

using showing::quoted;

namespace {

bool is_variable_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

bool is_variable(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, is_variable_char);
}

void check_no_zero_byte(std::string_view text, const std::string& where, faults& found) {
  if (text.find('\0') != std::string_view::npos)
    found.push_back({where, "has a zero byte in it, and would end there"});
}

// -- signals -----------------------------------------------------------------------------------------

namespace {

/// As its whole name would be written.
std::string in_full(std::string_view name) {
  std::string text{name};
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return text.starts_with("SIG") ? text : "SIG" + text;
}

bool cannot_be_answered(std::string_view name) {
  const auto whole = in_full(name);
  return whole == "SIGKILL" || whole == "SIGSTOP";
}

std::string suggestion(std::string_view name) {
  constexpr std::size_t longest_slip = 40; // more is no misspelling, and costly to compare
  return name.size() > longest_slip ? "" : did_you_mean(in_full(name), signal_names());
}

} // namespace

void check_signal(const std::string& name, const std::string& where, faults& found) {
  if (signal_number(name) != 0)
    return;
  if (cannot_be_answered(name))
    found.push_back({where, quoted(name)
                              + " leaves a process no choice: name one that it can "
                                "answer to, such as \"SIGTERM\""});
  else
    found.push_back({where, quoted(name) + " is no signal" + suggestion(name)});
}

// -- what a process is -------------------------------------------------------------------------------

namespace {

void check_argv(const std::vector<std::string>& argv, const std::string& where, faults& found) {
  if (argv.empty())
    return found.push_back({where, "must name a program, such as [\"/bin/true\"]"});
  if (is_blank(argv.front()))
    found.push_back({where + "/0", "must not be blank: it is the program"});
  for (std::size_t i = 0; i < argv.size(); ++i)
    check_no_zero_byte(argv[i], where + "/" + std::to_string(i), found);
}

void check_inherited(const process_spec& x, const std::string& where, faults& found) {
  if (x.inherit != env_inheritance::listed && !x.inherited.empty())
    found.push_back({where, "goes only with inherit \"listed\""});
  for (std::size_t i = 0; i < x.inherited.size(); ++i) {
    check_variable(x.inherited[i], where + "/" + std::to_string(i), found);
    check_not_reserved(x.inherited[i], where + "/" + std::to_string(i), found);
  }
}

void check_optional_text(const std::string& text, const std::string& where, faults& found) {
  if (!text.empty() && is_blank(text))
    found.push_back({where, "must not be blank"});
  check_no_zero_byte(text, where, found);
}

void check_output(const process_spec& x, const std::string& where, faults& found) {
  if (x.max_line_bytes < 1)
    found.push_back({where + "/max_line_bytes", "must be at least 1, or no line has an end"});
  if (x.max_lines_waiting < 1)
    found.push_back({where + "/max_lines_waiting", "must be at least 1, or no line is told"});
}

} // namespace

void check_variable(const std::string& name, const std::string& where, faults& found) {
  if (!is_variable(name))
    found.push_back(
      {where,
       quoted(name) + " is no name of a variable: a letter or _, then letters, digits and _"});
}

void check_not_reserved(const std::string& variable, const std::string& where, faults& found) {
  for (const auto& [name, instead] : reserved_variables())
    if (variable == name)
      found.push_back(
        {where, quoted(variable) + " is the supervisor's to set: " + std::string{instead}});
}

namespace {

/// A name that is all digits is a number, and so is one with a sign before them.
bool is_number(std::string_view name) {
  if (name.starts_with('-') || name.starts_with('+'))
    name.remove_prefix(1);
  return !name.empty() && std::ranges::all_of(name, is_digit);
}

void check_account(const std::string& name, const std::string& where, faults& found) {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max() - 1; // the last one means none
  check_optional_text(name, where, found);
  if (!is_number(name))
    return;
  std::uint32_t number = 0;
  const auto* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number > most)
    found.push_back({where, quoted(name) + " is out of range, must be a name, or from 0 to "
                              + std::to_string(most)});
}

} // namespace

void check_process(const process_spec& x, const std::string& where, faults& found) {
  check_argv(x.argv, where + "/argv", found);
  check_optional_text(x.cwd, where + "/cwd", found);
  check_inherited(x, where + "/inherited", found);
  check_account(x.user, where + "/user", found);
  check_account(x.group, where + "/group", found);
  if (x.umask && *x.umask > most_umask)
    found.push_back({where + "/umask", "is out of range, must be octal and at most 0777"});
  if (x.stdin_file.empty())
    found.push_back({where + "/stdin", "must name a file, such as \"/dev/null\""});
  check_optional_text(x.stdin_file, where + "/stdin", found);
  check_signal(x.stop_signal, where + "/stop_signal", found);
  check_signal(x.reload_signal, where + "/reload_signal", found);
  check_output(x, where, found);
}

} // namespace frozen::detail
