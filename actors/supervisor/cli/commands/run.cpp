#include "supervisor/cli/commands/commands.hpp"
#include "supervisor/cli/commands/loading.hpp"
#include "supervisor/cli/commands/open_files.hpp"
#include "supervisor/cli/output/console.hpp"
#include "supervisor/cli/session/backstage.hpp"
#include "supervisor/cli/session/service_manager.hpp"
#include "supervisor/cli/session/session.hpp"
#include "supervisor/cli/session/signals.hpp"
#include "supervisor/cli/session/system_start.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>

namespace supervisor {

namespace {

program program_of(const std::shared_ptr<backstage>& behind, const std::filesystem::path& file) {
  return {
    .shut_down = [behind](std::string by,
                          std::string why) { behind->shut_down(std::move(by), std::move(why)); },
    .at_end
    = [behind](std::function<bool(std::ostream&)> hook) { behind->at_end(std::move(hook)); },
    .folder = folder_of(file),
  };
}

/// What a hook says, each line of it printable.
std::string lines_of(const std::string& said, bool with_colours) {
  const auto colours = with_colours ? showing::colours::kept : showing::colours::removed;
  std::istringstream from{said};
  std::string text;
  for (std::string line; std::getline(from, line);)
    text += (text.empty() ? "" : "\n") + showing::printable(line, showing::whole, colours);
  return text;
}

bool call(const std::function<bool(std::ostream&)>& hook, printer& to) {
  std::ostringstream said;
  bool well = false;
  try {
    well = hook(said);
  } catch (const std::exception& why) { // other people's code
    to.complain("a hook at the end threw: "
                + showing::printable(why.what(), showing::longest_line));
  } catch (...) {
    to.complain("a hook at the end threw");
  }
  if (const auto text = std::move(said).str(); !text.empty())
    to.say(lines_of(text, to.has_colour()));
  return well;
}

/// Whether all of them say that the work went well, too.
bool call_hooks(backstage& behind) {
  bool well = true;
  for (const auto& hook : behind.take_hooks())
    well = call(hook, behind.out()) && well;
  return well;
}

std::set<std::string> left_behind(const shutdown_report& report, const backstage& behind) {
  auto all = behind.abandoned();
  for (auto& path : report.abandoned())
    all.insert(std::move(path));
  return all;
}

/// The actor system would wait for them for ever.
[[noreturn]] void end_without(const std::set<std::string>& left, printer& out) {
  for (const auto& path : left)
    out.complain(path + " was abandoned and may still run: ending without it");
  if (out.end(printer::usual_patience)) {
    std::cout << std::flush; // somebody else's words
    std::fflush(nullptr);
  }
  std::_Exit(exit_code::abandoned);
}

int conclude(const shutdown_report& report, backstage& behind) {
  auto& out = behind.out();
  out.clear();
  out.say(to_string(report));
  const auto well = call_hooks(behind);
  if (const auto left = left_behind(report, behind); !left.empty())
    end_without(left, out);
  return (report.asked_for() || report.completed()) && well ? exit_code::clean : exit_code::gave_up;
}

/// At least two, so that one actor that is busy does not stop the others.
std::size_t threads() { return std::max(2u, std::thread::hardware_concurrency()); }

std::string words_of(const std::filesystem::path& file, const faults& found) {
  std::ostringstream text;
  print(text, file, with_lines(found, file));
  auto all = std::move(text).str();
  return all.substr(0, all.find_last_not_of('\n') + 1);
}

secret_provider secrets_for(const run_options& options, const catalog& known) {
  if (options.secrets_from.empty())
    return known.secrets();
  return first_of({secrets_from_folder(options.secrets_from),
                   known.secrets() ? known.secrets() : secrets_from_environment()});
}

start_options settings(const run_options& options, const catalog& known,
                       const std::shared_ptr<backstage>& behind,
                       const std::shared_ptr<const service_manager>& above) {
  return {.observer =
            [behind, above](const tree_event& x) {
              behind->note(x);
              above->tell(x);
            },
          .seed = options.seed,
          .log = [behind](const log_line& x) { behind->say(x); },
          .cgroup = options.cgroup,
          .soft_files = raise_soft_files(),
          .secrets = secrets_for(options, known)};
}

/// A spec, and those who were told of it when it was made.
struct bound_tree {
  supervisor_spec spec{};
  std::string title{};
  std::shared_ptr<backstage> behind{};
};

std::string title_of(const declared_spec& spec, const std::filesystem::path& file) {
  return spec.id.empty() ? file.filename().string() : spec.id;
}

/// Nothing, if there are faults, which are said on standard error then.
std::optional<bound_tree> load(const run_options& options, const catalog& known) {
  auto file = spec_draft::of(options.file);
  bound_tree made;
  if (file.read()) {
    made.title = title_of(*file.read(), options.file);
    made.behind = std::make_shared<backstage>(
      std::make_shared<printer>(screen{screen_options::ours(made.title)}));
    auto in = program_of(made.behind, options.file);
    made.spec = bind(file, known, in);
  }
  if (file.is_good())
    return made;
  print(std::cerr, options.file, file.wrong());
  return std::nullopt;
}

/// From the first actor to the last word.
int run(bound_tree what, const run_options& options, const catalog& known, held_signals& held,
        wake_up& rings, caf::actor_system& system) {
  const auto& behind = what.behind;
  const auto above = std::make_shared<const service_manager>(service_environment::ours());
  const auto running = start(system, std::move(what.spec), settings(options, known, behind, above));
  if (!running) {
    behind->out().complain(words_of(options.file, running.error()));
    return exit_code::bad_input;
  }
  behind->opened(*running);
  const auto report
    = session{*running, behind, above, rings, {what.title, options.how_long}}.watch();
  behind->closed();
  held.let_go_of_stops(); // nobody reads them from here on, and hooks may take their time
  return conclude(report, *behind);
}

/// Signals are held before there are threads that could get them.
int run(bound_tree what, const run_options& options, const catalog& known) {
  held_signals held;
  wake_up rings{held.all()};
  auto& out = what.behind->out();
  if (!rings.works()) {
    out.complain("cannot wait for signals: there are no file descriptors left");
    return exit_code::gave_up;
  }
  // "sharing", because an idle worker of the other policy wakes up a hundred times a second.
  caf::actor_system_config config;
  compat::set_scheduler(config, "sharing", threads());
  std::optional<system_start> starting{std::in_place};
  caf::actor_system system{config};
  starting.reset();
  const auto behind = what.behind;
  const auto code = run(std::move(what), options, known, held, rings, system);
  behind->out().end(printer::usual_patience);
  return code;
}

} // namespace

int run(const run_options& options, const catalog& known, console& said) {
  auto what = load(options, known);
  if (!what)
    return exit_code::bad_input;
  said.close(); // there will be many who write
  return run(*std::move(what), options, known);
}

} // namespace supervisor
