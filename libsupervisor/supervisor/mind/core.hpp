#pragma once

#include "supervisor/mind/deadlines.hpp"
#include "supervisor/mind/question.hpp"
#include "supervisor/plan/plan.hpp"

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
  vacant,    ///< a seat that is free
};

/// What a waiting child waits for.
enum class wait_reason : std::uint8_t {
  time,         ///< its deadline
  dependencies, ///< `awaits_dependency`
  turn,         ///< too many are starting: it stands in a line
  pause,        ///< its group is paused; then it starts
  new_decision, ///< its group is paused; then the policy is asked anew
  answer,       ///< its policy lives outside and was asked
};

/// What becomes of a child when its regroup is down.
enum class fate : std::uint8_t { rise, stay_down, park, remove };

/// Why a child is being stopped that nobody else goes down with.
enum class condemned : std::uint8_t {
  no,
  slow_start,
  ran_too_long,
  unhealthy,
  main_exited, ///< its main process has ended, and what it left behind is asked to end
};

inline constexpr std::uint32_t in_none = ~std::uint32_t{0};

/// A child that waits for others so long before its start is told of.
inline constexpr nanoseconds tells_of_waits_after = std::chrono::seconds{1};

struct child_row {
  std::uint32_t number = 0;              ///< of its current or last life
  std::uint32_t rank = 0;                ///< grows along the start order
  slot older = nobody, younger = nobody; ///< neighbours in the start order
  phase now = phase::down;
  wait_reason waits_for : 3 = wait_reason::time;
  supervisor::fate fate : 2 = supervisor::fate::rise;
  operation op : 3 = operation::active;
  supervisor::condemned condemned : 3 = supervisor::condemned::no;
  bool ready : 1 = false;
  bool ran : 1 = false;               ///< in this life
  bool unproven : 1 = false;          ///< in the first start of its supervisor, and not ready since
  bool done : 1 = false;              ///< ended well and stays down: its dependents need not wait
  bool awaits_dependency : 1 = false; ///< would start, if its dependencies were ready
  bool unsettled : 1 = false;         ///< its end was taken note of, and nothing was decided yet
  bool gone : 1 = false;              ///< ended as told, and waits for those that linger below it
  bool lingers : 1 = false;           ///< abandoned actors are left below it: must not start again
  bool added : 1 = false;             ///< at run time: its seat is free when it is forgotten
  bool joining : 1 = false;           ///< added or renewed by a command, and not ready since
  bool leaving : 1 = false; ///< dropped by a revision that is not through, or was taken back
  bool pending : 1 = false; ///< its restart was commanded, and did not happen so far
  std::uint32_t regroup = in_none;
  std::uint32_t deadline = nobody; ///< its seat among the deadlines
  std::uint32_t trouble = nobody;  ///< its row in `troubles`, from its first restart on
  std::uint32_t born = 0;          ///< number of the last life of whoever had the seat before
  std::uint32_t vital = nobody;    ///< its row in `vitals`, if its signs of life are looked at
  time_point since{};              ///< of its phase; waiting: until then

  friend bool operator==(const child_row&, const child_row&) = default;
};

static_assert(sizeof(child_row) == 48);

/// Of a child that failed at least once.
struct trouble {
  std::uint32_t streak = 0;
  std::uint32_t lingering = 0; ///< abandoned actors below it that have not ended yet
  nanoseconds last_wait{0};
  memory_slot memory{}, limits{};    ///< of its policy, and of its limits
  child_exit exit{};                 ///< while it is asked about: the end in question
  nanoseconds uptime{0};             ///< likewise; both also of a main process that has ended
  bool again = false;                ///< it was asked about before, and put off
  std::uint32_t asked = 0;           ///< how often a policy outside was
  std::vector<time_point> strikes{}; ///< of an optional child: its restarts within the period

  friend bool operator==(const trouble&, const trouble&) = default;
};

/// Of a child whose signs of life are looked at: when they are due.
struct vital {
  due start_by{}; ///< running and, if it says so itself, ready
  due end_by{};   ///< run_timeout
  due beat_by{};
  due check_at{}; ///< to be asked; when asked: to have answered
  time_point recycle_at = time_point::max();
  time_point last_beat = time_point::min();
  std::uint32_t asked = 0;    ///< questions so far
  std::uint32_t failures = 0; ///< of checks, in a row
  bool awaits_answer = false;
  child_health health = child_health::unknown;

  friend bool operator==(const vital&, const vital&) = default;
};

