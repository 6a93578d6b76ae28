#include "shrink.hpp"

#include <algorithm>

namespace otp {

namespace {

/// Every story that is simpler by one thing.
class simpler {
public:
  explicit simpler(const story& x) : whole_(x) {}

  std::vector<story> all() {
    for (std::size_t i = whole_.steps.size(); i-- > 0;)
      without_step(i);
    auto changed = whole_;
    in_supervisor(changed, changed.root);
    for (std::size_t i = 0; i < whole_.steps.size(); ++i) {
      changed = whole_;
      in_step(changed, changed.steps[i]);
    }
    return std::move(found_);
  }

private:
  void without_step(std::size_t i) {
    auto& steps = found_.emplace_back(whole_).steps;
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(i));
    for (std::size_t v = 0;
         whole_.steps[i].victims.size() > 1 && v < whole_.steps[i].victims.size(); ++v) {
      auto& victims = found_.emplace_back(whole_).steps[i].victims;
      victims.erase(victims.begin() + static_cast<std::ptrdiff_t>(v));
    }
  }

  /// `x` is part of `all`, here and below; whatever is tried is put back.
  void in_step(const story& all, step& x) {
    if (x.what == act::start && !x.is_member)
      in_child(all, x.added);
    if (x.meanwhile.empty())
      return;
    in_step(all, x.meanwhile.front());
    const auto before = std::exchange(x.meanwhile, {});
    found_.push_back(all);
    x.meanwhile = before;
  }

  void in_supervisor(const story& all, seat& x) {
    change(all, x.restarts, 1u);
    if (!is_pool(x)) {
      change(all, x.strategy, strategy::one_for_one);
      for (std::size_t i = x.below.size(); i-- > 0;) {
        const auto before = x.below;
        x.below.erase(x.below.begin() + static_cast<std::ptrdiff_t>(i));
        found_.push_back(all);
        x.below = before;
      }
    }
    for (auto& below : x.below)
      in_child(all, below);
  }

  void in_child(const story& all, seat& x) {
    change(all, x.significant, false);
    if (!x.significant)
      change(all, x.when, restart::permanent);
    if (x.is_supervisor)
      return in_supervisor(all, x);
    change(all, x.starts, {});
    for (std::size_t i = x.starts.size(); i-- > 0;) {
      change(all, x.starts[i], attempt::works);
      auto fewer = x.starts;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      change(all, x.starts, std::move(fewer));
    }
    if (x.stops == manners::ignores) {
      const auto before = std::exchange(x.patience_ms, 5000);
      change(all, x.stops, manners::obeys);
      x.patience_ms = before;
    } else {
      change(all, x.stops, manners::obeys);
      change(all, x.patience_ms, 5000u);
    }
  }

  template <class T>
  void change(const story& all, T& what, std::type_identity_t<T> into) {
    if (what == into)
      return;
    const auto before = std::exchange(what, std::move(into));
    found_.push_back(all);
    what = before;
  }

  const story& whole_;
  std::vector<story> found_{};
};

} // namespace

story shrink(story x, const failing& still_fails) {
  for (;;) {
    auto all = simpler{x}.all();
    const auto fails = still_fails(all);
    const auto first = std::ranges::find(fails, true);
    if (first == fails.end())
      return x;
    x = std::move(all[static_cast<std::size_t>(first - fails.begin())]);
  }
}

} // namespace otp
