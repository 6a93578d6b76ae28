#include "judge.hpp"

#include "on_actors.hpp"
#include "on_core.hpp"

namespace otp {

told tell(const story& x, trace otp) { return {std::move(otp), on_core(x), on_actors(x)}; }

std::string unexplained(const story& x, const told& all, rules ours) {
  if (all.otp.empty())
    return "the story broke on OTP";
  if (all.otp != by_rules(x, {}))
    return "OTP does not follow the rules that we know of";
  const auto expected = by_rules(x, ours);
  if (all.core != expected)
    return "the core differs from OTP";
  return all.actors == expected ? "" : "the actors differ from OTP";
}

rules needed(const story& x, rules ours) {
  const auto with_all = by_rules(x, ours);
  rules found;
  for (std::size_t i = 0; i < deviations; ++i)
    if (ours[i])
      found[i] = by_rules(x, rules{ours}.reset(i)) != with_all;
  return found;
}

std::string text_of(const story& x, const told& all, rules ours) {
  return text_of(x)
         + side_by_side({{"OTP", all.otp},
                         {"the core", all.core},
                         {"the actors", all.actors},
                         {"OTP but for the deviations", by_rules(x, ours)}});
}

} // namespace otp
