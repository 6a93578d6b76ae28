// supctl writes to a disk that is full, and to readers who do not read.

#include "own_space.hpp"
#include "programs.hpp"
#include "scratch.hpp"
#include "spawned.hpp"
#include "stand.hpp"
#include "trial.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chaos {

namespace {

using json = nlohmann::json;

constexpr nanoseconds patience = 20s; ///< with a program that is healthy, on a busy machine
constexpr auto lives = "lives";       ///< in the scratch folder: a line for each life of `ends`
constexpr auto bye = "bye";           ///< and what `tidy` leaves when it could clean up

/// One that prints all the time, one that ends all the time, and one that cleans up when it is told to end.
json busy(const scratch& where) {
  const auto shell = [](const std::string& script) { return json{"/bin/sh", "-c", script}; };
  const auto child = [](const std::string& id, const json& argv) {
    return json{{"id", id},
                {"process", {{"argv", argv}}},
                {"backoff", {{"initial_delay", "10ms"}, {"max_delay", "10ms"}}}};
  };
  return {{"version", 1},
          {"intensity", {{"restarts", 1'000'000}}},
          {"children",
           {child("tidy", shell("trap 'echo bye >" + where / bye
                                + "; exit 0' TERM; while :; do sleep 0.02; done")),
            child("ends", shell("echo one >>" + where / lives + "; sleep 0.1")),
            child("prints", {child_program(), "prints", "5000"})}}};
}

/// The file of a tree.
std::string written(const scratch& where, const json& tree) {
  const auto file = where / "tree.json";
  std::ofstream{file} << tree;
  return file;
}

std::vector<std::string> run_of(const std::string& file) { return {supctl_program(), "run", file}; }

constexpr std::size_t lives_wanted = 2; ///< for restarts to go on

/// How many more lives it had in that time, or in a longer one if it had too few.
std::size_t lives_in(const scratch& where, nanoseconds time) {
  const auto before = where.lines(lives);
  std::this_thread::sleep_for(time);
  until([&] { return where.lines(lives) >= before + lives_wanted; }, patience);
  return where.lines(lives) - before;
}

struct ended {
  int code = -1; ///< 128 + n: signal n; -1: it has not ended
  nanoseconds took{0};
};

ended end_by(spawned& program, int signal) {
  ended x;
  x.took = time_of([&] {
    program.send(signal);
    if (const auto status = program.end(patience))
      x.code = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
  });
  return x;
}

constexpr nanoseconds stop_within = 6s; ///< 1 s for a reader, 3 s for the last words, and the tree
constexpr nanoseconds leave_within = 1s;

// -- full_disk -----------------------------------------------------------------------------------------

constexpr auto disk_size = "1m";
constexpr off_t nearly_full = 1'000'000;

off_t size_of(int file) {
  struct stat about {};
  return fstat(file, &about) == 0 ? about.st_size : 0;
}

/// How many times that word is said.
std::size_t times(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1))
    ++found;
  return found;
}

constexpr auto full = "standard output: No space left on device";
constexpr auto left_out = "more lines left out";

/// Writes until there is no room, and a while after that.
void fill(trial& it, const scratch& where, spawned& program) {
  const auto told = program.complains(full, patience);
  const auto went_on = lives_in(where, std::max<nanoseconds>(it.length() / 2, 1s));
  program.send(SIGUSR1);
  const auto answers = program.complains("  tidy  ", patience);
  it.at_least("loss_told", told, 1);
  it.at_least("restarts_when_full", went_on, lives_wanted);
  it.at_least("state_told_when_full", answers, 1);
}

void end_of_busy(trial& it, const scratch& where, spawned& program, const std::string& name) {
  const auto end = end_by(program, SIGTERM);
  it.at_least(name + "_stopped_in_order", end.code == 0 && where.has(bye), 1);
  it.at_most(name + "_stop_s", in_seconds(end.took), in_seconds(stop_within));
}

