#pragma once

#include <iosfwd>
#include <memory>
#include <streambuf>
#include <string>

namespace supervisor {

/// What a command writes to std::cout and std::cerr as long as this exists: whole, however slowly it is
/// read; line by line made printable; and what cannot be written is known in the end. For commands that
/// say something and end; for one thread at a time.
class console {
public:
  console();

  ~console();

  console(const console&) = delete;
  console& operator=(const console&) = delete;

  /// Writes what is left, and gives the streams back.
  void close();

  /// Closes it. Gives back the exit code, but not 0 if something could not be written, which is said
  /// where it can be.
  int end(int code);

private:
  class gate;

  std::unique_ptr<gate> out_;
  std::unique_ptr<gate> err_;
  std::streambuf* out_before_;
  std::streambuf* err_before_;
};

} // namespace supervisor
