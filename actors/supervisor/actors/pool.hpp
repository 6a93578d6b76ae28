#pragma once

#include "supervisor/actors/launcher.hpp"

#include <algorithm>
#include <any>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <vector>

namespace supervisor {

// -- pools: children that come and go -------------------------------------------------------------------

namespace detail {

/// What is kept of an argument: texts as std::string.
template <class T>
using kept = std::conditional_t<
  std::is_convertible_v<std::decay_t<T>,
                        std::string_view> && !std::same_as<std::decay_t<T>, std::string_view>,
  std::string, std::decay_t<T>>;

} // namespace detail

/// The start of a pool's template: each child has arguments of its own, of these types, which come
/// behind `args`. They are given to `tree::start_member`, and used again at every restart.
template <class... Own, class F, class... Args>
requires(sizeof...(Own) > 0) launcher worker_with(F body, Args... args) {
  detail::check_args<Own...>();
  detail::recipe made{
    .kind = task_kind::async_worker,
    .label = "worker",
    .launch = [](detail::birth&) -> launched {
      return make_failure(failure::start_failed, "a template starts nothing without arguments");
    },
    .wishes = detail::wishes_in(args...),
    .made
    = std::make_shared<const detail::parts<task_kind::async_worker, F, Args...>>(body, args...),
  };
  made.with_args = [body, args...](const std::any& given) -> expected<launcher> {
    const auto* own = std::any_cast<std::tuple<Own...>>(&given);
    if (!own)
      return fault{"", given.has_value() ? "the arguments are not those that the template takes"
                                         : "the template takes arguments: give them"};
    return std::apply([&](const auto&... more) { return worker(body, args..., more...); }, *own);
  };
  return launcher{std::move(made)};
}

/// A supervisor whose children are made of `shape` at run time, see `tree::start_member`, and told
/// together to stop.
inline launcher pool(child_spec shape, intensity limit = {}) {
  supervisor_spec spec{.strategy = strategy::simple_one_for_one, .intensity = limit};
  spec.children.push_back(std::move(shape));
  return nested(std::move(spec));
}

// -- partitions: a fixed number of equal children, one of them for each key --------------------------------

/// A supervisor of `count` children like `shape`, called "<id>-0", "<id>-1", ...; each is restarted
/// alone. Their callers find the one for a key with `tree::partitions`. A spec with fewer than one of
/// them, or more than `most_partitions`, has a fault: see `validate`.
launcher partitioned(const child_spec& shape, std::size_t count, intensity limit = {});

inline constexpr std::size_t most_partitions = 1'000'000;

/// The children of a partitioned supervisor. As with a single ref, each actor or thread has a copy
/// of its own.
template <class T = caf::actor>
class partitions {
public:
  explicit partitions(std::vector<supervised_ref<T>> all) : all_(std::move(all)) {}

  std::size_t size() const { return all_.size(); }
  const supervised_ref<T>& at(std::size_t number) const { return all_.at(number); }

  /// Whoever looks after this key: the same one for the same key and number of partitions, in every
  /// process. By FNV-1a (Fowler, Noll, Vo 1991).
  const supervised_ref<T>& of(std::string_view key) const { return all_[hash(key) % all_.size()]; }

private:
  static std::uint64_t hash(std::string_view key) {
    std::uint64_t sum = 0xcbf29ce484222325u;
    for (const auto c : key)
      sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return sum;
  }

  std::vector<supervised_ref<T>> all_;
};

/// A wish: as a start argument it becomes the `partitions<T>` of all `count` children of a
/// partitioned supervisor. `path` is theirs without the number: of `partitioned({.id = "part", …}, 4)`
/// in the sibling "cache" it is "cache/part".
template <class T = caf::actor>
struct partitions_to {
  std::string path{};
  std::size_t count = 0;

  friend bool operator==(const partitions_to&, const partitions_to&) = default;
};

template <class T = caf::actor>
partitions_to<T> partitions_ref(std::string path, std::size_t count) {
  return {std::move(path), count};
}

namespace detail {

template <class T>
wish wish_of(const partitions_to<T>& x) {
  return {x.path, &typeid(T), std::min(x.count, most_partitions + 1), true};
}

template <class T>
void note_wish(std::vector<wish>& wishes, const partitions_to<T>& x) {
  wishes.push_back(wish_of(x));
}

template <class T>
partitions<T> resolve(birth& b, const partitions_to<T>& x) {
  std::vector<supervised_ref<T>> all;
  for (const auto& path : paths_of(wish_of(x), b.above))
    all.push_back(supervised_ref<T>{b.cell_of(path)});
  return partitions<T>{std::move(all)};
}

} // namespace detail

} // namespace supervisor
