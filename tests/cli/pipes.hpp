#pragma once

#include <string>

namespace supervisor {

/// A pipe, of which a test has both ends.
class pipe_of_test {
public:
  pipe_of_test();
  ~pipe_of_test();

  pipe_of_test(const pipe_of_test&) = delete;
  pipe_of_test& operator=(const pipe_of_test&) = delete;

  int to_write() const { return write_; }

  /// Nothing more goes into it.
  void fill() const;

  /// What is in it.
  std::string read_now() const;

  /// Waits until that text has come, for some seconds; what came before is in it as well.
  std::string read_until(const std::string& text);

  void stop_reading(); ///< nobody will

private:
  int read_ = -1, write_ = -1;
  std::string came_{};
};

} // namespace supervisor
