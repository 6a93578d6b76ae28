#include "by_rules.hpp"

#include <algorithm>
#include <iterator>

namespace otp {

namespace {

/// splitmix64 (Steele, Lea, Flood 2014): the standard's distributions differ between libraries.
class dice {
public:
  explicit dice(std::uint64_t seed) : state_(seed) {}

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(next() % n); }
  bool percent(std::uint32_t n) { return below(100) < n; }

private:
  std::uint64_t next() {
    auto x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  std::uint64_t state_;
};

constexpr int deepest = 3;
constexpr std::uint32_t most_children = 4;
constexpr std::uint32_t most_steps = 10;

class author {
public:
  explicit author(std::uint64_t seed) : dice_(seed) {}

  story write(std::uint64_t seed) {
    story_ = {.seed = seed, .root = supervisor("", 1)};
    remember(story_.root, "");
    fill_pools();
    const auto steps = 1 + dice_.below(most_steps);
    for (std::uint32_t i = 0; i < steps; ++i)
      story_.steps.push_back(step());
    if (dice_.percent(60))
      story_.steps.push_back({.what = act::stop});
    return std::move(story_);
  }

private:
  /// A place in the tree, as declared or as added by a step.
  struct known {
    std::string path{};
    seat what{};
  };

  // -- the tree -------------------------------------------------------------------------------------

  seat supervisor(std::string id, int depth) {
    seat made{.id = std::move(id), .is_supervisor = true};
    made.strategy = static_cast<strategy>(dice_.below(3));
    made.restarts = dice_.below(5);
    if (dice_.percent(25))
      made.ends
        = dice_.percent(50) ? auto_shutdown::any_significant : auto_shutdown::all_significant;
    if (depth > 1 && dice_.percent(15))
      return pool(std::move(made));
    const auto stubborn = dice_.percent(15);
    const auto children
      = depth == 1 ? 1 + dice_.below(most_children) : dice_.below(most_children + 1);
    for (std::uint32_t i = 0; i < children; ++i) {
      const auto name = std::string{"abcd"}.substr(i, 1);
      made.below.push_back(stubborn ? typed(ignorer(name), made) : child(name, depth, made));
    }
    return made;
  }

  seat pool(seat made) {
    made.strategy = strategy::simple_one_for_one;
    made.ends = auto_shutdown::never;
    made.below.push_back(leaf("m"));
    made.below.back().when = restart_type();
    // OTP 25 keeps a nameless entry of a member whose restart says "ignore"; later ones do not
    std::ranges::replace(made.below.back().starts, attempt::ignores, attempt::fails);
    return made;
  }

  seat child(std::string id, int depth, const seat& above) {
    const auto is_supervisor = depth < deepest && dice_.percent(35);
    return typed(is_supervisor ? supervisor(std::move(id), depth + 1) : leaf(std::move(id)), above);
  }

  seat typed(seat made, const seat& above) {
    made.when = restart_type();
    made.significant
      = above.ends != auto_shutdown::never && made.when != restart::permanent && dice_.percent(60);
    return made;
  }

  restart restart_type() {
    return dice_.percent(50) ? restart::permanent : static_cast<restart>(dice_.below(3));
  }

  seat leaf(std::string id) {
    const auto kind = dice_.below(100);
    if (kind < 15 && id.size() == 1)
      return ignorer(std::move(id));
    seat made{.id = std::move(id)};
    if (kind < 30)
      made.patience_ms = 0;
    else if (kind < 45)
      made.stops = manners::fails;
    if (dice_.percent(40))
      made.starts = attempts();
    return made;
  }

  /// Only these have little patience shown to them: others need what time the machine takes.
  seat ignorer(std::string id) {
    seat made{.id = std::move(id), .stops = manners::ignores};
    made.patience_ms = patience_of(made.id.front());
    if (dice_.percent(20))
      made.starts = attempts();
    return made;
  }

  /// No sum of some is another: never do two ends fall on one instant.
  std::uint32_t patience_of(char id) {
    constexpr std::uint32_t all[] = {5, 11, 23, 47};
    return id == 'm' ? all[0] : all[static_cast<std::uint32_t>(id - 'a' + turned_) % 4];
  }

