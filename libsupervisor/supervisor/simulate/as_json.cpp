#include "supervisor/simulate.hpp"

#include <nlohmann/json.hpp>

namespace supervisor {

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

/// A simulation's parts that name places; the path of the root is "/".
class writer {
public:
  explicit writer(const simulation& of) : all_(of) {}

  json path(std::uint32_t who) const {
    return who == nobody ? "/" : std::string{all_.path_of(who)};
  }

  json operator()(const refusal& x) const {
    return {{"at_ns", x.at.count()},
            {"child", path(x.who)},
            {"rule", x.rule},
            {"instead", label(x.instead)},
            {"exit", json_of(x.exit)}};
  }

  json operator()(const give_up& x) const {
    return {{"at_ns", x.at.count()},    {"supervisor", path(x.who)},
            {"why", label(x.why)},      {"child", path(x.culprit)},
            {"abandoned", x.abandoned}, {"rule", x.rule.empty() ? json{} : json(x.rule)},
            {"exit", json_of(x.exit)}};
  }

  json operator()(const moment& x) const {
    json made{{"at_ns", x.at.count()}, {"who", path(x.who)}, {"what", label(x.what)}};
    add_details(x, made);
    return made;
  }

  json operator()(std::uint32_t who) const { return path(who); }

  template <class T>
  json list(const std::vector<T>& of) const {
    auto made = json::array();
    for (const auto& x : of)
      made.push_back((*this)(x));
    return made;
  }

private:
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

} // namespace

std::string to_json(const simulation& x) {
  const writer write{x};
  const json whole{
    {"outcome", label(x.how)},
    {"seed", x.seed},
    {"simulated_ns", x.at.count()},
    {"gave_up_at_ns", gave_up(x.how) ? json(x.at.count()) : json{}},
    {"stop_took_ns", x.stop.count()},
    {"restarts", x.restarts},
    {"worst_minute", {{"restarts", x.worst.restarts}, {"from_ns", x.worst.from.count()}}},
    {"children", list(x.children)},
    {"rules", list(x.rules)},
    {"refusals", write.list(x.refusals)},
    {"give_ups", write.list(x.give_ups)},
    {"left_behind", write.list(x.left_behind)},
    {"timeline",
     {{"moments", x.timeline.count},
      {"left_out", x.timeline.left_out()},
      {"first", write.list(x.timeline.first)},
      {"last", write.list(x.timeline.last)}}},
  };
  return whole.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

} // namespace supervisor
