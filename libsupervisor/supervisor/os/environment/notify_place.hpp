#pragma once

#include "supervisor/expected.hpp"

#include <string>
#include <utility>

namespace supervisor {

/// A folder for the socket that one program sends its notices to, which its helper makes. In the file
/// system, so that it can be reached from any network namespace and by any user; whoever may not speak
/// for the program is refused by the helper.
class notify_place {
public:
  /// Below /run, /tmp or the like. Folders that a killed program of ours left are removed.
  static expected<notify_place> make();

  notify_place(notify_place&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  notify_place& operator=(notify_place&&) = delete;

  /// Removes the folder, if the helper has not.
  ~notify_place();

  /// Of the socket, as NOTIFY_SOCKET says it.
  std::string address() const;

private:
  explicit notify_place(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
};

} // namespace supervisor
