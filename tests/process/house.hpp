#pragma once

#include "stage.hpp"

#include <supervisor/process/process.hpp>
#include <supervisor/supervisor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace supervisor {

/// A child that is a puppet which does what the words say.
child_spec puppet_child(std::string id, std::vector<std::string> words);

/// The same of the shell.
child_spec shell_child(std::string id, std::string script);

child_spec with(child_spec, const std::function<void(child_details&)>& change);

/// Stays as it is, whatever happened.
struct leaves_it {
  decision decide(const situation&) const { return leave_down(); }
};

/// A child that may fail to start, and then is left alone.
child_spec resigned(child_spec);

/// A running tree, and all that was told of it. At its end nobody is left.
class house {
public:
  house(supervisor_spec, start_options);
  explicit house(std::vector<child_spec> children)
    : house(supervisor_spec{.children = std::move(children)}, {.log = {}}) {}
  ~house();

  const tree& running() const { return *tree_; }

  /// Whether it comes in time, so often: "child_ready a", or how a decided end came out,
  /// "a SIGKILL: restart".
  bool comes(const std::string& line, std::size_t times = 1) const;

  /// Those that were told so far and are in `wanted`, in order and separated by commas.
  std::string only(const std::vector<std::string>& wanted) const;

  /// Everything, with all its texts.
  std::string all() const;

  /// Of a child of the root.
  child_state state(const std::string& id) const;
  bool shows(const std::string& id, const std::function<bool(const child_state&)>&) const;
  pid_t pid(const std::string& id) const;

  /// What programs said, "a: up".
  std::vector<std::string> lines() const;
  bool says(const std::string& line, std::size_t times = 1) const;

  /// Stops it, and waits until all lines have come.
  shutdown_report stop();

private:
  struct story;

  std::shared_ptr<story> story_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::optional<tree> tree_;
};

/// What is left of a child that cannot start: its last words. Nobody runs.
std::string start_failure_of(child_spec);

inline const audit anna{"anna", "a test"};

} // namespace supervisor
