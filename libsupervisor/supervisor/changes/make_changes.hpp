#pragma once

// What has to be done to get from one tree to another, as a template: included by the one source
// file of each layer that instantiates it, and by nobody else.

#include "supervisor/changes/changes.hpp"
#include "supervisor/rules/validate.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace supervisor::detail {

/// All that may become something else while the child goes on.
struct child_settings {
  std::string_view id{};
  task_kind kind{};
  effective_policy holds{};
  bool singled_out = false; ///< by an override of its supervisor
  const std::optional<restart_policy>& policy;
  supervisor::readiness readiness{};
  supervisor::criticality criticality{};
  nanoseconds start_timeout{};
  const std::vector<std::string>& dependencies;
  const child_details& more;
};

/// A supervisor's own words.
struct supervisor_settings {
  supervisor::strategy strategy{};
  policies::intensity intensity{};
  const child_defaults& defaults;
  const supervisor_details& more;
};

using reasons = std::vector<std::string>;

reasons differences(const child_settings& was, const child_settings& is);

/// What it was given at its start, and has as long as it lives.
reasons renewals(const child_view& was, const child_view& is);

/// But for what is seen at its children.
reasons differences(const supervisor_settings& was, const supervisor_settings& is);

/// Whether a child that is added later is told the same.
bool tell_children_the_same(const supervisor_settings& was, const supervisor_settings& is);

/// "id: a -> b"; empty if both are the same.
std::string id_difference(const std::string& was, const std::string& is);

/// "order of children: b before a"; empty if both lists are the same.
std::string order_difference(const std::vector<std::string_view>& was,
                             const std::vector<std::string_view>& is);

/// "with 3 children below"; empty for none.
std::string with_below(std::size_t children);

/// The same reasons, said of the template of a pool.
reasons of_template(reasons);

inline void append(reasons& to, reasons more) {
  to.insert(to.end(), std::move_iterator{more.begin()}, std::move_iterator{more.end()});
}

inline void append(reasons& to, std::string one) {
  if (!one.empty())
    to.push_back(std::move(one));
}

template <class Start>
child_settings settings_of(const basic_child_spec<Start>& child,
                           const basic_supervisor_spec<Start>& spec, const singled_out& by_name) {
  return {.id = child.id,
          .kind = child.start.kind(),
          .holds = effective(child, spec, by_name),
          .singled_out = by_name.overrides.contains(child.id),
          .policy = child.policy,
          .readiness = child.readiness,
          .criticality = child.criticality,
          .start_timeout = child.start_timeout.value_or(default_start_timeout),
          .dependencies = child.dependencies,
          .more = said_in(child.more)};
}

template <class Start>
supervisor_settings settings_of(const basic_supervisor_spec<Start>& spec) {
  return {spec.strategy, spec.intensity, spec.defaults, said_in(spec.more)};
}

/// How many are below it, however deep; the template of a pool is none.
template <class Start>
std::size_t count_below(const basic_supervisor_spec<Start>& spec) {
  if (is_pool(spec))
    return 0;
  auto count = spec.children.size();
  for (const auto& child : spec.children)
    if (const auto* nested = child.start.tree())
      count += count_below(*nested);
  return count;
}

template <class Start>
std::string below(const basic_child_spec<Start>& child) {
  const auto* nested = child.start.tree();
  return nested ? with_below(count_below(*nested)) : "";
}

template <class Start>
std::string why_another(const Start& was, const Start& is) {
  const auto *old_tree = was.tree(), *new_tree = is.tree();
  if (!old_tree && !new_tree)
    return same_start(was, is) ? "" : start_difference(was, is);
  if (old_tree && new_tree)
    return "";
  return old_tree ? "start: it is no supervisor any more" : "start: it is a supervisor now";
}

/// Why it has to be restarted, if it has to.
template <class Start>
reasons why_restarted(const basic_child_spec<Start>& was, const basic_child_spec<Start>& is) {
  reasons why;
  append(why, why_another(was.start, is.start));
  append(why, renewals(words_of(was), words_of(is)));
  return why;
}

/// A supervisor that is wanted still, and as what it was: one with declared children, or one whose
/// children are made at run time.
template <class Start>
bool goes_on(const basic_supervisor_spec<Start>& was, const basic_supervisor_spec<Start>& is) {
  return is_pool(was) == is_pool(is);
}

template <class Start>
ids ids_in(const std::vector<basic_child_spec<Start>>& children) {
  ids known;
  for (std::size_t i = 0; i < children.size(); ++i)
    known.emplace(children[i].id, i);
  return known;
}

/// In the order of starting, as far as they are in `both`.
template <class Start>
std::vector<std::string_view> order_of(const std::vector<basic_child_spec<Start>>& children,
                                       const ids& both) {
  std::vector<std::string_view> order;
  for (const auto i : start_order(children))
    if (both.contains(children[i].id))
      order.push_back(children[i].id);
  return order;
}

