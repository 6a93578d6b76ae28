#include "supervisor/cli/cli.hpp"

#include "supervisor/cli/commands/commands.hpp"
#include "supervisor/cli/commands/script_help.hpp"
#include "supervisor/cli/output/console.hpp"
#include "supervisor/cli/output/descriptors.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/text/duration.hpp"
#include "supervisor/text/printable.hpp"
#include "supervisor/text/size.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <optional>
#include <system_error>

namespace supervisor {

namespace {

/// Of the program first, and of the toolkit in it. A program of somebody else does not have our version.
std::string versions(const std::string& program, const catalog& known) {
  const auto own = known.version().empty() ? "" : " " + known.version();
  return program + own + " (supervisor " SUPERVISOR_VERSION ")";
}

std::string wrong_with(const std::string& duration) {
  const auto read = duration_from(duration);
  return read ? "" : read.error().front().what;
}

std::string wrong_or_none(const std::string& duration) {
  const auto read = duration_from(duration);
  return read && *read == nanoseconds{0} ? "must be longer than " + showing::printable(duration)
                                         : wrong_with(duration);
}

std::string wrong_memory(const std::string& size) {
  constexpr auto least = std::uint64_t{1} << 20; // less is used up before anything is tried
  const auto read = size_from(size);
  if (!read)
    return read.error().front().what;
  return *read < least ? '"' + size + "\" is too little, must be at least 1MiB" : "";
}

/// CLI11 would take "-1" for a very large number, and one that is too large for the largest.
std::string no_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end
           ? ""
           : showing::quoted(text) + " is no number from 0 to 2^64-1";
}

/// What was typed is repeated in it.
std::string wrong(const CLI::App*, const CLI::Error& what) {
  return showing::printable(what.what(), showing::longest_line)
         + "\nRun with --help for more information.\n";
}

std::string factories(const catalog& known) {
  std::size_t widest = 0;
  for (const auto name : known.names())
    widest = std::max(widest, name.size());
  std::string text;
  for (const auto name : known.names())
    text += "\n  " + std::string{name} + std::string(widest - name.size() + 2, ' ')
            + std::string{known.about(name)};
  return text.empty() ? "" : "Factories:" + text + "\n";
}

/// What somebody may type, and what of it was typed.
class command_line {
public:
  command_line(std::string name, const catalog& known)
    : app_("Runs trees of supervised actors and programs that are declared in JSON.",
           std::move(name)) {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", versions(app_.get_name(), known));
    app_.footer(factories(known));
    app_.failure_message(wrong);
    add_run();
    add_simulate();
    add_break();
    check_->add_option("FILE", file_, "the tree, as JSON")->required();
    auto* const effective
      = check_->add_flag("--effective", effective_, "also show what holds for each child, and why");
    check_
      ->add_flag("--canonical", canonical_,
                 "only write the tree as the shortest file that says the same")
      ->excludes(effective);
    check_->add_flag("--strict", strict_, "refuse a file that there is advice or a warning about");
    check_->footer(
      "Says all that is wrong at once, in the order of the lines: form, rules, factories\n"
      "and their arguments, refs. What is allowed and unwise is advice.\n"
      "Exit code: 0 it can be run, 2 run would refuse it; with --strict also 2 if there is\n"
      "advice, or a warning.");
  }

  /// An exit code, if there is nothing more to do.
  std::optional<int> parse(int argc, char** argv) {
    if (const auto wrong = unknown_verb(argc, argv); !wrong.empty()) {
      std::cerr << app_.get_name() << ": " << wrong << '\n';
      return exit_code::bad_input;
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& x) {
      return app_.exit(x) == 0 ? exit_code::clean : exit_code::bad_input;
    }
    return std::nullopt;
  }

  int execute(const catalog& known, console& said) const {
    if (run_->parsed())
      return run(options(), known, said);
    if (check_->parsed())
      return check(
        {.file = file_, .canonical = canonical_, .effective = effective_, .strict = strict_},
        known);
    if (simulate_->parsed())
      return simulate(simulation(), known);
    if (break_->parsed())
      return break_tree(breaking(), known);
    std::cout << schema() << '\n';
    return exit_code::clean;
  }

private:
  void add_run() {
    run_->add_option("FILE", file_, "the tree, as JSON")->required();
    run_->add_option("--for", how_long_, "stop it after that time, such as 10s")
      ->type_name("DURATION")
      ->check(wrong_with);
    run_->add_option("--seed", seed_, "of all luck in the tree: the same luck for the same seed")
      ->type_name("N")
      ->check(no_number);
    run_
      ->add_option("--secrets-from", secrets_from_, "a file for each secret; else the environment")
      ->type_name("FOLDER")
      ->check(CLI::ExistingDirectory);
    run_->add_option("--cgroup", cgroup_, "delegated to us: each process gets one below it")
      ->type_name("FOLDER")
      ->check(CLI::ExistingDirectory);
    run_->footer(
      "SIGTERM, SIGINT and SIGQUIT stop the tree in order, the second of them ends at once.\n"
      "SIGUSR1 writes its state on standard error.\n"
      "\n"
      "Exit code: 0 stopped on request, or its significant children ended well; 1 gave\n"
      "up, could not start, or the work failed; 2 bad file; 3 left children behind that\n"
      "could not be stopped.");
  }

