#pragma once

#include "supervisor/supervisor.hpp"

#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace supervisor {

/// The program that runs a tree, as a factory sees it. Copies share it; threads may share it.
class program {
public:
  /// Asks for an orderly end of the tree. May be called from any thread or actor, at any time.
  std::function<void(std::string requested_by, std::string reason)> shut_down;

  /// Registers what to print when the tree has ended and its report is printed, in the order of
  /// registration; only while factories are called. Whoever gives back false makes an exit code of 0
  /// a 1: the tree ended well, the work did not.
  std::function<void(std::function<bool(std::ostream&)>)> at_end;

  /// Folder of the file the tree was read from: what a relative path in `args` is relative to.
  std::string folder{"."};
};

class binding;

/// What the names in a file stand for. A value: a program makes one and hands it to `cli`.
class catalog {
public:
  /// Makes a start from the `args` of a declaration, a JSON object as text. Called once a child,
  /// before anything runs; what the start makes is made again at every restart. A fault's `where` is
  /// relative to `args`.
  using factory = std::function<expected<launcher>(std::string_view args, program&)>;

  /// `about` is one line for people.
  catalog& add(std::string name, std::string about, factory make);

  /// What makes a start of a declared process, such as `supervisor::process`. Without it a file may
  /// declare none.
  catalog& run_processes_with(std::function<launcher(process_spec)> make);

  /// What a precondition means by "check": called before each start of a child that names it, in a
  /// thread of its own.
  catalog& add_check(std::string name, std::function<bool()> holds);

  /// Where the secrets of a file's children are looked up, see `start_options::secrets`.
  catalog& take_secrets_from(secret_provider);

  /// What `--version` says of the program; without it, it only names the toolkit and its version.
  catalog& is_version(std::string of_program);

  const std::string& version() const { return version_; }
  const secret_provider& secrets() const { return secrets_; }
  bool knows(std::string_view name) const;
  std::vector<std::string_view> names() const;
  std::string_view about(std::string_view name) const;
  bool knows_check(std::string_view name) const { return checks_.contains(name); }
  std::vector<std::string_view> checks() const;

  /// The declared tree with every name replaced by what it stands for, or all faults: unknown names
  /// with the nearest known one, and what the factories refuse, each with its place in the file.
  expected<supervisor_spec> bind(const declared_spec&, program&) const;

  /// The same for one child; places are those in the child.
  expected<child_spec> bind(const declared_child_spec&, program&) const;

  /// The same, as far as it goes: a child whose start is not to be had has none.
  template <class Spec>
  struct bound {
    Spec spec{};
    faults wrong{};
  };

  bound<supervisor_spec> bind_known(const declared_spec&, program&) const;
  bound<child_spec> bind_known(const declared_child_spec&, program&) const;

private:
  struct entry {
    std::string about;
    factory make;
  };

  expected<launcher> make(const declared_start&, program&) const;

  std::map<std::string, entry, std::less<>> entries_;
  std::map<std::string, std::function<bool()>, std::less<>> checks_;
  std::function<launcher(process_spec)> make_process_;
  secret_provider secrets_;
  std::string version_;

  friend class binding;
};

/// The child that a JSON text declares, as it stands in the `children` of a file, ready to be added
/// to a running tree, see `tree::start_child`. Or all that is wrong with it.
expected<child_spec> child_from_json(std::string_view text, const catalog&, program&);

} // namespace supervisor
