#pragma once

#include "supervisor/spec/spec.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace supervisor {

/// The tree that a JSON text declares, decoded and validated, or all that is wrong with it, in the
/// order of its lines. Comments are allowed. A text that is no JSON has one fault, the first.
expected<declared_spec> read_spec(std::string_view text);

expected<declared_spec> load_spec(const std::filesystem::path&);

/// The same for one child, as it stands in the `children` of a file. Of the rules those that need
/// neither siblings nor a supervisor: the others are for `validate_child`.
expected<declared_child_spec> read_child(std::string_view text);

/// A text that declares something, as far as it can be read, with all that is wrong with it so far. For
/// those who look at it more closely than `read_spec` does: they add what they find, and all faults
/// come together. Copies are the same draft.
template <class T>
class draft {
public:
  static draft of(std::string text);
  static draft of(const std::filesystem::path&);

  /// What could not be read is as if it had not been said, so nobody should start it if something is
  /// wrong. Null: it is no JSON, or cannot be read at all.
  const T* read() const;

  bool is_good() const;

  /// Whether all children could be read, and their ids: else nobody knows whom a name means.
  bool knows_all_children() const;

  /// Faults of what was read, by their places. Those that only follow from others are dropped.
  void add(const faults&);

  /// In the order of the lines. Of very many the first thousand, and how many more there are.
  faults wrong() const;

  /// Whatever else is to be said of places in it, likewise; nothing is dropped.
  faults with_lines(const faults&) const;

private:
  struct inside;

  explicit draft(faults unreadable);
  explicit draft(std::shared_ptr<inside>);

  std::shared_ptr<inside> file_{};
  faults unreadable_{};
};

extern template class draft<declared_spec>;
extern template class draft<declared_child_spec>;

using spec_draft = draft<declared_spec>;
using child_draft = draft<declared_child_spec>;

/// The same tree as a file, in its shortest form: what is so anyway is left out, and names of factories
/// stay what they are. `read_spec` makes the same tree of it. Faults: what only C++ can say, such as a
/// policy of one's own, with its place.
expected<std::string> to_json(const declared_spec&);

/// The JSON Schema (draft-07) of what `read_spec` takes. It knows forms: that ids are unique and
/// dependencies exist is for `validate`.
std::string schema();

} // namespace supervisor
