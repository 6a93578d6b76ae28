#include "supervisor/effective/start_order.hpp"

#include <functional>
#include <queue>

namespace supervisor::detail {

std::vector<std::uint32_t> sorted(const std::vector<std::vector<std::uint32_t>>& dependents) {
  const auto size = static_cast<std::uint32_t>(dependents.size());
  std::vector<std::uint32_t> order, waits_for(size);
  for (const auto& some : dependents)
    for (const auto i : some)
      ++waits_for[i];
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free;
  for (std::uint32_t i = 0; i < size; ++i)
    if (waits_for[i] == 0)
      free.push(i);
  while (!free.empty()) {
    order.push_back(free.top());
    free.pop();
    for (const auto i : dependents[order.back()])
      if (--waits_for[i] == 0)
        free.push(i);
  }
  return order;
}

} // namespace supervisor::detail
