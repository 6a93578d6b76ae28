#pragma once

// Who sits where in a supervisor that runs, as a template: internal to the library.

#include "supervisor/plan/make_plan.hpp"

#include <algorithm>
#include <unordered_map>

namespace supervisor::detail {

/// Whether what runs may go on when the one becomes the other: a supervisor changes itself, but none
/// becomes a pool or ceases to be one.
template <class Start>
bool goes_on(const Start& before, const Start& after) {
  const auto is_pool
    = [](const Start& x) { return x.tree()->strategy == strategy::simple_one_for_one; };
  if (before.tree() && after.tree())
    return is_pool(before) == is_pool(after);
  return same_start(before, after);
}

template <class Start>
bool goes_on(const basic_child_spec<Start>& before, const basic_child_spec<Start>& after) {
  return goes_on(before.start, after.start) && !needs_new_life(words_of(before), words_of(after));
}

/// The children of one supervisor by their seats, and the plan that goes with them. As long as
/// nothing changes it is only the spec, and shares its plan; a change costs as much as the child
/// that changes, but for the first one. The specs that it hands out stay where they are until their
/// seat is vacated or the whole is revised.
template <class Start>
class roster {
public:
  using child_type = basic_child_spec<Start>;
  using spec_type = basic_supervisor_spec<Start>;

  roster(std::shared_ptr<const spec_type> spec, std::shared_ptr<const supervisor::plan> by,
         std::uint64_t seed)
    : spec_(std::move(spec)), plan_(std::move(by)), seed_(seed) {
    if (!plan_->pool)
      for (const auto& child : spec_->children)
        seats_.push_back(&child);
  }

  roster(std::shared_ptr<const spec_type> spec, std::uint64_t seed)
    : roster(spec, make_plan(*spec, seed), seed) {}

  const supervisor::plan& plan() const { return *plan_; }
  const spec_type& spec() const { return *spec_; }
  const std::shared_ptr<const spec_type>& shared_spec() const { return spec_; }
  slot size() const { return static_cast<slot>(seats_.size()); }
  bool is_vacant(slot who) const { return seats_[who] == nullptr; }
  const child_type& of(slot who) const { return *seats_[who]; }

  /// Its place in the declaration, or nobody: it was added, or is to leave.
  slot place_of(slot who) const {
    return own_.contains(who) ? nobody : static_cast<slot>(seats_[who] - spec_->children.data());
  }

  /// The seat of the child with that id, or nobody.
  slot find(std::string_view id) const {
    if (by_id_.empty() && !seats_.empty())
      for (slot i = 0; i < seats_.size(); ++i)
        if (seats_[i])
          by_id_.emplace(seats_[i]->id, i);
    const auto known = by_id_.find(id);
    return known == by_id_.end() ? nobody : known->second;
  }

  /// A seat for one more child, whose dependencies must be there: a new one, unless its id is that
  /// of a child that is forgotten. Of a pool it must be made of the template.
  slot add(child_type child) {
    change();
    const auto who = seat_for(child.id); // from here on the index is kept
    auto mine = std::make_unique<child_type>(std::move(child));
    by_id_.emplace(mine->id, who);
    seats_[who] = mine.get();
    own_[who] = std::move(mine);
    const auto& added = *seats_[who];
    put(added, who);
    link(added, who);
    last_added_ = who;
    return who;
  }

  void vacate(slot who) {
    change();
    static_cast<void>(find({}));
    by_id_.erase(seats_[who]->id);
    builder_->vacate(who);
    seats_[who] = nullptr;
    own_.erase(who);
    free_.push_back(who);
    if (last_added_ == who)
      last_added_ = nobody;
  }

  /// Becomes what `wanted` says: who is in both keeps its seat. Children that were added at run time
  /// stay, unless `wanted` declares them. Those that are to leave keep their seats until they are
  /// vacated. What changed stands in plan().revision.
  void revise(std::shared_ptr<const spec_type> wanted, bool must_hold);

private:
  /// Those that are there stay as they were made.
  void revise_pool(std::shared_ptr<const spec_type> wanted, bool must_hold) {
    const auto before_spec = std::exchange(spec_, std::move(wanted));
    const auto before = plan_;
    builder_.emplace(build_plan(*spec_, seed_));
    plan_ = builder_->made;
    auto& changes = builder_->made->revision;
    for (slot who = 0; who < seats_.size(); ++who)
      if (seats_[who]) {
        builder_->put(who, std::uint32_t{0});
        changes.changed.push_back(who);
      }
    changes.limits_changed = true;
    changes.must_hold = must_hold;
    note_groups(*before, *before_spec);
  }

  /// Not the spec's plan any more, but one of our own.
  void change() {
    if (builder_)
      return;
    builder_.emplace(build_plan(*spec_, seed_));
    plan_ = builder_->made;
  }

  /// Its own, if it had one and is forgotten: others may wait for it.
  slot seat_for(std::string_view id) {
    const auto known = find(id);
    if (known == nobody)
      return free_seat();
    by_id_.erase(id);
    builder_->vacate(known);
    return known;
  }

  slot free_seat() {
    if (free_.empty()) {
      seats_.push_back(nullptr);
      return static_cast<slot>(seats_.size() - 1);
    }
    const auto who = free_.back();
    free_.pop_back();
    return who;
  }

