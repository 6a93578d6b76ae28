#pragma once

#include "supervisor/actors/detail/alarm.hpp"
#include "supervisor/actors/detail/tree_core.hpp"
#include "supervisor/actors/node/exit_of.hpp"
#include "supervisor/plan/roster.hpp"

#include <deque>
#include <mutex>
#include <unordered_map>

namespace supervisor::detail {

/// "db, cache".
std::string list_of(const std::vector<std::string>&);

/// The hands of one supervisor: puts messages into words the core understands, lets it decide, and
/// does what it says. Holds nothing that a decision depends on.
class supervisor_actor : public supervisor_mailbox::base {
public:
  supervisor_actor(caf::actor_config&, std::shared_ptr<const blueprint>, std::string path,
                   std::shared_ptr<tree_core>, uplink up);

  const char* name() const override { return "supervisor"; }

  /// The child's life is over, whatever the news say later. From any thread.
  void lost(life, const caf::error& why) const;

  void on_exit() override;

protected:
  behavior_type make_behavior() override;

private:
  struct extras {
    supervisor::reins reins{};          ///< empty: those of its actor
    std::shared_ptr<watch_post> post{}; ///< if somebody looks after it
    std::shared_ptr<const child_note> note{};
  };

  /// What the shell holds of a child: its actor for exactly one life, the way to tell its thread to
  /// stop, and the cell that its callers look at, if anybody does.
  struct seat {
    std::uint32_t number = 0; ///< of the life
    bool prepares = false;
    caf::actor who{}; ///< before its start: who looks whether it may start
    std::stop_source stop{std::nostopstate};
    std::shared_ptr<cell> known{};  ///< of the child, whatever its life
    std::unique_ptr<extras> more{}; ///< that few children have

    extras& with() {
      if (!more)
        more = std::make_unique<extras>();
      return *more;
    }

    watch_post* post() const { return more ? more->post.get() : nullptr; }
    const child_note* note() const { return more ? more->note.get() : nullptr; }
  };

  /// Children that are started, or told to end, and have not reported since, more or less: as many as
  /// a scheduler bears that walks through the queue of another worker to find work.
  static constexpr std::size_t most_at_once = 256;

  /// After so long without a report it goes on.
  static constexpr auto patience = std::chrono::milliseconds{1};

  /// A message that comes later than this must not keep us in memory when we have ended.
  static constexpr auto soon = std::chrono::seconds{1};

  /// If the outside cannot be heard in this time, such as from a host whose thread is stuck, those who
  /// are late are judged nevertheless.
  static constexpr auto longest_listening = std::chrono::seconds{1};

  /// How often the root looks whether it is what keeps the actor system from ending.
  static constexpr auto between_looks = std::chrono::seconds{2};

  /// Of so many that have ended for good it is known that they were here.
  static constexpr std::size_t most_gone = 1000;

  /// Effects of a step, and which of them is the next to be carried out.
  struct work {
    effects what{};
    std::size_t next = 0;
  };

  // -- messages in -------------------------------------------------------------------------------------

  void on_control(const control&);
  void on_child_start(const child_start&);
  void on_control_plane(const control_plane&);
  void on_exit_message(const caf::exit_msg&);
  void look_again_later();
  void look_who_waits();
  void stop(std::string by, std::string why);
  void take(const input&);
  void take_note(const child_start&);
  void note_end(const child_start&, seat&);
  void note_text(slot, std::string);
  bool is_old_news(const child_start&);
  void adopt_abandoned(const child_start&);

  // -- decisions out -----------------------------------------------------------------------------------

  void turn();
  void go_on();
  void note_report();
  void watch_progress();
  void go_on_anyway();
  void decide();
  void publish();
  std::string_view text_for(const event&);
  void note_reason(const event&);
  std::string why_condemned(life) const;
  std::vector<std::string> awaited_by(slot) const;
  std::string_view left_of(life) const;
  bool carry_out_some(const effects&, std::size_t& next);
  void carry_out(const effect&, const effects& of);
  void cancel(life);
  void kill(life);
  void abandon(life);
  void follow(const caf::actor&, life, news end);
  void wake(time_point);
  void listen();
  void on_listened(std::uint32_t number);
  caf::actor judge_of(slot) const;
  void ask(life, const question&);

  // -- supervisor_starts.cpp: lives that begin ------------------------------------------------------------

  const seat* seat_of(life) const;
  seat* seat_of(life who) { return const_cast<seat*>(std::as_const(*this).seat_of(who)); }
  bool is_running(slot who) const { return seats_[who].who && !seats_[who].prepares; }
  void start_child(life);
  void prepare(life, seat&);
  void on_prepared(const child_start&);
  void launch_child(life, std::shared_ptr<const belongings>);
  launched try_launch(life, std::shared_ptr<const belongings>);
  std::shared_ptr<watch_post> post_of(const child_spec&, life) const;
  void swap(life);

  // -- supervisor_endings.cpp: its own end ---------------------------------------------------------------

  void finish(const effect&);
  void leave_in_haste();
  void tell_of_breaking(const std::string& path, const last_words&, const supervisor::plan&) const;
  void leave_to_tree() const;
  void send_last_words(std::shared_ptr<last_words>);
  std::vector<caf::actor> still_there() const;
  std::vector<caf::actor> actors_of(slot) const;

  // -- supervisor_commands.cpp: what others want of it --------------------------------------------------

