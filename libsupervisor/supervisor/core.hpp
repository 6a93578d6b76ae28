#pragma once

#include "supervisor/deadlines.hpp"
#include "supervisor/plan.hpp"
#include "supervisor/question.hpp"

#include <deque>
#include <span>
#include <vector>

namespace supervisor {

// -- what the future depends on --------------------------------------------------------------------

enum class phase : std::uint8_t {
  down,
  waiting, ///< for its restart, or the decision about it: see `wait_reason`
  starting,
  up,
  stopping, ///< cancelled
  killing,
  abandoned, ///< outlived its kill; may end late, or never
  parked,    ///< down until an operator says otherwise
  forgotten, ///< a temporary child that ended: no sibling any more
};

/// What a waiting child waits for.
enum class wait_reason : std::uint8_t {
  time,         ///< its deadline
  dependencies, ///< `gated`
  turn,         ///< too many are starting: it stands in a line
  pause,        ///< its group is paused; then it starts
  new_decision, ///< its group is paused; then the policy is asked anew
  answer,       ///< its policy lives outside and was asked
};

/// What becomes of a child when its regroup is down.
enum class fate : std::uint8_t { rise, stay_down, park };

inline constexpr std::uint32_t in_none = ~std::uint32_t{0};

struct child_row {
  std::uint32_t number = 0;              ///< of its current or last life
  std::uint32_t rank = 0;                ///< grows along the start order
  slot older = nobody, younger = nobody; ///< neighbours in the start order
  phase now = phase::down;
  wait_reason waits_for : 4 = wait_reason::time;
  supervisor::fate fate : 4 = supervisor::fate::rise;
  bool ready : 1 = false;
  bool ran : 1 = false;       ///< in this life
  bool done : 1 = false;      ///< ended well and stays down: its dependents need not wait
  bool timed_out : 1 = false; ///< being stopped because it took too long to start
  bool gated : 1 = false;     ///< would start, if its dependencies were ready
  bool unsettled : 1 = false; ///< its end was taken note of, and nothing was decided yet
  bool gone : 1 = false;      ///< ended as told, and waits for those that linger below it
  bool lingers : 1 = false;   ///< abandoned actors are left below it: must not start again
  std::uint32_t regroup = in_none;
  std::uint32_t deadline = nobody; ///< its seat among the deadlines
  std::uint32_t trouble = nobody;  ///< its row in `troubles`, from its first restart on
  time_point since{};              ///< of its phase; waiting: until then

  friend bool operator==(const child_row&, const child_row&) = default;
};

static_assert(sizeof(child_row) == 40);

/// Of a child that failed at least once.
struct trouble {
  std::uint32_t streak = 0;
  std::uint32_t lingering = 0; ///< abandoned actors below it that have not ended yet
  nanoseconds last_wait{0};
  memory_slot memory{}, limits{}; ///< of its policy, and of its limits
  child_exit exit{};              ///< while it is asked about: the end in question
  nanoseconds uptime{0};
  bool again = false;      ///< it was asked about before, and put off
  std::uint32_t asked = 0; ///< how often a policy outside was

  friend bool operator==(const trouble&, const trouble&) = default;
};

/// What happens when everybody in a regroup is down.
enum class aim : std::uint8_t {
  begin,     ///< start for the first time
  restart,   ///< start again
  roll_back, ///< finish: the supervisor could not start
  give_up,   ///< finish: it escalates
  end_tree,  ///< finish: it escalates the end of the whole tree
  stop,      ///< finish: it was asked to
};

constexpr bool finishes(aim x) noexcept { return x > aim::restart; }

/// Children that go down together, last started first, and what then. Two never overlap. Those
/// that come up again leave it one by one, in start order.
struct regroup {
  bool open = false;
  bool down = false; ///< everybody in it is
  bool rising = false;
  bool begins = false; ///< some of its children have never been started
  bool failed = false; ///< somebody in it was abandoned: it cannot go up again
  aim then{};
  std::uint32_t members = 0;
  std::uint32_t still_up = 0;
  slot cursor = nobody;  ///< going down: nobody younger is left to be told; rising: nobody older
  slot awaited = nobody; ///< going down: told, not down yet; rising: told to start, not up yet
  slot first = nobody;   ///< oldest member
  slot culprit = nobody; ///< whose end began it
  time_point resume{};   ///< not up again before
  std::uint32_t deadline = nobody; ///< until all are told at once, or until `resume`

  friend bool operator==(const regroup&, const regroup&) = default;
};

/// Of one group of children.
struct group_row {
  memory_slot limits{};
  time_point paused_until = time_point::min();
  std::uint32_t starting = 0;
  std::deque<slot> line{}; ///< due, but too many of the group are starting