  /// The first start of all mostly works: else there is no story.
  std::vector<attempt> attempts() {
    std::vector<attempt> all;
    const auto count = 1 + dice_.below(4);
    for (std::uint32_t i = 0; i < count; ++i)
      all.push_back(dice_.percent(i == 0 ? 93 : 40) ? attempt::works
                    : dice_.percent(80)             ? attempt::fails
                                                    : attempt::ignores);
    return all;
  }

  void remember(const seat& top, const std::string& path) {
    supervisors_.push_back({path, top});
    if (is_pool(top))
      return;
    for (const auto& x : top.below) {
      places_.push_back({path + "/" + x.id, x});
      if (x.is_supervisor)
        remember(x, path + "/" + x.id);
    }
  }

  // -- what happens ---------------------------------------------------------------------------------

  otp::step step() {
    if (!last_.empty() && dice_.percent(35))
      return once_more();
    const auto kind = dice_.below(100);
    if (kind < 60 && dice_.percent(15))
      return die_and_command();
    if (kind < 45)
      return {.what = act::die, .victims = {die()}};
    if (kind < 60)
      return {.what = act::die, .victims = several_in(std::string{above(any_place().path)})};
    if (kind < 80)
      return start_in(any_of(supervisors_));
    return command(any_place());
  }

  /// What was terminated is mostly wanted again.
  otp::step once_more() {
    if (dice_.percent(50) && !is_pool(find(above(last_))))
      return {.what = act::restart, .path = last_};
    return command(*std::ranges::find(places_, last_, &known::path));
  }

  otp::step command(const known& who) {
    constexpr act commands[]
      = {act::terminate, act::terminate, act::terminate, act::restart, act::restart, act::remove};
    const auto in_pool = is_pool(find(above(who.path)));
    last_ = who.path;
    return {.what = in_pool ? act::terminate : commands[dice_.below(6)], .path = who.path};
  }

  victim die() { return dies(any_place()); }

  victim dies(const known& who) {
    constexpr death ways[]
      = {death::crash, death::crash, death::normal, death::shutdown, death::shutdown_because,
         death::kill};
    return {who.path, who.what.is_supervisor ? death::kill : ways[dice_.below(6)]};
  }

  /// Those that restart alone start side by side, and how long a supervisor takes is nobody's
  /// business: then only leaves die together.
  std::vector<victim> several_in(const std::string& top) {
    const auto alone = supervisor::is_for_itself(find(top).strategy);
    std::vector<victim> all;
    for (const auto& x : places_)
      if (above(x.path) == top && !(alone && x.what.is_supervisor) && dice_.percent(60))
        all.push_back(dies(x));
    for (auto i = all.size(); i > 1; --i)
      std::swap(all[i - 1], all[dice_.below(static_cast<std::uint32_t>(i))]);
    if (all.empty())
      all.push_back(die());
    return all;
  }

  // -- commands between two tries ----------------------------------------------------------------------

  /// So that a restart fails, if there is somebody whose restart can.
  otp::step die_and_command() {
    const auto failing = one_that_will_fail();
    const auto top = std::string{above(failing.path)};
    otp::step made{.what = act::die};
    if (!top.empty() && dice_.percent(15)) // the supervisor does not come up again
      made.victims = {dies(*std::ranges::find(places_, top, &known::path))};
    else if (dice_.percent(25))
      made.victims = several_in(top);
    else
      made.victims = {dies_badly(dice_.percent(70) ? failing : any_in(top))};
    made.meanwhile = {command_beside(made.victims, failing)};
    return made;
  }

  victim dies_badly(const known& who) {
    auto made = dies(who);
    if (who.what.when != restart::permanent && !who.what.is_supervisor)
      made.how = death::crash;
    return made;
  }

  /// One that runs, and whose next start fails.
  known one_that_will_fail() {
    const auto so_far = by_rules(story_, rules{}.set());
    std::vector<known> all;
    if (so_far.size() > story_.steps.size())
      std::ranges::copy_if(places_, std::back_inserter(all), [&](const known& x) {
        const auto& now = so_far.back().states;
        return x.what.when != restart::temporary && find(above(x.path)).restarts > 0
               && seat_of_leaf(x.path) && std::ranges::count(now, "is " + x.path + " up") > 0;
      });
    if (all.empty())
      return any_place();
    const auto chosen = any_of(all);
    fail_after(seat_of_leaf(chosen.path)->starts, starts_of(chosen.path, so_far));
    return chosen;
  }

