#include "supervisor/simulate/script/script.hpp"

#include "supervisor/rules/names.hpp"
#include "supervisor/simulate/places.hpp"
#include "supervisor/simulate/script/read_line.hpp"
#include "supervisor/text/duration.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>

namespace supervisor {

namespace simulating {

namespace {

using complaints = std::vector<std::string>;

/// Says what of a script makes no sense for its tree.
class critic {
public:
  explicit critic(const declared_spec& tree)
    : places_(places_of(tree)), known_(places_), names_(names_of(places_)) {}

  complaints of_all(const cue& x) {
    auto all = of_child(x);
    if (x.what != act::start_fails)
      add_of_time(x.time, all);
    else if (x.times == 0)
      all.push_back("0 times is never");
    if (x.what == act::crash_every)
      add_of_period(x, all);
    return all;
  }

  complaints of_child(const cue& x) {
    const auto found = known_.find(x.child);
    const auto name = showing::quoted(x.child);
    if (found.empty())
      return {"no child is called " + name + names_.closest(x.child)};
    if (std::ranges::all_of(found, [this](auto who) { return places_[who].is_supervisor(); }))
      return {name + " is a supervisor: name one of its children, or all of them as "
              + showing::quoted(x.child + "/*")};
    if (x.what == act::ready_after
        && std::ranges::none_of(found, [this](auto who) { return says_when_ready(who); }))
      return {name + " is ready as soon as it runs: its readiness_policy is not \"explicit\""};
    return {};
  }

private:
  static void add_of_time(span_of_time x, complaints& all) {
    if (std::min(x.least, x.most) <= nanoseconds{0})
      all.push_back("a time must be longer than 0s");
    else if (x.most < x.least)
      all.push_back("the second of two times must not be shorter than the first: "
                    + to_string(x.least) + ".." + to_string(x.most));
  }

  static void add_of_period(const cue& x, complaints& all) {
    const auto first = x.from.value_or(x.time.least);
    if (x.from && *x.from < nanoseconds{0})
      all.push_back("\"from\" must not be negative");
    else if (x.until < first)
      all.push_back("\"until\" must not come before the first crash, at " + to_string(first));
  }

  bool says_when_ready(std::uint32_t who) const {
    const auto& x = places_[who];
    return !x.is_supervisor()
           && places_[x.above].tree->children[x.seat].readiness == readiness::on_report;
  }

  static detail::names names_of(const std::vector<place>& places) {
    detail::names all;
    for (const auto& x : places)
      if (x.above != nobody && !x.is_supervisor())
        all.add(std::string_view{x.path}.substr(1));
    return all;
  }

  const std::vector<place> places_;
  const directory known_;
  detail::names names_; ///< of those that work
};

bool has_zero_byte(std::string_view line) { return line.find('\0') != std::string_view::npos; }

/// Without blanks and comment; a zero byte is wrong in a comment, too.
std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  if (!has_zero_byte(line))
    line = line.substr(0, line.find('#'));
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  return line.substr(0, line.find_last_not_of(blanks) + 1);
}

complaints read(std::string_view line, critic& about, cue& to) {
  if (has_zero_byte(line))
    return {"has a zero byte in it: a script is text"};
  auto wrong = read_line(line, to);
  if (wrong.empty())
    return about.of_all(to);
  complaints all{std::move(wrong)};
  if (!to.child.empty())
    for (auto& other : about.of_child(to))
      all.push_back(std::move(other));
  return all;
}

std::string where(const cue& x) {
  return showing::printable(std::string{verb(x.what)} + " " + x.child);
}

} // namespace

} // namespace simulating

expected<script> read_script(std::string_view text, const declared_spec& tree) {
  simulating::critic about{tree};
  script made;
  faults found;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = simulating::trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty())
      continue;
    cue next{.line = number};
    for (auto& what : simulating::read(line, about, next))
      found.push_back({showing::printable(line), std::move(what), number});
    made.cues.push_back(std::move(next));
  }
  if (!found.empty())
    return found;
  return made;
}

faults validate(const script& x, const declared_spec& tree) {
  simulating::critic about{tree};
  faults found;
  for (const auto& next : x.cues)
    for (auto& what : about.of_all(next))
      found.push_back({simulating::where(next), std::move(what), next.line});
  return found;
}

} // namespace supervisor
