#include "judge.hpp"
#include "on_otp.hpp"
#include "shrink.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <span>

// Compares what OTP, our core and our actors make of the same stories.

namespace {

using namespace otp;

struct options {
  std::size_t count = 1000;
  std::uint64_t seed = 1;
  rules ours = rules{}.set();
};

constexpr auto usage = "usage: otp_diff [--count N] [--seed S] [--without DEVIATION]...\n";

template <class T>
bool read(std::string_view text, T& into) {
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), into);
  return wrong == std::errc{} && end == text.data() + text.size();
}

bool read_name(std::string_view name, rules& ours) {
  const auto found = std::ranges::find(names_of_deviations, name);
  if (found == names_of_deviations.end())
    return false;
  ours.reset(static_cast<std::size_t>(found - names_of_deviations.begin()));
  return true;
}

bool read(std::span<char*> args, options& into) {
  for (std::size_t i = 0; i < args.size(); i += 2) {
    const std::string_view name{args[i]}, value{i + 1 < args.size() ? args[i + 1] : ""};
    const auto known = name == "--count"     ? read(value, into.count) && into.count > 0
                       : name == "--seed"    ? read(value, into.seed)
                       : name == "--without" ? read_name(value, into.ours)
                                             : false;
    if (!known)
      return false;
  }
  return true;
}

// -- the list of deviations ------------------------------------------------------------------------------

/// The first cells of the table "On purpose".
std::vector<std::string> listed() {
  std::ifstream in{OTP_DIFF_LIST};
  std::vector<std::string> names;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("| "))
      names.push_back(line.substr(2, line.find(" |", 2) - 2));
  return names;
}

bool all_are_listed() {
  const auto names = listed();
  auto complete = true;
  for (const auto name : names_of_deviations)
    if (std::ranges::find(names, name) == names.end()) {
      std::cout << "not listed in docs/deviations.md: " << name << "\n";
      complete = false;
    }
  return complete;
}

// -- many stories ------------------------------------------------------------------------------------------

constexpr std::size_t shown_in_full = 3;
constexpr std::size_t enough_for_all = 1000; ///< a deviation that so many do not need is none

class comparison {
public:
  explicit comparison(const options& x) : options_(x) {}

  bool run() {
    for (std::size_t i = 0; i < options_.count; ++i)
      stories_.push_back(make_story(options_.seed + i));
    auto theirs = on_otp(stories_);
    if (!theirs) {
      std::cout << "Erlang did not run to its end\n";
      return false;
    }
    for (std::size_t i = 0; i < stories_.size(); ++i)
      compare(stories_[i], std::move(theirs->all[i]));
    for (std::size_t i = 0; i < std::min(shown_in_full, wrong_.size()); ++i)
      show(*wrong_[i]);
    summarise(theirs->release);
    return wrong_.empty() && all_are_needed();
  }

private:
  void compare(const story& x, trace otp) {
    const auto all = tell(x, std::move(otp));
    events_ += count_events(all.otp);
    if (const auto why = unexplained(x, all, options_.ours); !why.empty()) {
      std::cout << "seed " << x.seed << ": " << why << "\n";
      wrong_.push_back(&x);
      return;
    }
    const auto used = needed(x, options_.ours);
    for (std::size_t i = 0; i < deviations; ++i)
      used_[i] += used[i];
    alike_ += all.otp == all.core;
    interrupted_ += has_command_between_tries(all.otp);
  }

  void show(const story& x) const {
    const auto small = shrink(x, [this](const std::vector<story>& all) { return failing(all); });
    const auto theirs = on_otp({small});
    if (!theirs)
      return;
    const auto all = tell(small, theirs->all.front());
    std::cout << "\nshrunk: " << unexplained(small, all, options_.ours) << "\n"
              << text_of(small, all, options_.ours);
  }

  std::vector<bool> failing(const std::vector<story>& all) const {
    std::vector<bool> fails;
    const auto theirs = on_otp(all);
    for (std::size_t i = 0; theirs && i < all.size(); ++i)
      fails.push_back(!unexplained(all[i], tell(all[i], theirs->all[i]), options_.ours).empty());
    return fails;
  }

  void summarise(const std::string& release) const {
    std::cout << "\n"
              << stories_.size() << " scripts from seed " << options_.seed << ": " << events_
              << " events on OTP " << release << ", the core and the actors\n"
              << interrupted_ << " scripts with a command between two tries of a restart\n"
              << alike_ << " scripts without a difference; deviations by name, and the scripts "
              << "that differ by it:\n";
    for (std::size_t i = 0; i < deviations; ++i)
      std::cout << "  " << std::left << std::setw(38) << names_of_deviations[i] << used_[i] << "\n";
    std::cout << wrong_.size() << " unexplained\n";
  }

  bool all_are_needed() const {
    auto needed = true;
    for (std::size_t i = 0; i < deviations && options_.count >= enough_for_all; ++i)
      if (used_[i] == 0 && options_.ours[i]) {
        std::cout << "no script needs it: " << names_of_deviations[i] << "\n";
        needed = false;
      }
    return needed;
  }

  const options& options_;
  std::vector<story> stories_{};
  std::vector<const story*> wrong_{};
  std::array<std::size_t, deviations> used_{};
  std::size_t events_ = 0, alike_ = 0, interrupted_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  options wanted;
  if (!read(std::span{argv, static_cast<std::size_t>(argc)}.subspan(1), wanted)) {
    std::cerr << usage;
    return 2;
  }
  const auto complete = all_are_listed();
  return comparison{wanted}.run() && complete ? 0 : 1;
}
