#include "stage.hpp"

#include <doctest/doctest.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <sstream>
#include <thread>

#include <unistd.h>

namespace supervisor {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream from{file, std::ios::binary};
  std::ostringstream text; // a process may be gone while it is read: that is the end of its file
  text << from.rdbuf();
  return text.str();
}

void write(const fs::path& file, const std::string& text) { std::ofstream{file} << text; }

bool becomes_true(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(2ms); // nobody tells us of processes that are not our children
  }
  return true;
}

namespace {

struct glance {
  char state = 'X';
  pid_t parent = 0;
};

glance look_at(pid_t pid) {
  const auto text = content("/proc/" + std::to_string(pid) + "/stat");
  glance seen;
  if (const auto behind = text.rfind(')'); behind != std::string::npos)
    std::istringstream{text.substr(behind + 1)} >> seen.state >> seen.parent;
  return seen;
}

} // namespace

bool is_gone(pid_t pid) {
  const auto state = look_at(pid).state;
  return state == 'X' || state == 'Z';
}

pid_t parent_of(pid_t pid) { return look_at(pid).parent; }

namespace {

/// It shows nobody its environment.
bool is_helper(pid_t pid) {
  return content("/proc/" + std::to_string(pid) + "/comm") == "supervisor-exec\n"
         && parent_of(pid) == getpid() && !is_gone(pid);
}

} // namespace

std::vector<pid_t> all_of_ours() {
  const auto marker = "SUPERVISOR_PROCESS=" + std::to_string(getpid()) + '-';
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{"/proc", ignored}) {
    const auto name = entry.path().filename().string();
    pid_t pid = 0;
    std::from_chars(name.data(), name.data() + name.size(), pid);
    if (pid > 0
        && (is_helper(pid) || content(entry.path() / "environ").find(marker) != std::string::npos))
      found.push_back(pid);
  }
  return found;
}

std::string show(const process_end& end) {
  auto text
    = end.signal != 0 ? "signal " + std::to_string(end.signal) : "exit " + std::to_string(end.code);
  if (end.core)
    text += ", core";
  if (end.out_of_memory)
    text += ", out of memory";
  return text;
}

std::string names_of(const some_processes& x) {
  std::string text;
  for (const auto& one : x.some)
    text += (text.empty() ? "" : " ") + one.name;
  return text + (x.count > x.some.size() ? " ..." : "");
}

std::vector<std::string> our_environment() {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one)
    all.emplace_back(*one);
  return all;
}

process_order puppet(std::vector<std::string> words) {
  process_order made;
  made.spec.argv = {SUPERVISOR_PUPPET};
  made.spec.argv.insert(made.spec.argv.end(), words.begin(), words.end());
  made.environment = our_environment();
  return made;
}

// -- an actor ------------------------------------------------------------------------------------

actor_on_stage::actor_on_stage(const host& on, process_order order,
                               std::function<void(actor_on_stage&, const process_line&)> at_line)
  : host_(on.ref()) {
  const std::lock_guard guard{mutex_}; // who is told something finds `process` made
  process.emplace(
    on, std::move(order),
    process_callbacks{
      .started = [this](pid_t pid) { note([&] { pid_ = pid; }); },
      .failed = [this](const fault& wrong) { note([&] { failed_ = wrong; }); },
      .ended = [this](const process_end& how) { note([&] { ended_ = how; }); },
      .main_exited =
        [this](const process_end& how, const some_processes& others) {
          note([&] { left_ = show(how) + ", " + names_of(others); });
        },
      .obstinate = [this](const some_processes& who) { note([&] { obstinate_ = who; }); },
      .line =
        [this, at_line = std::move(at_line)](process_line line) {
          note([&] {
            if (at_line)
              at_line(*this, line);
            lines_.push_back(std::move(line));
          });
        },
      .notified =
        [this](const process_notice& what, time_point at) {
          note([&] {
            notices_.push_back(what);
            heard_at_.push_back(at);
          });
        },
      .refused =
        [this](std::size_t count, const some_processes::one& first) {
          note([&] { refused_ += std::to_string(count) + " of " + first.name + "; "; });
        },
      .note = [this](std::string text) { note([&] { notes_.push_back(std::move(text)); }); }});
}

actor_on_stage::~actor_on_stage() {
  process.reset();
  auto done = std::make_shared<std::promise<void>>(); // broken if the host has ended
  const auto caught_up = done->get_future();
  host_.post([done = std::move(done)] { done->set_value(); });
  caught_up.wait();
}

void actor_on_stage::note(const std::function<void()>& change) {
  const std::lock_guard guard{mutex_};
  if (failed_ || ended_)
    ++told_after_end_;
  change();
  changed_.notify_all();
}

bool actor_on_stage::waits_until(const std::function<bool()>& holds) {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, patience, holds);
}

std::string actor_on_stage::end() {
  if (!waits_until([this] { return failed_ || ended_; }))
    return "still there";
  const std::lock_guard guard{mutex_};
  if (told_after_end_ > 0)
    return "told something after the end";
  return failed_ ? to_string(*failed_) : show(*ended_);
}

pid_t actor_on_stage::pid() {
  waits_until([this] { return pid_ != 0 || failed_ || ended_; });
  const std::lock_guard guard{mutex_};
  return pid_;
}

std::vector<std::string> actor_on_stage::lines_of(output_stream wanted) const {
  std::vector<std::string> all;
  for (const auto& one : lines_)
    if (one.stream == wanted)
      all.push_back(one.text);
  return all;
}

std::string actor_on_stage::line(std::size_t number) {
  waits_until([&] { return lines_of(output_stream::out).size() > number || failed_ || ended_; });
  const auto all = lines();
  return number < all.size() ? all[number] : "(none)";
}

std::vector<std::string> actor_on_stage::lines() {
  const std::lock_guard guard{mutex_};
  return lines_of(output_stream::out);
}

std::vector<process_line> actor_on_stage::all_lines() {
  const std::lock_guard guard{mutex_};
  return lines_;
}

std::vector<std::string> actor_on_stage::notes() {
  const std::lock_guard guard{mutex_};
  return notes_;
}

std::vector<process_notice> actor_on_stage::notices() {
  const std::lock_guard guard{mutex_};
  return notices_;
}

std::vector<time_point> actor_on_stage::heard_at() {
  const std::lock_guard guard{mutex_};
  return heard_at_;
}

std::string actor_on_stage::refused() {
  const std::lock_guard guard{mutex_};
  return refused_;
}

std::string actor_on_stage::left() {
  waits_until([this] { return !left_.empty() || failed_ || ended_; });
  const std::lock_guard guard{mutex_};
  return left_.empty() ? "nobody is left" : left_;
}

std::string actor_on_stage::obstinate() {
  waits_until([this] { return obstinate_.count > 0 || failed_ || ended_; });
  const std::lock_guard guard{mutex_};
  return names_of(obstinate_);
}

std::optional<process_end> actor_on_stage::how() {
  const std::lock_guard guard{mutex_};
  return ended_;
}

// -- the rest ------------------------------------------------------------------------------------

stage::~stage() {
  CHECK(becomes_true([] { return all_of_ours().empty(); }));
}

temporary_folder::temporary_folder() {
  std::string name = fs::temp_directory_path() / "supervisor-XXXXXX";
  path_ = mkdtemp(name.data());
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string run(process_order order) {
  const stage here;
  actor_on_stage it{here, std::move(order)};
  const auto end = it.end();
  std::string text;
  for (const auto& line : it.lines())
    text += line + '/';
  return text + end;
}

std::string run(std::vector<std::string> words) { return run(puppet(std::move(words))); }

} // namespace supervisor
