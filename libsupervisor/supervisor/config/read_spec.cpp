#include "supervisor/config/fields/objects.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/config/text_of.hpp"

#include <optional>
#include <utility>

namespace supervisor {

namespace {

void decode(config::reading& r, declared_spec& to) { config::read_file(r, to); }

void decode(config::reading& r, declared_child_spec& to) {
  config::read_child(r, r.file().root(), to);
}

template <class T>
void read_and_check(config::reading& r, T& to) {
  decode(r, to);
  for (const auto* member : r.file().repeated())
    r.wrong(*member, "this key has been there before");
  r.add(validate(to));
}

template <class T>
expected<T> read_valid(std::string_view text) {
  const auto file = config::document::parse(text);
  if (!file)
    return file.error();
  config::reading r{*file};
  T to;
  read_and_check(r, to);
  if (r.count() != 0)
    return r.in_order();
  return to;
}

} // namespace

expected<declared_spec> read_spec(std::string_view text) { return read_valid<declared_spec>(text); }

expected<declared_child_spec> read_child(std::string_view text) {
  return read_valid<declared_child_spec>(text);
}

expected<declared_spec> load_spec(const std::filesystem::path& path) {
  const auto text = config::text_of(path);
  return text ? read_spec(*text) : text.error();
}

// -- drafts --------------------------------------------------------------------------------------------

/// The document refers to the text, and the reading to the document: none of them moves.
template <class T>
struct draft<T>::inside {
  explicit inside(std::string source)
    : text(std::move(source)), file(config::document::parse(text)) {
    if (file)
      read_and_check(found.emplace(*file), made);
  }

  const std::string text;
  const expected<config::document> file;
  std::optional<config::reading> found{}; ///< if it is JSON
  T made{};
};

template <class T>
draft<T>::draft(std::shared_ptr<inside> x) : file_(std::move(x)) {}

template <class T>
draft<T>::draft(faults unreadable) : unreadable_(std::move(unreadable)) {}

template <class T>
draft<T> draft<T>::of(std::string text) {
  return draft{std::make_shared<inside>(std::move(text))};
}

template <class T>
draft<T> draft<T>::of(const std::filesystem::path& path) {
  auto text = config::text_of(path);
  return text ? of(*std::move(text)) : draft{text.error()};
}

template <class T>
const T* draft<T>::read() const {
  return file_ && file_->file ? &file_->made : nullptr;
}

template <class T>
bool draft<T>::is_good() const {
  return read() && file_->found->count() == 0;
}

template <class T>
bool draft<T>::knows_all_children() const {
  return read() && file_->found->knows_all_children();
}

template <class T>
void draft<T>::add(const faults& some) {
  if (read())
    file_->found->add(some);
}

template <class T>
faults draft<T>::wrong() const {
  if (!file_)
    return unreadable_;
  return file_->file ? file_->found->in_order() : file_->file.error();
}

template <class T>
faults draft<T>::with_lines(const faults& some) const {
  return read() ? config::in_order(*file_->file, some) : some;
}

template class draft<declared_spec>;
template class draft<declared_child_spec>;

} // namespace supervisor