std::string content(int file) {
  std::string text(static_cast<std::size_t>(size_of(file)), ' ');
  const auto size = pread(file, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

/// What it says first is what it had no room for.
void make_room(trial& it, const scratch& where, int log) {
  const auto was_full = size_of(log) >= nearly_full;
  const auto emptied = ftruncate(log, 0) == 0;
  const auto goes_on = until([&] { return size_of(log) >= nearly_full / 2; }, patience);
  const auto went_on = lives_in(where, std::max<nanoseconds>(it.length() / 2, 1s));
  it.at_least("disk_was_full", was_full && emptied, 1);
  it.at_least("written_when_there_is_room", goes_on, 1);
  it.at_least("loss_counted", times(content(log), left_out), 1);
  it.at_least("restarts_after_it", went_on, lives_wanted);
}

void a_disk_with_room_again(trial& it, const scratch& where) {
  const auto disk = where / "disk";
  std::filesystem::create_directory(disk);
  auto no = have_own_mounts();
  if (no.empty())
    no = mount_small(disk, disk_size);
  if (!no.empty())
    return it.leave_out("a disk that has room again", no);
  const auto log = open((disk + "/log").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  {
    spawned program{run_of(written(where, busy(where))), {.out = log}};
    fill(it, where, program);
    make_room(it, where, log);
    it.at_least("told_once", times(program.err(), full), 1);
    end_of_busy(it, where, program, "room_again");
  }
  close(log);
}

/// For all who may not mount.
void a_disk_without_room(trial& it) {
  const scratch where;
  const auto nowhere = open("/dev/full", O_WRONLY | O_CLOEXEC);
  {
    spawned program{run_of(written(where, busy(where))), {.out = nowhere}};
    it.at_least("dev_full_loss_told", program.complains(full, patience), 1);
    it.at_least("dev_full_restarts", lives_in(where, 1s), lives_wanted);
    it.at_most("dev_full_times_told", times(program.err(), full), 1);
    end_of_busy(it, where, program, "dev_full");
  }
  close(nowhere);
}

void full_disk(trial& it) {
  if (supctl_program().empty())
    return it.leave_out("all of it", "there is no supctl in this build");
  const scratch where;
  a_disk_without_room(it);
  a_disk_with_room_again(it, where);
}

// -- unread_terminal -----------------------------------------------------------------------------------

/// A terminal that nobody reads.
class terminal {
public:
  terminal() : mine_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (mine_ < 0 || grantpt(mine_) != 0 || unlockpt(mine_) != 0)
      return;
    std::array<char, 100> name{};
    if (ptsname_r(mine_, name.data(), name.size()) == 0)
      path_ = name.data();
  }
  ~terminal() {
    if (mine_ >= 0)
      close(mine_);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  const std::string& path() const { return path_; }

private:
  int mine_;
  std::string path_{};
};

/// A pipe that nobody reads, and that is full.
class unread_pipe {
public:
  unread_pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0)
      return;
    while (write(ends_[1], "~", 1) == 1) {
    }
    fcntl(ends_[1], F_SETFL, 0);
  }
  ~unread_pipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  unread_pipe(const unread_pipe&) = delete;
  unread_pipe& operator=(const unread_pipe&) = delete;

  int to_write() const { return ends_[1]; }

private:
  std::array<int, 2> ends_{-1, -1};
};

/// It prints, and does not end when it is told to.
json stubborn(const scratch& where) {
  auto tree = busy(where);
  tree["children"].push_back(
    {{"id", "stubborn"},
     {"shutdown", "100s"},
     {"process", {{"argv", {"/bin/sh", "-c", "trap '' TERM; yes & while :; do sleep 1; done"}}}}});
  return tree;
}

/// Restarts go on; then it is stopped in order.
void stops_in_order(trial& it, const std::string& name, const outputs& unread) {
  const scratch where;
  spawned program{run_of(written(where, busy(where))), unread};
  until([&] { return where.lines(lives) > 2; }, patience);
  const auto went_on = lives_in(where, std::max<nanoseconds>(it.length() / 2, 1s));
  it.at_least(name + "_restarts", went_on, lives_wanted);
  end_of_busy(it, where, program, name);
}

void leaves_at_once(trial& it, const std::string& name, const outputs& unread) {
  const scratch where;
  spawned program{run_of(written(where, stubborn(where))), unread};
  until([&] { return where.lines(lives) > 2; }, patience);
  program.send(SIGTERM);
  const auto stays = !program.end(300ms); // two that come at once are one
  const auto end = end_by(program, SIGTERM);
  it.at_least(name + "_waits_for_who_is_slow", stays, 1);
  it.at_most(name + "_second_signal_s", in_seconds(end.took), in_seconds(leave_within));
  it.at_least(name + "_left_at_once", end.code == 128 + SIGTERM, 1);
}

void unread_terminal(trial& it) {
  if (supctl_program().empty())
    return it.leave_out("all of it", "there is no supctl in this build");
  {
    const unread_pipe nobody;
    stops_in_order(it, "pipe", {.out = nobody.to_write(), .err = nobody.to_write()});
    leaves_at_once(it, "pipe", {.out = nobody.to_write(), .err = nobody.to_write()});
  }
  const terminal stands, stands_too;
  if (stands.path().empty() || stands_too.path().empty())
    return it.leave_out("a terminal", "there is none to be had");
  stops_in_order(it, "terminal", {.terminal = stands.path()});
  leaves_at_once(it, "terminal", {.terminal = stands_too.path()});
}

} // namespace

std::vector<scenario> writing() {
  return {{"full_disk", full_disk}, {"unread_terminal", unread_terminal}};
}

} // namespace chaos
