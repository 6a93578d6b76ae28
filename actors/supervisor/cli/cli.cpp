#include "supervisor/cli/cli.hpp"

#include "supervisor/cli/commands.hpp"
#include "supervisor/config/duration.hpp"
#include "supervisor/config/json.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <optional>
#include <system_error>

namespace supervisor {

namespace {

constexpr auto version = SUPERVISOR_VERSION;

std::string wrong_with(const std::string& duration) {
  const auto read = duration_from(duration);
  return read ? "" : read.error().front().what;
}

/// CLI11 would take "-1" for a very large number, and one that is too large for the largest.
std::string no_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end
           ? ""
           : '"' + text + "\" is no number from 0 to 2^64-1";
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
    : app_("Runs trees of supervised actors that are declared in JSON.", std::move(name)) {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", app_.get_name() + " " + version);
    app_.footer(factories(known));
    add_run();
    check_->add_option("FILE", file_, "the tree, as JSON")->required();
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

  int execute(const catalog& known) const {
    if (run_->parsed())
      return run(options(), known);
    if (check_->parsed())
      return check(file_, known);
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
    run_->footer("Exit code: 0 stopped on request, 1 gave up, could not start, or the work\n"
                 "failed, 2 bad file, 3 left children behind that could not be stopped.");
  }

  /// Said by us, because CLI11 would not say which verb was meant.
  std::string unknown_verb(int argc, char** argv) const {
    const std::string word = argc > 1 ? argv[1] : "";
    if (word.empty() || word.starts_with('-') || std::ranges::count(verbs, word) > 0)
      return "";
    return "there is no verb \"" + word + "\"" + did_you_mean(word, verbs)
           + "\nRun with --help for more information.";
  }

  run_options options() const {
    run_options chosen{.file = file_, .seed = seed_};
    if (!how_long_.empty())
      chosen.how_long = *duration_from(how_long_);
    return chosen;
  }

  inline static const std::vector<std::string_view> verbs{"run", "check", "schema"};

  CLI::App app_;
  CLI::App* run_ = app_.add_subcommand("run", "Run the tree of a file, and show it");
  CLI::App* check_ = app_.add_subcommand("check", "Say all that is wrong with a file");
  CLI::App* schema_ = app_.add_subcommand("schema", "Print the JSON Schema of such files");
  std::string file_{};
  std::string how_long_{};
  std::optional<std::uint64_t> seed_{};
};

std::string name_of(int argc, char** argv) {
  return argc > 0 ? std::filesystem::path{argv[0]}.filename().string() : "supctl";
}

} // namespace

int cli(int argc, char** argv, const catalog& known) {
  command_line typed{name_of(argc, argv), known};
  if (const auto code = typed.parse(argc, argv))
    return *code;
  return typed.execute(known);
}

} // namespace supervisor