  /// Where a supervisor of this tree is to be found from here.
  struct way {
    bool here = false;
    caf::actor next{}; ///< the supervisor that knows further
    fault no{};        ///< neither: why
    bool down = false; ///< because a supervisor on the way is
  };

  way way_to(const std::string& supervisor_path);

  /// The child that it is about, or why there is none; nothing if it was passed on.
  std::optional<expected<slot>> look_for(const control&);
  void on_command(const control&);
  bool has_gone(const std::string& path) const;
  void answer_for_one_gone(const control&);
  void command_self(const control&);
  void shut_down(const control&);
  void command_child(slot, const control&);
  void add_child(const control&);
  expected<child_spec> child_of(const command_query&);
  expected<child_spec> member_of_pool(const command_query&);
  bool looks_up_refs(const control&, const child_spec&);
  void look_up(const std::string& path, const control& then);
  bool is_there(slot) const;
  faults objections_to_refs(const command_query&, const child_spec&) const;
  slot take_seat(child_spec);
  void make_room_for(slot);
  std::string next_member_of(const std::string& shape);
  faults objections_to_revision_of(const supervisor_spec& wanted) const;
  void revise(const control&);
  void take_back_when_calm();
  void revise_cells();
  void revise_nested();
  bool has_blueprint_of(slot, const std::shared_ptr<const supervisor_spec>&) const;
  std::uint32_t note_command(const std::shared_ptr<command_query>&);
  void answer_command(const control_outcome&);
  std::string words_for(const control_outcome&) const;
  void vacate(slot);

  // -- supervisor_answers.cpp: what others want to know -----------------------------------------------

  shutdown_report report(const effect&) const;
  std::string words_of(const child_exit&, slot) const;
  std::string words_of_end(slot) const;
  void answer(const control&);
  std::vector<slot> in_order() const;
  child_state known_of(slot) const;
  void explain_child(const control&);
  expected<explanation> explained(slot, const std::string& path) const;
  void show_child(const control&);
  void show_spec(const control&);
  void show_where(const control&);
  const child_spec* declared_below(const std::string& path) const;
  void bind(const std::string& path);
  void names_nobody(const std::string& path);
  void show_cells();
  void show_known_cell(slot);
  void show_cell(slot, std::shared_ptr<cell>);
  void tell_cells(const event&);
  void tell_cell(slot, cell&) const;
  child_row row_of(slot) const;
  bool is_serving(slot) const;
  bool comes_back(slot) const;

  const child_spec& spec_of(slot who) const { return roster_.of(who); }
  const supervisor::plan& plan() const { return roster_.plan(); }
  const std::shared_ptr<const blueprint>& below(slot who) const;
  void ask_how_it_is(life, std::uint32_t number);
  std::string path_of(slot who) const { return path_ + "/" + std::string{id_of(who)}; }
  bool is_seated(slot who) const { return who < roster_.size() && !roster_.is_vacant(who); }
  std::string_view id_of(slot who) const {
    return is_seated(who) ? std::string_view{spec_of(who).id} : std::string_view{};
  }
  std::uint32_t attempt_of(slot who, std::uint32_t number) const {
    return who < state_.children.size() ? number - state_.children[who].born : number;
  }
  bool ending() const { return state_.ending != in_none || state_.finished; }
  bool is_root() const { return !up_.supervisor; }

  const std::shared_ptr<const blueprint> blue_;
  const std::string path_; ///< empty: the root
  const std::shared_ptr<tree_core> tree_;
  const uplink up_;

  roster<launcher> roster_;
  mutable std::mutex roster_lock_; ///< for `lost`, and for whatever moves a seat
  bool is_gone_ = false;           ///< for `lost` as well
  state state_;
  tally tally_;
  effects out_;
  std::deque<work> undone_; ///< in order
  std::size_t owed_ = 0;    ///< reports, see most_at_once
  std::size_t owed_before_ = 0;
  bool watches_progress_ = false;
  alarm alarm_{*this};
  std::uint32_t listenings_ = 0;  ///< so far
  std::uint32_t listens_for_ = 0; ///< the one under way; 0: none
  std::vector<input> pending_, taken_;
  bool draining_ = false;
  bool over_ = false;

  std::vector<seat> seats_;
  std::unordered_map<slot, std::string> words_;               ///< texts of the last exits
  std::unordered_map<slot, std::string> stalls_;              ///< what they were stuck in last
  std::unordered_map<slot, std::string> reasons_;             ///< signs that they are not well
  std::string awaited_;                                       ///< of the event that is told of
  std::unordered_map<slot, question> asked_;                  ///< the last decisions
  std::unordered_map<slot, std::vector<child_report>> below_; ///< what nested ones left behind
  std::unordered_map<slot, seat> asides_;                     ///< second lives, see `aside`
  std::vector<std::pair<life, caf::actor>> abandoned_;        ///< and not ended since
  std::vector<std::pair<slot, caf::actor>> abandoned_below_;
  std::unordered_map<slot, std::shared_ptr<const blueprint>> nested_; ///< not as first declared
  std::unordered_map<std::uint32_t, std::shared_ptr<command_query>> commands_; ///< under way
  std::vector<control> taken_back_; ///< revisions that have to wait until no restart is under way
  std::uint32_t commands_so_far_ = 0;
  std::uint64_t members_so_far_ = 0; ///< of a pool
  std::uint64_t asked_of_gone_ = 0;  ///< commands, so far
  std::deque<std::string> gone_;     ///< ids of the last that ended and have no second time
  std::string stop_by_, stop_why_;
  time_point ending_since_{};
};

} // namespace supervisor::detail
