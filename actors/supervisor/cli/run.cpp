#include "supervisor/cli/backstage.hpp"
#include "supervisor/cli/commands.hpp"
#include "supervisor/cli/loading.hpp"
#include "supervisor/cli/screen.hpp"
#include "supervisor/cli/service_manager.hpp"
#include "supervisor/cli/tree_view.hpp"
#include "supervisor/config/json.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

namespace supervisor {

namespace {

using std::chrono::steady_clock;
constexpr nanoseconds repaint_every = std::chrono::milliseconds{250};

/// A running tree and the thread that watches it.
class session {
public:
  session(const tree& running, std::shared_ptr<backstage> behind, screen& out, std::string title,
          std::optional<nanoseconds> how_long)
    : tree_(running), behind_(std::move(behind)), out_(out), title_(std::move(title)),
      waiter_([running, bell = behind_] {
        running.wait_for(stop_budget::no_end);
        bell->bell().ring();
      }) {
    if (how_long)
      end_at_ = later(steady_clock::now(), *how_long);
  }

  shutdown_report watch() {
    for (;;) {
      if (const auto signal = behind_->bell().wait(next_wake_up()); signal != 0)
        on_signal(signal);
      end_in_time();
      refresh();
      if (auto report = tree_.wait_for(nanoseconds{0}))
        return *std::move(report);
    }
  }

private:
  static time_point later(time_point now, nanoseconds wait) {
    return time_point::max() - now < wait ? time_point::max() : now + wait;
  }

  std::optional<time_point> next_wake_up() const {
    if (!out_.is_terminal())
      return end_at_;
    return std::min(end_at_.value_or(time_point::max()), painted_at_ + repaint_every);
  }

  void on_signal(int signal) {
    const std::string name = signal == SIGINT ? "SIGINT" : "SIGTERM";
    if (std::exchange(told_, true))
      leave(name, 128 + signal);
    out_.print({"[supervisor] stopping: " + name + ", once more ends at once"});
    behind_->shut_down("operator", name);
  }

  [[noreturn]] void leave(const std::string& name, int code) {
    out_.clear();
    std::cout << std::flush;
    std::cerr << name << " again: ending at once, without waiting for anybody\n" << std::flush;
    std::_Exit(code);
  }

  void end_in_time() {
    if (!end_at_ || steady_clock::now() < *end_at_)
      return;
    end_at_.reset();
    behind_->shut_down("supctl", "its time is over");
  }

  void refresh() {
    if (out_.is_terminal())
      ask_for_state();
    if (const auto state = behind_->take_state())
      out_.show(behind_->take_lines(), view(*state, options()));
    else
      out_.print(behind_->take_lines());
  }

  void ask_for_state() {
    const auto now = steady_clock::now();
    if (now < painted_at_ + repaint_every)
      return;
    painted_at_ = now;
    if (behind_->wants_state())
      tree_.current_state([to = behind_](supervisor_state x) { to->answer(std::move(x)); });
  }

  view_options options() const {
    return {.title = title_,
            .colour = out_.has_colour(),
            .width = out_.width(),
            .height = out_.height() - 1}; // the last one is where the cursor stands
  }

