#include "supervisor/cli/backstage.hpp"

#include "supervisor/cli/event_line.hpp"
#include "supervisor/text/printable.hpp"

#include <utility>

namespace supervisor {

namespace {

constexpr auto no_end = std::string::npos;

std::string or_else(std::string text, const char* otherwise) {
  return text.find_first_not_of(" \t\n") == std::string::npos ? otherwise : std::move(text);
}

} // namespace

void backstage::shut_down(std::string requested_by, std::string reason) {
  auto by = or_else(std::move(requested_by), "program");
  auto why = or_else(std::move(reason), "asked to");
  const std::scoped_lock lock{mutex_};
  if (tree_)
    tree_->request_shutdown(std::move(by), std::move(why));
  else if (!asked_)
    asked_.emplace(std::move(by), std::move(why));
}

void backstage::at_end(std::function<bool(std::ostream&)> hook) {
  const std::scoped_lock lock{mutex_};
  hooks_.push_back(std::move(hook));
}

void backstage::note(const tree_event& x) {
  auto line = line_of(x);
  const auto path = std::string{x.supervisor} + "/" + std::string{x.child};
  const std::scoped_lock lock{mutex_};
  if (x.what.what == event_type::child_abandoned)
    abandoned_.insert(path);
  else if (x.what.what == event_type::child_shutdown_late_report)
    std::erase_if(abandoned_, [&](const std::string& left) {
      return left == path || left.starts_with(path + "/");
    });
  if (!line.empty())
    add(std::move(line));
}

void backstage::say(const log_line& x) {
  auto line = showing::printable("[" + x.path + "] " + x.text, no_end);
  std::unique_lock lock{mutex_};
  if (lines_.size() >= most_said)
    bell_.ring();
  taken_.wait(lock, [this] { return lines_.size() < most_said || !listens_; });
  if (listens_)
    add(std::move(line));
}

/// If nobody reads, the tree must not wait, nor may its words fill the memory.
void backstage::add(std::string line) {
  if (lines_.size() == most_lines)
    ++left_out_;
  else
    lines_.push_back(std::move(line));
  if (rings_)
    bell_.ring();
}

void backstage::opened(const tree& running) {
  const std::scoped_lock lock{mutex_};
  tree_ = running;
  if (asked_)
    running.request_shutdown(asked_->first, asked_->second);
}

void backstage::closed() {
  const std::scoped_lock lock{mutex_};
  tree_.reset();
  listens_ = false;
  taken_.notify_all();
}

std::vector<std::string> backstage::take_lines() {
  const std::scoped_lock lock{mutex_};
  if (left_out_ > 0)
    lines_.push_back("[supervisor] " + std::to_string(left_out_) + " more lines left out");
  left_out_ = 0;
  taken_.notify_all();
  return std::exchange(lines_, {});
}

std::vector<std::function<bool(std::ostream&)>> backstage::take_hooks() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(hooks_, {});
}

std::set<std::string> backstage::abandoned() const {
  const std::scoped_lock lock{mutex_};
  return abandoned_;
}

bool backstage::wants_state() {
  const std::scoped_lock lock{mutex_};
  return !std::exchange(state_is_due_, true);
}

void backstage::answer(supervisor_state x) {
  const std::scoped_lock lock{mutex_};
  state_is_due_ = false;
  if (x.answered)
    state_ = std::move(x);
  bell_.ring();
}

std::optional<supervisor_state> backstage::take_state() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(state_, std::nullopt);
}

} // namespace supervisor