  void add_simulate() {
    simulate_->add_option("FILE", file_, "the tree, as JSON")->required();
    simulate_->add_option("--script", script_, "what the children do, a line each: see below")
      ->type_name("FILE");
    auto* crash = simulate_->add_option("--crash", crash_, "this one crashes, if it is up")
                    ->type_name("CHILD");
    auto* every = simulate_->add_option("--every", every_, "how often, such as 2s")
                    ->type_name("DURATION")
                    ->check(wrong_or_none);
    crash->needs(every);
    every->needs(crash);
    simulate_->add_option("--for", how_long_, "stop it after that time; 1h if not said")
      ->type_name("DURATION")
      ->check(wrong_or_none);
    simulate_->add_option("--seed", seed_, "of all luck: the same luck for the same seed; 1")
      ->type_name("N")
      ->check(no_number);
    simulate_->add_option("-o,--output", output_, "text or json")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json"}));
    auto* none = simulate_->add_flag("--no-timeline", no_timeline_, "show the summary only");
    simulate_->add_flag("--timeline", whole_timeline_, "show every moment, not 20 and 20")
      ->excludes(none);
    simulate_->footer(script_help);
  }

  void add_break() {
    break_->add_option("FILE", file_, "the tree, as JSON")->required();
    break_->add_option("--crashes", crashes_, "try no more than that; 12")
      ->type_name("N")
      ->check(CLI::Range(1u, 1'000'000u));
    break_->add_option("--seed", seed_, "of all luck: the same luck for the same seed; 1")
      ->type_name("N")
      ->check(no_number);
    break_->add_option("--memory", memory_, "use no more than that, such as 512MiB; 2GiB")
      ->type_name("SIZE")
      ->check(wrong_memory);
    break_->add_option("--states", states_, "look at no more than that; 1000000")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{4'000'000'000}));
    break_->footer(
      "Exit code: 0 as many crashes do not bring it down, 1 they do, or not all could\n"
      "be tried, 2 bad file.");
  }

  /// Said by us, because CLI11 would not say which verb was meant.
  std::string unknown_verb(int argc, char** argv) const {
    const std::string word = argc > 1 ? argv[1] : "";
    if (word.empty() || word.starts_with('-') || std::ranges::count(verbs, word) > 0)
      return "";
    return "there is no verb " + showing::quoted(word) + did_you_mean(word, verbs)
           + "\nRun with --help for more information.";
  }

  run_options options() const {
    run_options chosen{
      .file = file_, .seed = seed_, .secrets_from = secrets_from_, .cgroup = cgroup_};
    if (!how_long_.empty())
      chosen.how_long = *duration_from(how_long_);
    return chosen;
  }

  simulate_options simulation() const {
    simulate_options chosen{
      .file = file_, .script = script_, .crash = crash_, .as_json = output_ == "json"};
    if (!every_.empty())
      chosen.every = *duration_from(every_);
    if (!how_long_.empty())
      chosen.how.how_long = *duration_from(how_long_);
    chosen.how.seed = seed_.value_or(chosen.how.seed);
    if (whole_timeline_ || no_timeline_)
      chosen.how.kept = whole_timeline_ ? all_moments : 0;
    return chosen;
  }

  break_options breaking() const {
    break_options chosen{.file = file_};
    chosen.how.crashes = crashes_;
    chosen.how.most_states = states_;
    chosen.how.memory
      = memory_.empty() ? memory_for_breaking(chosen.how.memory) : *size_from(memory_);
    chosen.how.seed = seed_.value_or(chosen.how.seed);
    return chosen;
  }

  inline static const std::vector<std::string_view> verbs{"run", "check", "simulate", "break",
                                                          "schema"};

  CLI::App app_;
  CLI::App* run_ = app_.add_subcommand("run", "Run the tree of a file, and show it");
  CLI::App* check_ = app_.add_subcommand("check", "Say all that is wrong with a file");
  CLI::App* simulate_ = app_.add_subcommand("simulate", "Try the tree of a file in virtual time");
  CLI::App* break_ = app_.add_subcommand("break", "Find the fewest crashes that end the tree");
  CLI::App* schema_ = app_.add_subcommand("schema", "Print the JSON Schema of such files");
  std::string file_{};
  std::uint32_t crashes_ = survival_options{}.crashes;
  std::uint64_t states_ = survival_options{}.most_states;
  std::string memory_{};
  std::string how_long_{};
  bool canonical_ = false;
  bool effective_ = false;
  bool strict_ = false;
  std::optional<std::uint64_t> seed_{};
  std::string secrets_from_{};
  std::string cgroup_{};
  std::string script_{};
  std::string crash_{};
  std::string every_{};
  std::string output_{};
  bool whole_timeline_ = false;
  bool no_timeline_ = false;
};

std::string name_of(int argc, char** argv) {
  return argc > 0 ? showing::printable(std::filesystem::path{argv[0]}.filename().string())
                  : "supctl";
}

} // namespace

int cli(int argc, char** argv, const catalog& known) {
  open_standard_descriptors();
  console said;
  command_line typed{name_of(argc, argv), known};
  if (const auto code = typed.parse(argc, argv))
    return said.end(*code);
  return said.end(typed.execute(known, said));
}

} // namespace supervisor