/// The second life of a child that may have two at a time: the next one until it is ready, then the
/// one before until it has ended.
struct aside {
  slot who = nobody; ///< nobody: free
  std::uint32_t number = 0;
  phase now = phase::starting; ///< down: it has failed, and its number is used up
  bool is_next = true;
  std::uint32_t deadline = nobody; ///< its seat among the deadlines

  friend bool operator==(const aside&, const aside&) = default;
};

/// A command whose answer has to wait.
struct promise {
  slot who = nobody;
  command order{};
  std::uint32_t key = 0;
  operation before{};
  bool cancelled = false; ///< by this command

  friend bool operator==(const promise&, const promise&) = default;
};

/// A revision under way.
struct revising {
  bool on = false;
  std::uint32_t key = 0;
  std::uint32_t joining = 0;       ///< children that have to become ready
  std::uint32_t regroup = in_none; ///< its own, as long as that is open

  friend bool operator==(const revising&, const revising&) = default;
};

/// Children that go down together, last started first, and what then. Two never overlap. Those
/// that come up again leave it one by one, in start order.
struct regroup {
  bool open = false;
  bool down = false; ///< everybody in it is
  bool rising = false;
  bool begins = false; ///< some of its children have never been started
  bool failed = false; ///< somebody in it was abandoned: it cannot go up again
  bool widens = false; ///< who is started meanwhile and is touched by it comes up with it, too
  aim then{};
  std::uint32_t members = 0;
  std::uint32_t still_up = 0;
  slot cursor = nobody;    ///< going down: nobody younger is left to be told; rising: nobody older
  slot awaited = nobody;   ///< going down: told, not down yet; rising: told to start, not up yet
  slot first = nobody;     ///< oldest member, or the place where it was
  slot last = nobody;      ///< youngest member, likewise
  slot culprit = nobody;   ///< whose end began it
  slot needed_by = nobody; ///< who cannot be started without the culprit, if that is the reason
  time_point resume{};     ///< not up again before
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
  std::vector<vital> vitals{};
  std::vector<aside> asides{};
  std::vector<promise> promises{};
  supervisor::revising revising{};
  std::vector<regroup> regroups{};
  supervisor::deadlines deadlines{};
  std::vector<group_row> groups{};
  memory_slot limits{}, limit{};    ///< of the supervisor's limits, and of the user's own
  std::deque<time_point> strikes{}; ///< restarts within the period, but those of optional children
  std::deque<slot> line{};          ///< due, but too many are starting
  std::uint32_t lined_up = 0;       ///< in the lines of all groups
  slot oldest = nobody, youngest = nobody;
  std::uint32_t next_rank = 0;
  std::uint32_t members = 0; ///< children, those that are forgotten not counted
  std::uint32_t starting = 0;
  time_point armed = time_point::max(); ///< when the shell will wake us
  nanoseconds late_by{0}; ///< not 0: we were paused, and hear first what came meanwhile
  shutdown_phase stage = shutdown_phase::idle;
  std::uint32_t ending = in_none; ///< the regroup that ends the supervisor
  bool begun = false;             ///< every child was started once
  bool finished = false;
  bool lost_significant = false; ///< one that ended, not well, and is forgotten

  friend bool operator==(const state&, const state&) = default;
};

state make_state(const plan&);

// -- what is only counted --------------------------------------------------------------------------

struct child_outcome {
  life who{};
  shutdown_status status{};
  child_exit exit{};
};

struct child_tally {
  std::uint32_t generation = 0;
  std::uint32_t restarts = 0;
  std::uint32_t merged = 0;  ///< restarts commanded while one was pending
  std::uint32_t refused = 0; ///< of what it wanted of its supervisor
  bool exited = false;
  child_exit last_exit{};
  std::uint64_t last_event = 0; ///< its number
};

struct tally {
  std::uint64_t events = 0, stale = 0, restarts = 0, crashes = 0;
  std::uint32_t abandoned = 0;           ///< and not ended since
  std::vector<child_tally> children{};   ///< by slot; empty before the first end
  std::vector<child_outcome> outcomes{}; ///< of the shutdown, in its order
};

// -- what goes in and out --------------------------------------------------------------------------