  const tree tree_;
  const std::shared_ptr<backstage> behind_;
  screen& out_;
  const std::string title_;
  const std::jthread waiter_;
  std::optional<time_point> end_at_{};
  time_point painted_at_{};
  bool told_ = false;
};

program program_of(const std::shared_ptr<backstage>& behind, const std::filesystem::path& file) {
  return {
    .shut_down = [behind](std::string by,
                          std::string why) { behind->shut_down(std::move(by), std::move(why)); },
    .at_end
    = [behind](std::function<bool(std::ostream&)> hook) { behind->at_end(std::move(hook)); },
    .folder = folder_of(file),
  };
}

/// Whether all of them say that the work went well, too.
bool call_hooks(backstage& behind) {
  bool well = true;
  for (const auto& hook : behind.take_hooks())
    try {
      well = hook(std::cout) && well;
    } catch (const std::exception& why) { // other people's code
      std::cerr << "a hook at the end threw: " << why.what() << '\n';
      well = false;
    }
  return well;
}

std::set<std::string> left_behind(const shutdown_report& report, const backstage& behind) {
  auto all = behind.abandoned();
  for (auto& path : report.abandoned())
    all.insert(std::move(path));
  return all;
}

/// The actor system would wait for them for ever.
[[noreturn]] void end_without(const std::set<std::string>& left) {
  std::cout << std::flush;
  for (const auto& path : left)
    std::cerr << path << " was abandoned and may still run: ending without it\n";
  std::cerr << std::flush;
  std::fflush(nullptr);
  std::_Exit(exit_code::abandoned);
}

/// What children said on their way out is in it: it must not reach the terminal as commands.
std::string harmless(std::string text) {
  std::ranges::replace_if(
    text, [](unsigned char c) { return c != '\n' && (c < 0x20 || c == 0x7F); }, '?');
  return text;
}

int conclude(const shutdown_report& report, screen& out, backstage& behind) {
  out.clear();
  out.print(behind.take_lines());
  std::cout << harmless(to_string(report)) << '\n' << std::flush;
  const auto well = call_hooks(behind);
  std::cout << std::flush;
  if (const auto left = left_behind(report, behind); !left.empty())
    end_without(left);
  return report.asked_for() && well ? exit_code::clean : exit_code::gave_up;
}

/// At least two, so that one actor that is busy does not stop the others.
std::size_t threads() { return std::max(2u, std::thread::hardware_concurrency()); }

int complain(const std::filesystem::path& file, const faults& found) {
  print(std::cerr, file, with_lines(found, file));
  return exit_code::bad_input;
}

secret_provider secrets_for(const run_options& options, const catalog& known) {
  if (options.secrets_from.empty())
    return known.secrets();
  return first_of({secrets_from_folder(options.secrets_from),
                   known.secrets() ? known.secrets() : secrets_from_environment()});
}

expected<shutdown_report> run_tree(supervisor_spec spec, start_options how,
                                   const run_options& options,
                                   const std::shared_ptr<backstage>& behind,
                                   std::shared_ptr<const service_manager> above,
                                   caf::actor_system& system, screen& out) {
  const auto title = spec.id.empty() ? options.file.filename().string() : spec.id;
  const auto running = start(system, std::move(spec), std::move(how));
  if (!running)
    return running.error();
  behind->opened(*running);
  const service_watch watched{std::move(above), *running};
  const auto report = session{*running, behind, out, title, options.how_long}.watch();
  behind->closed();
  return report;
}

/// From the first actor to the last word.
int run(supervisor_spec spec, const run_options& options, const catalog& known,
        const std::shared_ptr<backstage>& behind, caf::actor_system& system, screen& out) {
  const auto above = std::make_shared<const service_manager>(service_environment::ours());
  const auto report = run_tree(std::move(spec),
                               {.observer =
                                  [behind, above](const tree_event& x) {
                                    behind->note(x);
                                    above->tell(x);
                                  },
                                .seed = options.seed,
                                .log = [behind](const log_line& x) { behind->say(x); },
                                .cgroup = options.cgroup,
                                .secrets = secrets_for(options, known)},
                               options, behind, above, system, out);
  if (!report)
    return complain(options.file, report.error());
  return conclude(*report, out, *behind);
}

} // namespace

int run(const run_options& options, const catalog& known) {
  screen out;
  const auto behind = std::make_shared<backstage>(!out.is_terminal());
  auto in = program_of(behind, options.file);
  auto tree = load_to_run(options.file, known, in);
  if (!tree)
    return exit_code::bad_input;
  caf::actor_system_config config;
  compat::set_option(config, "scheduler.max-threads", threads());
  std::optional<held_signals> held{std::in_place}; // by the threads of the system, too
  caf::actor_system system{config};
  const auto code = run(*std::move(tree), options, known, behind, system, out);
  held.reset(); // nobody reads them from here on, and the system may take its time to end
  return code;
}

} // namespace supervisor