  void put(const child_type& child, slot who) {
    if (plan_->pool)
      return builder_->put(who, std::uint32_t{0});
    const auto by_name = singled_out_by(said_in(spec_->more));
    if (by_name.empty() && last_added_ != nobody && last_added_ != who
        && says_the_same(child, *seats_[last_added_]))
      return builder_->put(who, plan_->kind_of[last_added_]);
    builder_->put(who, key_of(child, *spec_, by_name));
  }

  void link(const child_type& child, slot who) {
    each_need(child, [&](std::string_view id) {
      if (const auto needed = find(id); needed != nobody)
        builder_->need(who, needed);
    });
    if (const auto* primary = linked_primary(child))
      if (const auto followed = find(*primary); followed != nobody)
        builder_->follow(who, followed);
  }

  void seat_again(slot who, const child_type& child) {
    own_[who] = std::make_unique<child_type>(child);
    seats_[who] = own_[who].get();
  }

  void note_groups(const supervisor::plan& before, const spec_type& before_spec);

  std::shared_ptr<const spec_type> spec_;
  std::shared_ptr<const supervisor::plan> plan_;
  std::uint64_t seed_;
  std::vector<const child_type*> seats_;
  std::optional<plan_builder> builder_;
  std::unordered_map<slot, std::unique_ptr<child_type>> own_; ///< those that are not in the spec
  std::vector<slot> free_;
  slot last_added_ = nobody;                                 ///< by the spec that holds
  mutable std::unordered_map<std::string_view, slot> by_id_; ///< made when first needed
};

template <class Start>
void roster<Start>::revise(std::shared_ptr<const spec_type> wanted, bool must_hold) {
  change();
  last_added_ = nobody;
  static_cast<void>(find({}));
  if (wanted->strategy == strategy::simple_one_for_one)
    return revise_pool(std::move(wanted), must_hold);
  const auto before_spec = spec_;
  const auto before = plan_;
  builder_.reset();
  plan::changes changes{.must_hold = must_hold};
  plan_builder next{wanted->strategy, wanted->intensity, said_in(wanted->more), seed_};
  const auto by_name = singled_out_by(said_in(wanted->more));
  const auto old_names = singled_out_by(said_in(before_spec->more));

  std::vector<bool> is_wanted(seats_.size());
  std::vector<slot> seat_of(wanted->children.size());
  std::vector<kind_key> keys;
  for (std::size_t i = 0; i < wanted->children.size(); ++i) {
    const auto& child = wanted->children[i];
    keys.push_back(key_of(child, *wanted, by_name));
    auto who = find(child.id);
    if (who == nobody) {
      who = free_seat();
      changes.added.push_back(who);
    } else {
      is_wanted[who] = true;
      const auto& was = *seats_[who];
      if (!goes_on(was, child))
        changes.renewed.push_back(who);
      if (key_of(was, *before_spec, old_names) != keys.back())
        changes.changed.push_back(who);
    }
    seat_of[i] = who;
  }
  std::vector<bool> is_dropped(seats_.size());
  for (slot who = 0; who < is_wanted.size(); ++who)
    if (seats_[who] && !is_wanted[who]) {
      const auto dynamic = own_.contains(who);
      auto key = key_of(*seats_[who], *wanted, by_name);
      is_dropped[who] = !dynamic;
      if (!dynamic)
        changes.dropped.push_back(who);
      else if (key_of(*seats_[who], *before_spec, old_names) != key)
        changes.changed.push_back(who);
      next.put(who, std::move(key));
      if (!dynamic)
        seat_again(who, *seats_[who]);
    }
  for (std::size_t i = 0; i < seat_of.size(); ++i) {
    const auto who = seat_of[i];
    next.put(who, std::move(keys[i]));
    own_.erase(who);
    seats_[who] = &wanted->children[i];
  }
  by_id_.clear();
  spec_ = std::move(wanted);
  builder_.emplace(std::move(next));
  plan_ = builder_->made;
  for (slot who = 0; who < seats_.size(); ++who)
    if (seats_[who] && !is_dropped[who])
      link(*seats_[who], who);
  auto& made = *builder_->made;
  for (const auto place : start_order(spec_->children))
    made.order.push_back(seat_of[place]);
  made.revision = std::move(changes);
  made.revision.limits_changed = made.intensity != before->intensity
                                 || said_in(spec_->more).limits != said_in(before_spec->more).limits
                                 || said_in(spec_->more).limit != said_in(before_spec->more).limit
                                 || said_in(spec_->more).supervisor_failure_limit
                                      != said_in(before_spec->more).supervisor_failure_limit;
  note_groups(*before, *before_spec);
  made.hash = hash_of(made);
}

/// A group keeps its number in the configs of its spec.
template <class Start>
void roster<Start>::note_groups(const supervisor::plan& before, const spec_type& before_spec) {
  auto& changes = builder_->made->revision;
  const auto& now = said_in(spec_->more).group_configs;
  const auto& then = said_in(before_spec.more).group_configs;
  for (std::size_t g = 0; g < plan_->groups.size(); ++g) {
    const auto found = std::ranges::find(before.groups, plan_->groups[g].name, &plan::group::name);
    const auto was = static_cast<std::uint32_t>(found - before.groups.begin());
    const auto is_old = found != before.groups.end();
    changes.group_was.push_back(is_old ? was : plan::none);
    changes.keeps_limits.push_back(is_old && now[g].limits == then[was].limits);
  }
}

} // namespace supervisor::detail