enum class news : std::uint8_t {
  begin,    ///< control plane: start the children
  stop,     ///< control: stop them and finish
  deadline, ///< the wake-up that was asked for, or an old one
  listened, ///< control plane: all that had come before `deed::listen` is heard
  started,  ///< child start: it runs
  ready,    ///< it says it can serve
  exited,   ///< it ended; before `started`: its start failed
  /// its main process has ended with `exit`, others that belong to it have not: `exited` comes when
  /// nobody is left
  main_exited,
  ignored,   ///< its start says that there is nothing to run
  lingering, ///< before `exited`: `count` abandoned actors are left below it
  late_end,  ///< one of those ended after all
  answered,  ///< control: the policy outside says `then` to its question number `count`
  heartbeat, ///< child start: it says that it lives
  checked,   ///< its answer to question number `count` of its supervisor: `well` or not
  stalled,   ///< control plane: it has been in one handler for `then.wait`
  worn,      ///< child start: it has done as much as one life of it is to do
  prepared,  ///< child start: all that must hold before its start does, and its time begins
  waits,     ///< child start: some of that does not hold yet
  command,   ///< control: `order` number `count`
  /// control: the seat `who` is a child's now; nobody: its declaration has faults. A command with
  /// number `count`
  added,
  revised, ///< control: the plan is another one; a command with number `count`
};

struct input {
  news what{};
  life who{};
  child_exit exit{};
  std::uint32_t count = 0;
  decision then{};
  command order{};
  bool well = false;                 ///< checked: it said yes
  bool vague = false;                ///< checked: it said something that is no answer to that
  bool audited = false;              ///< the command says who wants it, and why
  life asker{};                      ///< of a command: the child that wants it, if one does
  int signal = 0;                    ///< signal_child; 0: to read its configuration again
  time_point at = time_point::max(); ///< heartbeat: when it was, if that is earlier than now
};

enum class deed : std::uint8_t {
  start,
  cancel,
  kill,
  abandon, ///< no more can be done: remember that it may still run
  wait,    ///< nothing to do: `who`, and those restarted with it, stay down until `at`
  wake,    ///< send `deadline` at `at`; replaces no earlier wish
  listen,  ///< take in all that has arrived from outside so far, then send `listened`
  ask,     ///< the policy outside, what is in `question`; the answer becomes `answered`
  check,   ///< ask the child how it is, with number `question`; the answer becomes `checked`
  swap,    ///< this life is the child now; the one before it goes on being stopped
  signal,  ///< send it the signal `question`, or the one to read its configuration again if 0
  answer,  ///< a command, with the outcome number `question`
  vacate,  ///< the seat is free: forget who had it
  begun,   ///< every child was started once
  finish,  ///< the supervisor is over, by `why`
};

struct effect {
  deed what{};
  aim why{};
  life who{}; ///< finish: whose end was the reason, if any
  /// of `ask`, `check`, `signal` and `answer`: which; of `finish`: the seat of the child that could not be
  /// started without `who`, or nobody
  std::uint32_t index = 0;
  time_point at{};

  friend bool operator==(const effect&, const effect&) = default;
};

static_assert(std::is_trivially_copyable_v<input> && std::is_trivially_copyable_v<effect>);

static_assert(sizeof(effect) == 24);

/// What came of a command.
struct control_outcome {
  std::uint32_t key = 0;
  command order{};
  life who{}; ///< as it was when the command came; apply: who did not come up
  operation before{}, after{};
  objection no{};
  bool idempotent = false; ///< it was so already
  bool cancel_delivered = false;
  stop_state stop{};
  bool had_attempt = false;
  fence_decision fence{}; ///< restart_child
  std::uint32_t generation = 0, attempt = 0;
  std::uint32_t target_generation = 0; ///< restart_child
  child_exit exit{};                   ///< start_failed

  friend bool operator==(const control_outcome&, const control_outcome&) = default;
};

/// What a step wants done, in this order, and what it decided, in that order.
struct effects {
  std::vector<effect> todo{};
  std::vector<event> facts{};
  std::vector<question> questions{}; ///< the first `asked` of them; the others keep their room
  std::uint32_t asked = 0;
  std::vector<control_outcome> outcomes{};

  void clear() {
    todo.clear();
    outcomes.clear();
    facts.clear();
    asked = 0;
  }
};

/// The mind of one supervisor. Pure: the same arguments give the same results. Takes all `inputs`
/// as having happened together; appends to `out`. `now` never runs backwards.
void step(const plan&, state&, tally&, std::span<const input> inputs, time_point now, effects& out);

/// Whether those who depend on that child need not wait for it. A job has to be done; to run is not enough.
bool is_met(const plan&, const state&, slot need);

/// What stands against becoming another supervisor now. To be asked right before the plan is
/// replaced: `step` takes it for granted that nothing does.
/// `must_hold`: it is to be taken back if a child does not come up. `audited`: it says who wants it,
/// and why.
objection objection_to_revision(const state&, bool must_hold = true, bool audited = true);

/// What stands against one more child now.
objection objection_to_adding(const plan&, const state&);

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