  friend bool operator==(const group_row&, const group_row&) = default;
};

struct state {
  std::vector<child_row> children{};
  std::vector<trouble> troubles{};
  std::vector<regroup> regroups{};
  supervisor::deadlines deadlines{};
  std::vector<group_row> groups{};
  memory_slot limits{}, limit{};    ///< of the supervisor's limits, and of the user's own
  std::deque<time_point> strikes{}; ///< restarts within the period
  std::deque<slot> line{};          ///< due, but too many are starting
  std::uint32_t lined_up = 0;       ///< in the lines of all groups
  slot oldest = nobody, youngest = nobody;
  std::uint32_t starting = 0;
  time_point armed = time_point::max(); ///< when the shell will wake us
  shutdown_phase stage = shutdown_phase::idle;
  std::uint32_t ending = in_none; ///< the regroup that ends the supervisor
  bool begun = false;             ///< every child was started once
  bool finished = false;

  friend bool operator==(const state&, const state&) = default;
};

state make_state(const plan&);

// -- what is only counted --------------------------------------------------------------------------

/// How a child left during a shutdown.
enum class shutdown_status : std::uint8_t {
  already_exited,
  graceful,
  aborted,
  abort_failed, ///< abandoned: it may still run
  late_report,  ///< abandoned, and ended after all
};

std::string_view label(shutdown_status) noexcept;

struct child_outcome {
  life who{};
  shutdown_status status{};
  child_exit exit{};
};

struct child_tally {
  std::uint32_t generation = 0;
  std::uint32_t restarts = 0;
  bool exited = false;
  child_exit last_exit{};
};

struct tally {
  std::uint64_t events = 0, stale = 0, restarts = 0, crashes = 0;
  std::uint32_t abandoned = 0;           ///< and not ended since
  std::vector<child_tally> children{};   ///< by slot; empty before the first end
  std::vector<child_outcome> outcomes{}; ///< of the shutdown, in its order
};

// -- what goes in and out --------------------------------------------------------------------------

enum class news : std::uint8_t {
  begin,     ///< control plane: start the children
  stop,      ///< control: stop them and finish
  deadline,  ///< the wake-up that was asked for, or an old one
  started,   ///< child start: it runs
  ready,     ///< it says it can serve
  exited,    ///< it ended; before `started`: its start failed
  ignored,   ///< its start says that there is nothing to run
  lingering, ///< before `exited`: `count` abandoned actors are left below it
  late_end,  ///< one of those ended after all
  answered,  ///< control: the policy outside says `then` to its question number `count`
};

struct input {
  news what{};
  life who{};
  child_exit exit{};
  std::uint32_t count = 0;
  decision then{};
};

enum class deed : std::uint8_t {
  start,
  cancel,
  kill,
  abandon, ///< no more can be done: remember that it may still run
  wait,    ///< nothing to do: `who`, and those restarted with it, stay down until `at`
  wake,    ///< send `deadline` at `at`; replaces no earlier wish
  ask,     ///< the policy outside, what is in `question`; the answer becomes `answered`
  begun,   ///< every child was started once
  finish,  ///< the supervisor is over, by `why`
};

struct effect {
  deed what{};
  aim why{};
  life who{}; ///< finish: whose end was the reason, if any
  std::uint32_t question = 0;
  time_point at{};

  friend bool operator==(const effect&, const effect&) = default;
};

static_assert(std::is_trivially_copyable_v<input> && std::is_trivially_copyable_v<effect>);

static_assert(sizeof(effect) == 24);

/// What a step wants done, in this order, and what it decided, in that order.
struct effects {
  std::vector<effect> todo{};
  std::vector<event> facts{};
  std::vector<question> questions{}; ///< the first `asked` of them; the others keep their room
  std::uint32_t asked = 0;

  void clear() {
    todo.clear();
    facts.clear();
    asked = 0;
  }
};

/// The mind of one supervisor. Pure: the same arguments give the same results. Takes all `inputs`
/// as having happened together; appends to `out`. `now` never runs backwards.
void step(const plan&, state&, tally&, std::span<const input> inputs, time_point now, effects& out);

/// The effects as short text: "stop web, wait 200ms", "start db". For tests, and for what a test kit
/// logs; `name` gives a child's id. Wake-ups are not shown.
template <class Name>
std::string show(std::span<const effect> todo, time_point now, Name&& name);

namespace detail {
std::string show(const effect&, time_point now, std::string_view name);
}

template <class Name>
std::string show(std::span<const effect> todo, time_point now, Name&& name) {
  std::string text;
  for (const auto& x : todo)
    if (const auto one = detail::show(x, now, x.who.who == nobody ? "" : name(x.who.who));
        !one.empty())
      text += (text.empty() ? "" : ", ") + one;
  return text;
}

} // namespace supervisor
