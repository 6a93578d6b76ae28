#include "supervisor/cli/session/backstage.hpp"

#include "supervisor/cli/output/event_line.hpp"
#include "supervisor/text/printable.hpp"

#include <utility>

namespace supervisor {

namespace {

std::string or_else(std::string text, const char* otherwise) {
  return text.find_first_not_of(" \t\n") == std::string::npos ? otherwise : std::move(text);
}

bool begins_to_stop(const tree_event& x) {
  return x.supervisor.empty() && x.what.what == event_type::shutdown_phase_changed;
}

} // namespace

void backstage::shut_down(std::string requested_by, std::string reason) {
  auto by = or_else(std::move(requested_by), "program");
  auto why = or_else(std::move(reason), "asked to");
  printer_->hurry();
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
  if (begins_to_stop(x))
    printer_->hurry();
  note_abandoned(x);
  if (auto line = line_of(x); !line.empty())
    printer_->say(std::move(line));
}

void backstage::note_abandoned(const tree_event& x) {
  const auto path = std::string{x.supervisor} + "/" + std::string{x.child};
  const std::scoped_lock lock{mutex_};
  if (x.what.what == event_type::child_abandoned)
    abandoned_.insert(path);
  else if (x.what.what == event_type::child_shutdown_late_report)
    std::erase_if(abandoned_, [&](const std::string& left) {
      return left == path || left.starts_with(path + "/");
    });
}

void backstage::say(const log_line& x) {
  const auto colours = printer_->has_colour() ? showing::colours::kept : showing::colours::removed;
  printer_->pass_on("[" + x.path + "] " + showing::printable(x.text, showing::whole, colours));
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
}

std::vector<std::function<bool(std::ostream&)>> backstage::take_hooks() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(hooks_, {});
}

std::set<std::string> backstage::abandoned() const {
  const std::scoped_lock lock{mutex_};
  return abandoned_;
}

} // namespace supervisor
