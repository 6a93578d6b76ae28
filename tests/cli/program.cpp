#include "program.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace supervisor {

namespace {

using namespace std::chrono_literals;
constexpr auto longest = 20s; // of a healthy program on a busy machine; most take milliseconds

int count(const std::string& text, std::string_view part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

std::array<int, 2> new_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe(ends.data()) != 0)
    std::abort();
  return ends;
}

bool read_from(int& fd, std::string& to) {
  std::array<char, 4096> some{};
  const auto size = read(fd, some.data(), some.size());
  if (size > 0) {
    to.append(some.data(), static_cast<std::size_t>(size));
    return true;
  }
  close(fd);
  fd = -1;
  return false;
}

} // namespace

text_file::text_file(std::string_view text) {
  static int count = 0;
  path_ = (std::filesystem::temp_directory_path()
           / ("supctl-" + std::to_string(getpid()) + "-" + std::to_string(++count) + ".json"))
            .string();
  std::ofstream{path_} << text;
}

text_file::~text_file() { std::filesystem::remove(path_); }

std::string text_file::text() const {
  std::ifstream from{path_, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, {}};
}

supctl::supctl(std::vector<std::string> words, surroundings where) : words_(std::move(words)) {
  words_.insert(words_.begin(), SUPERVISOR_SUPCTL);
  start(where);
}

supctl::~supctl() {
  if (who_ > 0) {
    kill(who_, SIGKILL);
    waitpid(who_, nullptr, 0);
  }
  close_all();
}

void supctl::close_all() {
  for (auto* fd : {&out_, &err_})
    if (*fd >= 0)
      close(std::exchange(*fd, -1));
}

void supctl::start(const surroundings& where) {
  if (where.terminal) {
    const winsize size{
      .ws_row = where.rows, .ws_col = where.columns, .ws_xpixel = 0, .ws_ypixel = 0};
    who_ = forkpty(&out_, nullptr, nullptr, &size);
    if (who_ == 0)
      become(where);
    return;
  }
  const auto out = new_pipe(), err = new_pipe();
  who_ = fork();
  if (who_ == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    for (const auto fd : {out[0], out[1], err[0], err[1]})
      close(fd);
    become(where);
  }
  close(out[1]);
  close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

void supctl::become(const surroundings& where) const {
  unsetenv("NO_COLOR");
  setenv("TERM", "xterm", 1);
  for (const auto& text : where.environment)
    putenv(strdup(text.c_str()));
  if (chdir(SUPERVISOR_SOURCE_DIR) != 0)
    _exit(126);
  std::vector<char*> words;
  for (const auto& word : words_)
    words.push_back(strdup(word.c_str()));
  words.push_back(nullptr);
  if (where.before)
    where.before();
  execv(words.front(), words.data());
  _exit(127);
}

/// False at the end of all output, or of our patience.
bool supctl::read_more() {
  std::array<pollfd, 2> both{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(since_ + longest - clock::now());
  if ((out_ < 0 && err_ < 0) || left <= 0ms
      || poll(both.data(), both.size(), static_cast<int>(left.count())) <= 0)
    return false;
  if (both[0].revents != 0)
    read_from(out_, told_.out);
  if (both[1].revents != 0)
    read_from(err_, told_.err);
  return true;
}

bool supctl::says(std::string_view text, int times) {
  while (count(told_.out, text) < times)
    if (!read_more())
      return false;
  return true;
}

bool supctl::says_to_err(std::string_view text) {
  while (count(told_.err, text) == 0)
    if (!read_more())
      return false;
  return true;
}

void supctl::is_held_up() const {
  int waiting = 0, before = -1;
  while ((waiting == 0 || waiting != before) && clock::now() < since_ + longest) {
    before = waiting;
    std::this_thread::sleep_for(100ms);
    ioctl(out_, FIONREAD, &waiting);
  }
}

void supctl::send(int signal) const { kill(who_, signal); }

void supctl::hang_up() {
  if (out_ >= 0)
    close(std::exchange(out_, -1));
}

ended supctl::end() {
  while (read_more()) {
  }
  reap();
  return told_;
}

ended supctl::end_unread() {
  reap();
  while (read_more()) {
  }
  return told_;
}

/// Nobody tells us of its end without its output being read: so we look.
void supctl::reap() {
  int status = 0;
  while (waitpid(who_, &status, WNOHANG) == 0)
    if (clock::now() > since_ + longest) {
      kill(who_, SIGKILL);
      waitpid(who_, &status, 0);
      break;
    } else {
      std::this_thread::sleep_for(1ms);
    }
  who_ = -1;
  told_.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - since_);
  told_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace supervisor
