#include "supervisor/simulate/telling.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace supervisor::simulating {

namespace {

using json = nlohmann::ordered_json;

json json_of(const child_exit& x) {
  return {{"class", label(x.what)},
          {"detail", label(x.detail)},
          {"cause", label(x.cause)},
          {"code", x.code}};
}

json json_of(const child_story& x) {
  return {{"path", x.path},
          {"restarts", x.restarts},
          {"longest_outage_ns", x.longest_outage.count()},
          {"missed", x.missed},
          {"is_down", x.is_down}};
}

json json_of(const rule_count& x) {
  return {{"rule", x.rule}, {"refused", x.refused}, {"postponed", x.postponed}};
}

/// A simulation's parts that name places, as JSON; the path of the root is "/".
class described {
public:
  explicit described(const simulation& of) : all_(of) {}

  json path(std::uint32_t who) const {
    return who == nobody ? "/" : std::string{all_.path_of(who)};
  }

  json path_or_null(std::uint32_t who) const { return who == nobody ? json{} : path(who); }

  json operator()(const refusal& x) const {
    return {{"at_ns", x.at.count()},
            {"child", path(x.who)},
            {"rule", x.rule},
            {"instead", label(x.instead)},
            {"exit", json_of(x.exit)}};
  }

  json operator()(const give_up& x) const {
    json made{{"at_ns", x.at.count()},    {"supervisor", path(x.who)},
              {"why", label(x.why)},      {"child", path(x.culprit)},
              {"abandoned", x.abandoned}, {"rule", x.rule.empty() ? json{} : json(x.rule)},
              {"exit", json_of(x.exit)}};
    add_needed_by(x.needed_by, made);
    return made;
  }

  json operator()(const moment& x) const {
    json made{{"at_ns", x.at.count()}, {"who", path(x.who)}, {"what", label(x.what)}};
    add_details(x, made);
    return made;
  }

  json paths(const std::vector<std::uint32_t>& of) const {
    auto made = json::array();
    for (const auto who : of)
      made.push_back(path(who));
    return made;
  }

private:
  /// Only where there is somebody.
  void add_needed_by(std::uint32_t who, json& to) const {
    if (who != nobody)
      to["needed_by"] = path(who);
  }

  void add_details(const moment& x, json& to) const {
    switch (x.what) {
      case moment_kind::ended:
      case moment_kind::decided_anew:
        to["exit"] = json_of(x.exit);
        to["decision"] = label(x.then.what);
        to["wait_ns"] = x.then.wait.count();
        return;
      case moment_kind::stopped:
        to["exit"] = json_of(x.exit);
        return;
      case moment_kind::restarted:
        to["attempt"] = x.attempt;
        return;
      case moment_kind::gave_up:
        to["why"] = label(x.why);
        to["child"] = path(x.culprit);
        to["exit"] = json_of(x.exit);
        add_needed_by(x.needed_by, to);
        return;
      case moment_kind::waiting:
      case moment_kind::blocked:
        to["for"] = path_or_null(x.culprit);
        return;
      default: // the others have none
        return;
    }
  }

  const simulation& all_;
};

template <class T>
json list(const std::vector<T>& of) {
  auto made = json::array();
  for (const auto& x : of)
    made.push_back(json_of(x));
  return made;
}

bool gave_up(simulation_outcome x) {
  return x == simulation_outcome::gave_up || x == simulation_outcome::ended_tree
         || x == simulation_outcome::did_not_start;
}

// -- written, and not kept -----------------------------------------------------------------------------

/// An object that is written member by member, in the form of `json::dump(2)`.
class object_writer {
public:
  explicit object_writer(std::ostream& out, std::size_t depth = 1) : out_(out), depth_(depth) {
    out_ << '{';
  }

  void member(std::string_view key, const json& x) {
    begin_member(key);
    write(x, depth_);
  }

  /// Each element is given to the function that `each` is called with.
  void list(std::string_view key, const auto& each) {
    begin_member(key);
    out_ << '[';
    auto some = false;
    each([&](const json& x) {
      begin_line(std::exchange(some, true), depth_ + 1);
      write(x, depth_ + 1);
    });
    if (some)
      new_line(depth_);
    out_ << ']';
  }

  object_writer object(std::string_view key) {
    begin_member(key);
    return object_writer{out_, depth_ + 1};
  }

  void end() {
    new_line(depth_ - 1);
    out_ << '}';
  }

private:
  void new_line(std::size_t depth) { out_ << '\n' << std::string(2 * depth, ' '); }

  void begin_line(bool is_next, std::size_t depth) {
    if (is_next)
      out_ << ',';
    new_line(depth);
  }

  void begin_member(std::string_view key) {
    begin_line(std::exchange(has_members_, true), depth_);
    out_ << '"' << key << "\": ";
  }

  /// A text has no line ends in it: those that there are belong to the form.
  void write(const json& x, std::size_t depth) {
    for (const auto c : x.dump(2, ' ', false, json::error_handler_t::replace))
      if (c == '\n')
        new_line(depth);
      else
        out_ << c;
  }

  std::ostream& out_;
  std::size_t depth_;
  bool has_members_ = false;
};

void write_summary(object_writer& to, const simulation& x) {
  to.member("outcome", label(x.how));
  to.member("seed", x.seed);
  to.member("simulated_ns", x.at.count());
  to.member("gave_up_at_ns", gave_up(x.how) ? json(x.at.count()) : json{});
  to.member("stop_took_ns", x.stop.count());
  to.member("restarts", x.restarts);
  to.member("worst_minute", {{"restarts", x.worst.restarts}, {"from_ns", x.worst.from.count()}});
  to.member("children", list(x.children));
  to.member("rules", list(x.rules));
}

void write_timeline(object_writer to, const telling& x, const auto& describe) {
  to.member("moments", x.summary().timeline.count);
  to.member("left_out", x.moments_left_out());
  to.list("first", [&](const auto& add) { x.each_moment_in_front(describe(add)); });
  to.list("last", [&](const auto& add) { x.each_moment_behind(describe(add)); });
  to.end();
}

} // namespace

void write_json(std::ostream& out, const telling& x) {
  const described in_json{x.summary()};
  const auto describe
    = [&](const auto& add) { return [&](const auto& one) { add(in_json(one)); }; };
  object_writer whole{out};
  write_summary(whole, x.summary());
  whole.list("refusals", [&](const auto& add) { x.each_refusal(describe(add)); });
  whole.list("give_ups", [&](const auto& add) { x.each_give_up(describe(add)); });
  whole.member("left_behind", in_json.paths(x.summary().left_behind));
  write_timeline(whole.object("timeline"), x, describe);
  whole.end();
  out << '\n';
}

} // namespace supervisor::simulating
