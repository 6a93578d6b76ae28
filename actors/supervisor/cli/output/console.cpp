#include "supervisor/cli/output/console.hpp"

#include "supervisor/cli/commands/commands.hpp"
#include "supervisor/text/printable.hpp"

#include <cerrno>
#include <iostream>
#include <string_view>
#include <system_error>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace supervisor {

namespace {

constexpr std::size_t worth_a_write = std::size_t{64} * 1024;

/// Waits for whoever reads. 0, or an errno.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = write(descriptor, bytes.data(), bytes.size());
    if (size >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd room{descriptor, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

} // namespace

/// A stream buffer that lets whole lines through.
class console::gate : public std::streambuf {
public:
  gate(int descriptor, bool at_once) : descriptor_(descriptor), at_once_(at_once) {}

  /// With the last line, which may have no end.
  void end() {
    made_ += showing::printable(std::exchange(line_, {}), showing::whole);
    write_made();
  }

  int error() const { return error_; }

protected:
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    take({text, static_cast<std::size_t>(size)});
    return size;
  }

  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof()))
      return traits_type::not_eof(c);
    const auto one = traits_type::to_char_type(c);
    take({&one, 1});
    return c;
  }

private:
  void take(std::string_view text) {
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      line_ += text.substr(0, end);
      made_ += showing::printable(std::exchange(line_, {}), showing::whole) += '\n';
      text.remove_prefix(end + 1);
    }
    line_ += text;
    if (at_once_ || made_.size() >= worth_a_write)
      write_made();
  }

  void write_made() {
    if (error_ == 0)
      error_ = write_all(descriptor_, made_);
    made_.clear();
  }

  const int descriptor_;
  const bool at_once_; ///< each line, as soon as it is whole
  std::string line_{}; ///< so far
  std::string made_{};
  int error_ = 0;
};

console::console()
  : out_(std::make_unique<gate>(STDOUT_FILENO, false)),
    err_(std::make_unique<gate>(STDERR_FILENO, true)), out_before_(std::cout.rdbuf(out_.get())),
    err_before_(std::cerr.rdbuf(err_.get())) {}

console::~console() { close(); }

void console::close() {
  for (auto* all : {out_.get(), err_.get()})
    all->end();
  if (out_before_)
    std::cout.rdbuf(std::exchange(out_before_, nullptr));
  if (err_before_)
    std::cerr.rdbuf(std::exchange(err_before_, nullptr));
}

int console::end(int code) {
  close();
  const auto tell = [](const gate& broken, const std::string& name, gate& other) {
    if (broken.error() == 0)
      return false;
    std::ostream{&other} << name << ": " << std::generic_category().message(broken.error())
                         << ": not all that was to be said is written there\n";
    other.end();
    return true;
  };
  const auto out_is_broken = tell(*out_, "standard output", *err_);
  const auto err_is_broken = tell(*err_, "standard error", *out_);
  return code == exit_code::clean && (out_is_broken || err_is_broken) ? exit_code::gave_up : code;
}

} // namespace supervisor
