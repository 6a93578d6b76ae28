#pragma once

#include "supervisor/cli/catalog.hpp"
#include "supervisor/cli/output/printer.hpp"

#include <functional>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace supervisor {

/// Where the actors of a tree leave word for whoever runs it, and for whoever reads.
class backstage {
public:
  explicit backstage(std::shared_ptr<printer> to) : printer_(std::move(to)) {}

  // -- for anybody, at any time -------------------------------------------------------------------

  void shut_down(std::string requested_by, std::string reason);
  void at_end(std::function<bool(std::ostream&)> hook);
  void note(const tree_event&);

  /// A line of a program. Waits until there is room for it, see printer::pass_on.
  void say(const log_line&);

  // -- for the one that runs the tree -------------------------------------------------------------

  printer& out() const { return *printer_; }

  void opened(const tree&);
  void closed(); ///< lets go of the tree

  std::vector<std::function<bool(std::ostream&)>> take_hooks();

  /// Those that may still run.
  std::set<std::string> abandoned() const;

private:
  void note_abandoned(const tree_event&);

  const std::shared_ptr<printer> printer_;
  mutable std::mutex mutex_;
  std::optional<tree> tree_;
  std::optional<std::pair<std::string, std::string>> asked_; ///< before there was a tree
  std::vector<std::function<bool(std::ostream&)>> hooks_;
  std::set<std::string> abandoned_;
};

} // namespace supervisor
