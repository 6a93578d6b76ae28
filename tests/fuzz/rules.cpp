#include "any_spec.hpp"
#include "story.hpp"
#include "valid.hpp"

using namespace supervisor;

namespace {

void check_any(const declared_spec& spec) {
  const auto found = validate(spec);
  check_faults(found, spec);
  must(found == validate(spec), "a tree is as wrong as it is");
  for (const auto& child : spec.children) {
    const auto holds = effective(child, spec);
    must(holds.limits.value == effective(child, spec).limits.value || !found.empty(),
         "what holds for a child holds");
    for (const auto& alone : validate(child))
      must(!alone.what.empty(), "a fault of a child has a text");
  }
}

/// Whoever differs has a reason, and is told in one line at least.
void check_changes(const declared_spec& from, const declared_spec& to) {
  const auto found = changes(from, to);
  for (const auto& x : found) {
    must(x.path.starts_with('/'), "a change has a path");
    if (x.what == change_kind::restart || x.what == change_kind::change_in_place)
      must(!x.why.empty(), "a change has a reason: " + x.path);
  }
  must(!to_string(found).empty(), "changes can be shown");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  choices from{{bytes, size}};
  const auto spec = fuzz::any_spec(from, 2);
  check_any(spec);
  if (!validate(spec).empty())
    return 0;
  check_valid(spec);
  auto wanted = spec;
  if (from.maybe())
    wanted = fuzz::any_spec(from, 1);
  else if (!wanted.children.empty())
    wanted.children[from.roll(wanted.children.size())] = fuzz::any_child(from, 1);
  const auto is_pool
    = [](const declared_spec& x) { return x.strategy == strategy::simple_one_for_one; };
  if (validate(wanted).empty() && is_pool(wanted) == is_pool(spec)) {
    check_changes(spec, wanted);
    story{spec, from}.tell_and_become(wanted);
  } else
    tell_all(spec, from);
  return 0;
}
