#include "on_core.hpp"

#include "spec_of.hpp"

#include <supervisor/mind/core.hpp>
#include <supervisor/plan/roster.hpp>
#include <supervisor/report/objections.hpp>

#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace otp {

namespace {

using namespace supervisor;

constexpr child_exit no_start{exit_class::nonzero_exit, exit_detail::start_failed,
                              failure_kind::recoverable, 0};
constexpr child_exit killed{exit_class::nonzero_exit, exit_detail::killed,
                            failure_kind::recoverable, 0};
constexpr child_exit shut_down{exit_class::external_cancel, exit_detail::none,
                               failure_kind::cancelled, 0};
constexpr child_exit failed{exit_class::nonzero_exit, exit_detail::code, failure_kind::recoverable,
                            7};
constexpr child_exit panicked{exit_class::panic, exit_detail::none, failure_kind::panic, 0};

struct end {
  std::string word{};
  child_exit exit{};
};

end end_of(death how) {
  switch (how) {
    case death::normal:
      return {"normal", {}};
    case death::shutdown:
    case death::shutdown_because:
      return {"shutdown", shut_down};
    case death::crash:
      return {"crash", panicked};
    case death::kill:
      return {"killed", killed};
  }
  return {};
}

/// What a supervisor that finished for this reason ends with.
end end_of(aim why) {
  if (why != aim::give_up && why != aim::end_tree)
    return {"shutdown", shut_down};
  return {"escalated",
          {exit_class::nonzero_exit, exit_detail::escalated, failure_kind::recoverable, 0}};
}

spec_maker<declared_start> maker() {
  return {[](const seat&) { return declared_start{"x"}; },
          [](declared_spec below) {
            return declared_start{.nested
                                  = std::make_shared<const declared_spec>(std::move(below))};
          }};
}

class world {
public:
  explicit world(const story& x) : story_(x) {}

  trace tell() {
    root_ = open(story_.root, "", nullptr, {});
    settle("ok");
    for (std::size_t i = 0; i < story_.steps.size() && root_; ++i)
      go_through(story_.steps[i]);
    return in_order(std::move(told_), story_);
  }

private:
  struct office;

  /// One life of a child.
  struct existence {
    life who{};
    const seat* what = nullptr;
    std::unique_ptr<office> below{};
  };

  /// One life of a supervisor.
  struct office {
    office(const seat& x, std::string at, office* up, life as, std::uint64_t number)
      : what(x), path(std::move(at)), above(up), who(as), birth(number),
        roster(std::make_shared<const declared_spec>(maker().supervisor_of(x)), 1),
        mind(make_state(roster.plan())) {
      if (!is_pool(x))
        for (const auto& child : x.below)
          seats.emplace(child.id, &child);
    }

    const seat& what;
    std::string path;
    office* above;
    life who;
    std::uint64_t birth;
    supervisor::detail::roster<declared_start> roster;
    state mind;
    tally counts{};
    std::map<std::string, const seat*> seats{}; ///< by id
    std::map<slot, existence> living{};
    std::vector<input> mail{};
    bool turn_planned = false;
  };

  // -- the story ---------------------------------------------------------------------------------------

  void go_through(const otp::step& x) {
    result_ = "ok";
    do_it(x);
    settle(result_);
  }

  void do_it(const otp::step& x) {
    switch (x.what) {
      case act::stop:
        return receive(*root_, {.what = news::stop});
      case act::die:
        expect_failure(x);
        return die(x);
      case act::start:
        return add(x);
      case act::terminate:
        return command(x.path, command::terminate_child);
      case act::restart:
        return command(x.path, command::restart_child);
      case act::remove:
        return command(x.path, command::delete_child);
    }
  }

  // -- a command between two tries -----------------------------------------------------------------------

  void expect_failure(const otp::step& x) {
    if (x.meanwhile.empty())
      return;
    result_ = words_of_meanwhile("");
    if (const auto* top = find_office(supervisor_for(x.meanwhile.front())))
      meanwhile_ = {&x.meanwhile.front(), top->birth};
  }

  /// A child of it has: while the supervisor waits for the next try, the command comes.
  void start_failed(const office& x) {
    if (!meanwhile_.command || x.birth != meanwhile_.whose)
      return;
    const auto& order = *std::exchange(meanwhile_, {}).command;
    agenda_.emplace(std::pair{now_ + wait_of_all / 2, ++planned_}, [this, &order] {
      do_it(order);
      is_meanwhile_ = true;
    });
  }

  void die(const otp::step& x) {
    std::vector<std::pair<existence*, death>> found;
    office* const top = find_office(above(x.victims.front().path));
    for (const auto& v : x.victims)
      if (auto* child = top ? find_child(*top, v.path) : nullptr)
        found.emplace_back(child, v.how);
    for (const auto& [child, how] : found) {
      if (child->below)
        leave_alone(*child->below);
      end_child(*top, child->who, end_of(how));
    }
  }

