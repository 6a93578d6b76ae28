#include "supervisor/simulate/script/read_line.hpp"

#include "supervisor/text/duration.hpp"
#include "supervisor/text/printable.hpp"

#include <algorithm>
#include <charconv>

namespace supervisor::simulating {

namespace {

struct named_end {
  std::string_view name{};
  child_exit exit{};
};

constexpr child_exit failure(failure_kind why, exit_detail detail = exit_detail::none) {
  return {exit_class::nonzero_exit, detail, why, 0};
}

constexpr named_end ends[] = {
  {"panic", {exit_class::panic, exit_detail::none, failure_kind::panic, 0}},
  {"killed", failure(failure_kind::recoverable, exit_detail::killed)},
  {"timeout", {exit_class::timeout, exit_detail::none, failure_kind::timeout, 0}},
  {"recoverable", failure(failure_kind::recoverable)},
  {"fatal_bug", failure(failure_kind::fatal_bug)},
  {"fatal_config", failure(failure_kind::fatal_config)},
  {"external_dependency", failure(failure_kind::external_dependency)},
  {"unhealthy", failure(failure_kind::unhealthy)},
};

/// Takes a line word by word. Whatever reads says whether it could; if not, `complaint` says why.
class line_reader {
public:
  explicit line_reader(std::string_view line) : rest_(line) { skip_blanks(); }

  bool read(cue& to) {
    const auto word = take();
    if (word == "crash")
      return child(to) && crash(to) && end();
    if (word == "start")
      return child(to) && start(to) && end();
    if (word == "stop")
      return child(to) && length(to, act::stop_takes, "takes") && end();
    if (word == "kill")
      return child(to) && length(to, act::kill_takes, "takes") && end();
    if (word == "ready")
      return child(to) && length(to, act::ready_after, "after") && end();
    return complain(showing::quoted(word) + " is none of crash, start, stop, kill, ready"
                    + did_you_mean(word, {"crash", "start", "stop", "kill", "ready"}));
  }

  const std::string& complaint() const { return complaint_; }

private:
  // -- what lines consist of ---------------------------------------------------------------------------

  bool child(cue& to) {
    to.child = take();
    return !to.child.empty() || wanted("a child");
  }

  bool crash(cue& to) {
    if (take("at")) {
      to.what = act::crash_at;
      return time(to.time.least) && exactly(to.time) && as(to);
    }
    if (take("after")) {
      to.what = act::crash_after;
      return span(to.time) && as(to);
    }
    to.what = act::crash_every;
    return (take("every") || wanted("\"at\", \"every\" or \"after\"")) && span(to.time) && from(to)
           && until(to) && as(to);
  }

  static bool exactly(span_of_time& x) {
    x.most = x.least;
    return true;
  }

  bool from(cue& to) { return !take("from") || time(to.from.emplace()); }
  bool until(cue& to) { return !take("until") || time(to.until); }

  bool start(cue& to) {
    if (take("takes")) {
      to.what = act::start_takes;
      return span(to.time);
    }
    to.what = act::start_fails;
    if (!take("fails"))
      return wanted("\"takes\" or \"fails\"");
    return rest_.empty()
           || (number(unlimited - 1, to.times)
               && (take("times") || take("time") || wanted("\"times\"")));
  }

  bool length(cue& to, act what, std::string_view preposition) {
    to.what = what;
    if (take("never")) {
      to.time = {never, never};
      return true;
    }
    return (take(preposition) || wanted(showing::quoted(preposition) + " or \"never\""))
           && span(to.time);
  }

  bool as(cue& to) {
    if (!take("as"))
      return true;
    if (take("normal")) {
      to.as = {};
      return take("end") || wanted("\"end\"");
    }
    if (take("exit")) {
      to.as = failure(failure_kind::recoverable, exit_detail::code);
      return (take("code") || wanted("\"code\"")) && number(255, to.as.code);
    }
    return named(to.as);
  }

  bool named(child_exit& to) {
    if (rest_.empty())
      return wanted("an end such as panic");
    const auto name = take();
    const auto found = std::ranges::find(ends, name, &named_end::name);
    if (found == std::end(ends))
      return complain(showing::quoted(name) + " is no end of a child: " + known_ends(name));
    to = found->exit;
    return true;
  }

  static std::string known_ends(std::string_view name) {
    std::vector<std::string_view> known{"normal end", "exit code"};
    for (const auto& x : ends)
      known.push_back(x.name);
    std::string text = "none of";
    for (const auto word : known)
      text += (word == known.front() ? " " : ", ") + std::string{word};
    return text + did_you_mean(name, known);
  }

  bool end() {
    return rest_.empty()
           || complain("goes on with " + showing::quoted(peek()) + " where it should end");
  }

  // -- words -------------------------------------------------------------------------------------------

  bool time(nanoseconds& to) {
    return rest_.empty() ? wanted("a time such as 10s") : time(take(), to);
  }

  bool time(std::string_view text, nanoseconds& to) {
    const auto read = duration_from(text);
    if (!read)
      return complain(read.error().front().what);
    to = *read;
    return true;
  }

  bool span(span_of_time& to) {
    const auto both = peek();
    const auto dots = both.find("..");
    if (dots == both.npos)
      return time(to.least) && exactly(to);
    take();
    return time(both.substr(0, dots), to.least) && time(both.substr(dots + 2), to.most);
  }

  template <class Number>
  bool number(Number most, Number& to) {
    if (rest_.empty())
      return wanted("a number");
    const auto text = take();
    const auto* last = text.data() + text.size();
    const auto read = std::from_chars(text.data(), last, to);
    return (read.ec == std::errc{} && read.ptr == last && to >= 1 && to <= most)
           || complain(showing::quoted(text) + " is no number from 1 to " + std::to_string(most));
  }

  std::string_view peek() const { return rest_.substr(0, rest_.find_first_of(blanks)); }

  std::string_view take() {
    const auto word = peek();
    rest_.remove_prefix(word.size());
    skip_blanks();
    return word;
  }

  /// Takes the next word if it is this one.
  bool take(std::string_view word) {
    if (peek() != word)
      return false;
    take();
    return true;
  }

  bool wanted(std::string_view what) {
    return complain((rest_.empty() ? "ends" : "has " + showing::quoted(peek())) + " where "
                    + std::string{what} + " should be");
  }

  bool complain(std::string why) {
    complaint_ = std::move(why);
    return false;
  }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
  }

  static constexpr std::string_view blanks = " \t\r";

  std::string_view rest_;
  std::string complaint_{};
};

} // namespace

std::string read_line(std::string_view line, cue& to) {
  line_reader reader{line};
  reader.read(to);
  return reader.complaint();
}

std::string_view verb(act x) {
  switch (x) {
    case act::crash_at:
    case act::crash_every:
    case act::crash_after:
      return "crash";
    case act::start_takes:
    case act::start_fails:
      return "start";
    case act::stop_takes:
      return "stop";
    case act::kill_takes:
      return "kill";
    case act::ready_after:
      return "ready";
  }
  return "";
}

} // namespace supervisor::simulating
