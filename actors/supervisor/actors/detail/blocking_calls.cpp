#include "supervisor/actors/detail/blocking_calls.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace supervisor::detail {

namespace {

/// One of those that may be under way.
class place {
public:
  explicit place(std::shared_ptr<std::atomic<std::size_t>> all) : all_(std::move(all)) {
    number_ = all_->fetch_add(1);
  }
  place(place&&) = default;
  place& operator=(place&&) = delete;
  ~place() {
    if (all_)
      --*all_;
  }

  bool is_one_too_many() const { return number_ >= blocking_calls::most; }

private:
  std::shared_ptr<std::atomic<std::size_t>> all_;
  std::size_t number_ = 0;
};

} // namespace

std::string blocking_calls::begin(std::function<void()> call) const {
  place mine{under_way_};
  if (mine.is_one_too_many())
    return "no thread for it: " + std::to_string(most) + " others have not come back";
  try {
    std::thread{[mine = std::move(mine), call = std::move(call)] { call(); }}.detach();
    return {};
  } catch (const std::system_error& why) {
    return "no thread for it: " + why.code().message();
  }
}

} // namespace supervisor::detail