  void add(const otp::step& x) {
    auto* const top = find_office(x.path);
    if (!top) {
      result_ = "nobody";
      return;
    }
    auto what = is_pool(top->what) ? top->what.below.front() : x.added;
    what.id = x.added.id;
    const auto child = maker().child_of(what);
    if (!is_pool(top->what))
      if (const auto no = objections_to(*top, child); !no.empty()) {
        result_ = no;
        return;
      }
    added_.push_back(std::move(what));
    top->seats[added_.back().id] = &added_.back();
    const auto who = top->roster.add(child);
    result_ = "unanswered";
    receive(*top, {.what = news::added, .who = {who, 0}, .count = ++commands_, .audited = true});
  }

  static std::string objections_to(const office& x, const declared_child_spec& child) {
    const auto no = supervisor::detail::objections_to_child(child, x.path, x.roster, x.mind);
    const auto text = to_string(no);
    if (text.find("already started") != std::string::npos)
      return "already_started";
    return text.find("already present") != std::string::npos ? "already_present" : text;
  }

  void command(const std::string& path, supervisor::command order) {
    auto* const top = find_office(above(path));
    const auto who = top ? top->roster.find(name_of(path)) : nobody;
    if (!top || who == nobody) {
      result_ = top ? "not_found" : "nobody";
      return;
    }
    const auto is_gone
      = who < top->mind.children.size() && top->mind.children[who].now == phase::forgotten;
    if (is_gone
        && order
             == supervisor::command::terminate_child) { // "terminate twice" in docs/deviations.md
      result_ = "not_found";
      return;
    }
    result_ = "unanswered";
    receive(*top, {.what = news::command,
                   .who = {who, 0},
                   .count = ++commands_,
                   .order = order,
                   .audited = true});
  }

  office* find_office(std::string_view path) {
    if (path.empty())
      return root_.get();
    auto* const top = find_office(above(path));
    auto* const child = top ? find_child(*top, path) : nullptr;
    return child ? child->below.get() : nullptr;
  }

  existence* find_child(office& top, std::string_view path) {
    const auto who = top.roster.find(name_of(path));
    const auto found = top.living.find(who);
    return found == top.living.end() ? nullptr : &found->second;
  }

  // -- time --------------------------------------------------------------------------------------------

  void later(time_point at, const office& x, void (world::*what)(office&)) {
    agenda_.emplace(std::pair{std::max(at, now_), ++planned_}, [this, birth = x.birth, what] {
      if (const auto found = offices_.find(birth); found != offices_.end())
        (this->*what)(*found->second);
    });
  }

  /// Until nothing is left to happen.
  void settle(std::string result) {
    while (!agenda_.empty()) {
      const auto next = agenda_.extract(agenda_.begin());
      now_ = next.key().first;
      next.mapped()();
    }
    meanwhile_ = {};
    if (!result_.empty())
      result = result_;
    step_.result = std::exchange(is_meanwhile_, false) ? words_of_meanwhile(result) : result;
    if (root_)
      describe(*root_);
    told_.push_back(std::exchange(step_, {}));
  }

  void note(const std::string& what, const std::string& path, const std::string& how = "") {
    step_.events.push_back(what + " " + shown(path) + (how.empty() ? "" : " " + how));
  }

  void describe(const office& x) {
    std::size_t specs = 0, active = 0, supervisors = 0;
    for (slot who = 0; who < x.mind.children.size(); ++who) {
      const auto now = x.mind.children[who].now;
      if (now == phase::vacant || now == phase::forgotten)
        continue;
      const auto& child = x.roster.of(who);
      const auto is_up = now == phase::up;
      const auto is_down = now == phase::down || now == phase::parked;
      ++specs;
      active += is_up;
      supervisors += child.start.tree() != nullptr;
      step_.states.push_back("is " + x.path + "/" + child.id
                             + (is_up     ? " up"
                                : is_down ? " down"
                                          : " busy"));
      if (const auto found = x.living.find(who); found != x.living.end() && found->second.below)
        describe(*found->second.below);
    }
    step_.states.push_back("count " + shown(x.path) + " "
                           + std::to_string(is_pool(x.what) ? 1 : specs) + " "
                           + std::to_string(active) + " " + std::to_string(supervisors) + " "
                           + std::to_string(specs - supervisors));
  }

  // -- supervisors, as supervisor_actor.cpp does it ------------------------------------------------------

  std::unique_ptr<office> open(const seat& x, const std::string& path, office* above, life who) {
    auto made = std::make_unique<office>(x, path, above, who, ++births_);
    offices_.emplace(made->birth, made.get());
    receive(*made, {.what = news::begin});
    return made;
  }

  void receive(office& x, const input& news) {
    x.mail.push_back(news);
    if (!std::exchange(x.turn_planned, true))
      later(now_, x, &world::turn);
  }

