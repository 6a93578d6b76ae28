#include "supervisor/actors/pool.hpp"

namespace supervisor {

namespace {

/// A start that is a fault of the spec it stands in.
launcher objected_to(std::string why) {
  return launcher{
    {.kind = task_kind::supervisor, .label = "supervisor", .objection = std::move(why)}};
}

} // namespace

launcher partitioned(const child_spec& shape, std::size_t count, intensity limit) {
  if (count < 1 || count > most_partitions)
    return objected_to("is partitioned by " + std::to_string(count) + ", must be by 1 to "
                       + std::to_string(most_partitions));
  supervisor_spec spec{.intensity = limit};
  spec.children.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    spec.children.push_back(shape);
    spec.children.back().id += "-" + std::to_string(i);
  }
  return nested(std::move(spec));
}

} // namespace supervisor