  void fail_after(std::vector<attempt>& starts, std::size_t count) {
    starts.resize(std::max(starts.size(), count + 1), attempt::works);
    starts[count] = attempt::fails;
    if (dice_.percent(30))
      starts.insert(starts.begin() + static_cast<std::ptrdiff_t>(count), attempt::fails);
  }

  static std::size_t starts_of(const std::string& path, const trace& all) {
    const auto is_start = [&path](const std::string& x) {
      return x == "start " + path || x == "error " + path || x == "ignore " + path;
    };
    std::size_t count = 0;
    for (const auto& x : all)
      count += static_cast<std::size_t>(std::ranges::count_if(x.events, is_start));
    return count;
  }

  /// None of a supervisor, of one that was added, or of a member of a pool.
  seat* seat_of_leaf(std::string_view path) {
    auto* const found = declared(path);
    return found && !found->is_supervisor ? found : nullptr;
  }

  seat* declared(std::string_view path) {
    if (path.empty())
      return &story_.root;
    auto* const top = declared(above(path));
    if (!top || is_pool(*top))
      return nullptr;
    const auto found = std::ranges::find(top->below, name_of(path), &seat::id);
    return found == top->below.end() ? nullptr : &*found;
  }

  otp::step command_beside(const std::vector<victim>& victims, const known& failing) {
    const auto top = std::string{above(victims.front().path)};
    if (!top.empty() && dice_.percent(10)) // it may be one try too many for this supervisor
      return command_in(std::string{above(top)}, top);
    const auto& waiting = victims.size() == 1 ? victims.front().path : failing.path;
    if (!is_pool(find(top)))
      return command_in(top, waiting);
    // OTP 25 miscounts a pool when a member that waits is terminated
    const auto other = any_in(top);
    const auto dies = std::ranges::count(victims, other.path, &victim::path) > 0;
    return dies || dice_.percent(30) ? start_in({top, find(top)}) : command(other);
  }

  otp::step command_in(const std::string& top, const std::string& waiting) {
    const auto kind = dice_.below(100);
    if (kind < 15)
      return start_in({top, find(top)});
    constexpr act for_waiting[] = {act::terminate, act::terminate, act::restart, act::remove};
    constexpr act for_others[] = {act::terminate, act::restart, act::remove, act::remove};
    last_ = kind < 50 ? waiting : any_in(top).path;
    return {.what = (last_ == waiting ? for_waiting : for_others)[dice_.below(4)], .path = last_};
  }

  void fill_pools() {
    for (const auto& x : supervisors_)
      if (is_pool(x.what) && dice_.percent(80))
        for (auto i = dice_.below(4); i > 0; --i)
          story_.steps.push_back(start_member(x));
  }

  otp::step start_member(const known& pool) {
    otp::step made{.what = act::start, .path = pool.path};
    made.is_member = true;
    made.added.id = "m" + std::to_string(++members_);
    places_.push_back({pool.path + "/" + made.added.id, pool.what.below.front()});
    return made;
  }

  otp::step start_in(const known& top) {
    if (is_pool(top.what))
      return start_member(top);
    otp::step made{.what = act::start, .path = top.path};
    if (dice_.percent(50) && !top.what.below.empty()) {
      made.added = any_of(top.what.below);
      return made;
    }
    made.added = child("x" + std::to_string(++members_), deepest, top.what);
    places_.push_back({top.path + "/" + made.added.id, made.added});
    return made;
  }

  template <class T>
  const T& any_of(const std::vector<T>& all) {
    return all[dice_.below(static_cast<std::uint32_t>(all.size()))];
  }

  const known& any_place() { return any_of(places_); }

  /// There is one.
  known any_in(std::string_view top) {
    std::vector<known> all;
    std::ranges::copy_if(places_, std::back_inserter(all),
                         [top](const known& x) { return above(x.path) == top; });
    return any_of(all);
  }

  const seat& find(std::string_view path) const {
    return std::ranges::find(supervisors_, path, &known::path)->what;
  }

  dice dice_;
  story story_{};                  ///< so far
  std::vector<known> places_;      ///< of children
  std::vector<known> supervisors_; ///< the root, too
  std::string last_{};             ///< whom the last command was about
  int members_ = 0;
  int turned_ = static_cast<int>(dice_.below(4));
};

} // namespace

story make_story(std::uint64_t seed) { return author{seed}.write(seed); }

} // namespace otp
