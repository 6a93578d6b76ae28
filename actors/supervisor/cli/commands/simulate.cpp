#include "supervisor/cli/commands/commands.hpp"
#include "supervisor/cli/commands/loading.hpp"
#include "supervisor/config/text_of.hpp"

#include <iostream>

namespace supervisor {

namespace {

expected<script> load_script(const std::filesystem::path& file, const declared_spec& tree) {
  const auto text = config::text_of(file);
  if (!text)
    return text.error();
  return read_script(*text, tree);
}

/// False if something is wrong with the script, which is said.
bool add_script(const std::filesystem::path& file, const declared_spec& tree, script& to) {
  const auto read = load_script(file, tree);
  if (read)
    to = *read;
  else
    print(std::cerr, file, first_thousand(read.error()));
  return bool{read};
}

bool add_crash(const simulate_options& asked, const declared_spec& tree, script& to) {
  to.cues.push_back(
    {.child = asked.crash, .what = act::crash_every, .time = {asked.every, asked.every}});
  const auto wrong = validate(script{{to.cues.back()}}, tree);
  for (const auto& x : wrong)
    std::cerr << "--" << x.where << ": " << x.what << '\n';
  return wrong.empty();
}

/// Says all that is wrong, with the script and with the crash.
std::optional<script> asked_for(const simulate_options& asked, const declared_spec& tree) {
  script made;
  const auto script_is_good = asked.script.empty() || add_script(asked.script, tree, made);
  const auto crash_is_good = asked.crash.empty() || add_crash(asked, tree, made);
  return script_is_good && crash_is_good ? std::optional{std::move(made)} : std::nullopt;
}

int code_of(const simulation& x) {
  if (!x.left_behind.empty())
    return exit_code::abandoned;
  const auto well = x.how == simulation_outcome::held_out || x.how == simulation_outcome::completed;
  return well ? exit_code::clean : exit_code::gave_up;
}

} // namespace

int simulate(const simulate_options& asked, const catalog& known) {
  if (asked.script.empty() && asked.crash.empty()) {
    std::cerr << "nothing would happen: say --script FILE, or --crash CHILD --every DURATION\n";
    return exit_code::bad_input;
  }
  const auto tree = load_to_try(asked.file, known);
  if (!tree)
    return exit_code::bad_input;
  const auto played = asked_for(asked, *tree);
  if (!played)
    return exit_code::bad_input;
  const auto form = asked.as_json ? telling_form::json : telling_form::text;
  return code_of(tell(std::cout, form, *tree, *played, asked.how));
}

} // namespace supervisor