/// Puts the list together.
template <class Start>
class comparison {
  using spec_type = basic_supervisor_spec<Start>;
  using child_type = basic_child_spec<Start>;

public:
  std::vector<change> made{};

  /// In the order of starting.
  void list_stops(const spec_type& was, const spec_type& is, const std::string& above) {
    if (!goes_on(was, is) || is_pool(is))
      return;
    const auto wanted = ids_in(is.children);
    for (const auto i : start_order(was.children)) {
      const auto& child = was.children[i];
      if (const auto at = wanted.find(child.id); at == wanted.end())
        list(above + child.id, change_kind::stop, {"not in the new spec"}, below(child));
      else
        list_stops_below(child, is.children[at->second], above + child.id + "/");
    }
  }

  /// `why`: what is known of it as a child.
  void list_rest(const spec_type& was, const spec_type& is, const std::string& path, reasons why) {
    append(why, differences(settings_of(was), settings_of(is)));
    if (!goes_on(was, is))
      return list(path, change_kind::restart, std::move(why), with_below(count_below(is)));
    const auto place = made.size();
    list(path, change_kind::nothing, {});
    append(why, is_pool(is) ? template_differences(was, is)
                            : list_children(was, is, path == "/" ? path : path + "/"));
    made[place].what = why.empty() ? change_kind::nothing : change_kind::change_in_place;
    made[place].why = std::move(why);
  }

private:
  void list(std::string path, change_kind what, reasons why, std::string last = {}) {
    append(why, std::move(last));
    made.push_back({std::move(path), what, std::move(why)});
  }

  void list_stops_below(const child_type& was, const child_type& is, const std::string& above) {
    if (was.start.tree() && is.start.tree())
      list_stops(*was.start.tree(), *is.start.tree(), above);
  }

  /// What is left to say about the supervisor.
  reasons list_children(const spec_type& was, const spec_type& is, const std::string& above) {
    const auto running = ids_in(was.children);
    const auto old_names = singled_out_by(said_in(was.more));
    const auto names = singled_out_by(said_in(is.more));
    auto seen = false;
    for (const auto i : start_order(is.children)) {
      const auto& child = is.children[i];
      const auto at = running.find(child.id);
      if (at == running.end()) {
        list(above + child.id, change_kind::start, {"not there so far"}, below(child));
        continue;
      }
      const auto& old = was.children[at->second];
      auto why = differences(settings_of(old, was, old_names), settings_of(child, is, names));
      seen = seen || !why.empty();
      list_kept(old, child, above + child.id, std::move(why));
    }
    return about_children(was, is, running, seen);
  }

  void list_kept(const child_type& was, const child_type& is, const std::string& path,
                 reasons why) {
    if (auto renewed = why_restarted(was, is); !renewed.empty()) {
      append(renewed, std::move(why));
      return list(path, change_kind::restart, std::move(renewed), below(is));
    }
    if (is.start.tree())
      return list_rest(*was.start.tree(), *is.start.tree(), path, std::move(why));
    const auto what = why.empty() ? change_kind::nothing : change_kind::change_in_place;
    list(path, what, std::move(why));
  }

  /// `seen`: something is different for one of them.
  static reasons about_children(const spec_type& was, const spec_type& is, const ids& running,
                                bool seen) {
    reasons why;
    append(why, order_difference(order_of(was.children, ids_in(is.children)),
                                 order_of(is.children, running)));
    if (!seen && !tell_children_the_same(settings_of(was), settings_of(is)))
      why.emplace_back("defaults: other ones for children that are added later");
    return why;
  }

  static reasons template_differences(const spec_type& was, const spec_type& is) {
    const auto &old = was.children.front(), &child = is.children.front();
    reasons why;
    append(why, id_difference(old.id, child.id));
    append(why, differences(settings_of(old, was, {}), settings_of(child, is, {})));
    auto other = why_restarted(old, child);
    const auto is_another = !other.empty() || is_other_below(old, child);
    append(why, std::move(other));
    why = of_template(std::move(why));
    if (is_another)
      why.emplace_back("template: new children are made of it");
    return why;
  }

  static bool is_other_below(const child_type& was, const child_type& is) {
    if (!was.start.tree() || !is.start.tree())
      return false;
    comparison all;
    all.list_stops(*was.start.tree(), *is.start.tree(), "/");
    all.list_rest(*was.start.tree(), *is.start.tree(), "/", {});
    return std::ranges::any_of(all.made,
                               [](const change& x) { return x.what != change_kind::nothing; });
  }
};

} // namespace supervisor::detail

namespace supervisor {

template <class Start>
std::vector<change> changes(const basic_supervisor_spec<Start>& running,
                            const basic_supervisor_spec<Start>& wanted) {
  detail::comparison<Start> all;
  all.list_stops(running, wanted, "/");
  std::ranges::reverse(all.made);
  detail::reasons why;
  detail::append(why, detail::id_difference(running.id, wanted.id));
  all.list_rest(running, wanted, "/", std::move(why));
  return std::move(all.made);
}

} // namespace supervisor
