#include "story.hpp"
#include "valid.hpp"

#include <supervisor/config/json.hpp>

using namespace supervisor;

namespace {

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
}

void check_faults(const faults& all, std::string_view text) {
  must(!all.empty(), "a file that is refused has faults");
  std::uint32_t line = 1;
  for (const auto& x : all) {
    must(!x.what.empty() && is_printable(x.what), "a fault has a text that can be shown");
    if (&x == &all.back() && all.size() > 1000)
      return; // it says how many more there are
    must(x.where.empty() || x.where.starts_with('/'), "a fault has a place");
    must(x.line >= line && x.line <= count_lines(text), "faults come in the order of the lines");
    line = x.line;
  }
}

std::string said(std::string_view text) {
  const auto spec = read_spec(text);
  return spec ? show_effective(*spec) : to_string(spec.error());
}

/// The whole file also chooses what happens in the tree that it declares.
void check_tree(const declared_spec& spec, std::span<const std::uint8_t> bytes) {
  must(validate(spec).empty(), "a file that is read is valid");
  check_valid(spec);
  choices from{bytes.first(std::min<std::size_t>(bytes.size(), 400))};
  tell_all(spec, from);
}

/// Others have something to say of every child, whatever could be read.
void check_draft(const std::string& text, bool is_good) {
  auto file = spec_draft::of(text);
  must(file.is_good() == is_good, "a draft is good if its file is");
  if (!file.read())
    return;
  faults found;
  for (std::size_t i = 0; i < file.read()->children.size(); ++i)
    found.push_back({"/children/" + std::to_string(i) + "/factory", "is unknown"});
  must(file.with_lines(found).size() == std::min<std::size_t>(found.size(), 1001),
       "what is said of a file is told, or counted");
  file.add(found);
  if (!file.is_good())
    check_faults(file.wrong(), text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text{bytes, bytes + size};
  const auto spec = read_spec(text);
  if (spec)
    check_tree(*spec, {bytes, size});
  else
    check_faults(spec.error(), text);
  check_draft(text, bool{spec});
  must(said(text) == said(text), "a file says the same whenever it is read");
  const auto child = read_child(text);
  if (child)
    must(validate(*child).empty(), "a child that is read is valid");
  else
    check_faults(child.error(), text);
  return 0;
}
