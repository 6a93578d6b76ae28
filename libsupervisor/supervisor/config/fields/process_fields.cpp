#include "supervisor/config/fields/access.hpp"

#include "supervisor/spec/setting_words.hpp"

namespace supervisor::config {

namespace {

void read_argv(reading& r, const value& v, process_spec& to) { read_any_texts(r, v, to.argv); }
void read_mask(reading& r, const value& v, process_spec& to) { read_umask(r, v, to.umask); }

written write_mask(const process_spec& x) {
  return x.umask ? written::text(detail::octal(*x.umask)) : written{};
}

constexpr auto process_table = std::to_array<field<process_spec>>({
  {.key = "argv",
   .what = holds::argv,
   .doc = "The program and what it is told: a path, or a name that PATH is searched for, first.",
   .is = {read_argv, from<&process_spec::argv>},
   .required = true},
  {.key = "cwd",
   .what = holds::text,
   .doc = "The folder that it runs in; ours if missing.",
   .is = member<&process_spec::cwd>},
  {.key = "inherit",
   .what = holds::word,
   .doc = "Which variables of our own environment it gets, beside those of the child: all, none or "
          "those in inherited.",
   .is = member<&process_spec::inherit>,
   .one_of = words_of<env_inheritance>},
  {.key = "inherited",
   .what = holds::variables,
   .doc = "With inherit, listed: the names of the variables that it gets.",
   .is = member<&process_spec::inherited>},
  {.key = "user",
   .what = holds::text,
   .doc = "The user that it runs as, a name or a number in quotes; ours if missing.",
   .is = member<&process_spec::user>},
  {.key = "group",
   .what = holds::text,
   .doc = "The group that it runs as, a name or a number in quotes; the user's, or ours, if "
          "missing.",
   .is = member<&process_spec::group>},
  {.key = "umask",
   .what = holds::umask,
   .doc = "What nobody may do with the files that it makes, in octal digits; ours if missing.",
   .is = {read_mask, write_mask}},
  {.key = "stdin",
   .what = holds::text,
   .doc = "The file that it reads its input from.",
   .is = member<&process_spec::stdin_file>},
  {.key = "stop_signal",
   .what = holds::signal,
   .doc = "Asks it to end.",
   .is = member<&process_spec::stop_signal>},
  {.key = "stop_to",
   .what = holds::word,
   .doc = "Who gets the stop_signal, and SIGCONT behind it: all processes of its process group, "
          "its main "
          "process alone, or all that descend from it. When they have ended, whatever else "
          "descends from "
          "it is killed.",
   .is = member<&process_spec::stop_to>,
   .one_of = words_of<stop_target>},
  {.key = "reload_signal",
   .what = holds::signal,
   .doc = "Tells it to read its configuration again.",
   .is = member<&process_spec::reload_signal>},
  {.key = "max_line_bytes",
   .what = holds::count,
   .doc = "How long a line of its output may be; a longer one is cut into several.",
   .is = count<&process_spec::max_line_bytes>,
   .least = 1},
  {.key = "max_lines_waiting",
   .what = holds::count,
   .doc = "How many lines of its output may wait to be told; until then no more are read.",
   .is = count<&process_spec::max_lines_waiting>,
   .least = 1},
});

} // namespace

std::span<const field<process_spec>> fields_of(const process_spec&) { return process_table; }

} // namespace supervisor::config