  void wake(office& x) { receive(x, {.what = news::deadline}); }

  void turn(office& x) {
    x.turn_planned = false;
    const auto taken = std::exchange(x.mail, {});
    effects out;
    supervisor::step(x.roster.plan(), x.mind, x.counts, taken, now_, out);
    for (const auto& said : out.outcomes)
      if (said.key == commands_)
        result_ = word_of(said.no);
    const auto birth = x.birth;
    for (const auto& todo : out.todo)
      if (offices_.contains(birth))
        carry_out(x, todo);
  }

  static std::string word_of(objection no) {
    if (no == objection::none)
      return "ok";
    return no == objection::start_failed ? "error" : std::string{label(no)};
  }

  void carry_out(office& x, const effect& todo) {
    switch (todo.what) {
      case deed::start:
        return start(x, todo.who);
      case deed::cancel:
        return cancel(x, todo.who);
      case deed::kill:
        return end_child(x, todo.who, {"killed", killed});
      case deed::wake:
        return later(todo.at, x, &world::wake);
      case deed::vacate:
        x.seats.erase(x.roster.of(todo.who.who).id);
        return x.roster.vacate(todo.who.who);
      case deed::begun:
        note("start", x.path);
        if (x.above)
          receive(*x.above, {news::started, x.who});
        return;
      case deed::finish:
        return finish(x, todo.why);
      default: // what is only said
        return;
    }
  }

  void finish(office& x, aim why) {
    if (why == aim::roll_back) {
      note("error", x.path);
      if (x.above)
        start_failed(*x.above);
    }
    offices_.erase(x.birth);
    const auto how = end_of(why);
    if (!x.above) {
      if (why != aim::roll_back)
        note("end", "", how.word);
      past_.push_back(std::move(root_));
      return;
    }
    if (why == aim::roll_back)
      tell_of_end(*x.above, x.who, no_start);
    else
      end_child(*x.above, x.who, how);
  }

  /// It is killed, and all below it go with it.
  void leave_alone(office& x) {
    offices_.erase(x.birth);
    for (auto& [who, child] : x.living) {
      note("gone", x.path + "/" + x.roster.of(who).id);
      if (child.below)
        leave_alone(*child.below);
    }
  }

  // -- children ------------------------------------------------------------------------------------------

  void start(office& x, life who) {
    const auto& id = x.roster.of(who.who).id;
    const auto path = x.path + "/" + id;
    const auto* what = x.seats.at(id);
    if (what->is_supervisor) {
      auto& child = x.living[who.who] = {who, what, nullptr};
      child.below = open(*what, path, &x, who);
      return;
    }
    switch (attempts_.next(*what, path)) {
      case attempt::works:
        x.living[who.who] = {who, what, nullptr};
        note("start", path);
        return receive(x, {news::started, who});
      case attempt::fails:
        note("error", path);
        start_failed(x);
        return receive(x, {news::exited, who, no_start});
      case attempt::ignores:
        note("ignore", path);
        return receive(x, {news::ignored, who});
    }
  }

  void cancel(office& x, life who) {
    const auto found = x.living.find(who.who);
    if (found == x.living.end()) // it has ended, and that is not known yet
      return;
    const auto& child = found->second;
    if (child.below)
      return receive(*child.below, {.what = news::stop});
    switch (child.what->stops) {
      case manners::obeys:
        return end_child(x, who, {"shutdown", shut_down});
      case manners::fails:
        return end_child(x, who, {"other", failed});
      case manners::ignores:
        return;
    }
  }

  void end_child(office& x, life who, const end& how) {
    const auto found = x.living.find(who.who);
    if (found == x.living.end() || found->second.who != who)
      return;
    note("end", x.path + "/" + x.roster.of(who.who).id, how.word);
    tell_of_end(x, who, how.exit);
  }

  void tell_of_end(office& x, life who, const child_exit& exit) {
    past_.push_back(std::move(x.living.at(who.who).below)); // it may be its own turn
    x.living.erase(who.who);
    receive(x, {news::exited, who, exit});
  }

  struct {
    const otp::step* command = nullptr;
    std::uint64_t whose = 0; ///< its supervisor's birth
  } meanwhile_{};

  const story& story_;
  std::unique_ptr<office> root_{};
  std::map<std::uint64_t, office*> offices_; ///< those that live, by birth
  std::vector<std::unique_ptr<office>> past_;
  std::deque<seat> added_;
  std::map<std::pair<time_point, std::uint64_t>, std::function<void()>> agenda_;
  attempts_so_far attempts_;
  time_point now_{std::chrono::hours{1}};
  std::uint64_t planned_ = 0, births_ = 0;
  std::uint32_t commands_ = 0;
  bool is_meanwhile_ = false;
  std::string result_{};
  outcome step_{};
  trace told_{};
};

} // namespace

trace on_core(const story& x) { return world{x}.tell(); }

} // namespace otp
