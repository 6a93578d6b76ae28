#pragma once

#include <supervisor/supervisor.hpp>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

/// What an observer was told: "child_ready web", "child_ready shop/till", "shutdown_requested".
/// Threads may share it.
class told {
public:
  supervisor::start_options options(std::uint64_t seed = 1) {
    return {.observer = [all = all_](const supervisor::tree_event& x) { all->note(x); },
            .seed = seed};
  }

  std::size_t count(const std::string& line) const {
    const std::scoped_lock lock{all_->mutex};
    return static_cast<std::size_t>(std::ranges::count(all_->lines, line));
  }

  /// What the last such event said beside that.
  std::string text(const std::string& line) const {
    const std::scoped_lock lock{all_->mutex};
    const auto at = std::find(all_->lines.rbegin(), all_->lines.rend(), line);
    return at == all_->lines.rend()
             ? ""
             : all_->texts[static_cast<std::size_t>(all_->lines.rend() - at) - 1];
  }

  /// Whether it comes in time.
  bool comes(const std::string& line, std::size_t times = 1,
             std::chrono::nanoseconds within = std::chrono::seconds{10}) const {
    std::unique_lock lock{all_->mutex};
    return all_->changed.wait_for(lock, within, [&] {
      return static_cast<std::size_t>(std::ranges::count(all_->lines, line)) >= times;
    });
  }

  /// Those that were told so far and are in `wanted`, in order and separated by commas.
  std::string only(const std::vector<std::string>& wanted) const {
    const std::scoped_lock lock{all_->mutex};
    std::string text;
    for (const auto& line : all_->lines)
      if (std::ranges::count(wanted, line) > 0)
        text += (text.empty() ? "" : ", ") + line;
    return text;
  }

private:
  /// The tree may end later than whoever looks at it.
  struct story {
    void note(const supervisor::tree_event& x) {
      const std::scoped_lock lock{mutex};
      auto line = std::string{label(x.what.what)};
      auto path = std::string{x.supervisor};
      if (!x.child.empty())
        path += "/" + std::string{x.child};
      if (!path.empty())
        line += " " + path.substr(1);
      lines.push_back(std::move(line));
      texts.emplace_back(x.text);
      changed.notify_all();
    }

    std::mutex mutex{};
    std::condition_variable changed{};
    std::vector<std::string> lines{}, texts{};
  };

  const std::shared_ptr<story> all_ = std::make_shared<story>();
};
