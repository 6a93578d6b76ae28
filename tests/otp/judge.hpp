#pragma once

#include "by_rules.hpp"

namespace otp {

/// One story, told by everybody.
struct told {
  trace otp{}, core{}, actors{};
};

told tell(const story&, trace otp);

/// What nobody can explain; empty if there is nothing.
std::string unexplained(const story&, const told&, rules ours);

/// The deviations without any one of which the story would end otherwise.
rules needed(const story&, rules ours);

/// All traces beside each other.
std::string text_of(const story&, const told&, rules ours);

} // namespace otp
