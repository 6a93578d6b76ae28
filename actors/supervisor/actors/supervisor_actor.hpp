#pragma once

#include "supervisor/actors/exit_of.hpp"
#include "supervisor/actors/tree_core.hpp"

#include <unordered_map>

namespace supervisor::detail {

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
  /// What the shell holds of a child: its actor for exactly one life, the way to tell its thread to
  /// stop, and the cell that its callers look at, if anybody does.
  struct seat {
    caf::actor who{};
    std::stop_source stop{std::nostopstate};
    std::shared_ptr<cell> known{};
  };

  // -- messages in -------------------------------------------------------------------------------------

  void on_control(const control&);
  void on_child_start(const child_start&);
  void on_control_plane(const control_plane&);
  void on_exit_message(const caf::exit_msg&);
  void stop(std::string by, std::string why);
  void take(const input&);
  void take_note(const child_start&);
  void adopt_abandoned(const child_start&);

  // -- decisions out -----------------------------------------------------------------------------------

  void turn();
  void publish();
  void carry_out(const effect&);
  void start_child(life);
  launched try_start(life);
  void follow(const caf::actor&, life, news end);
  void wake(time_point);
  caf::actor judge_of(slot) const;
  void ask(life, const question&);
  void finish(const effect&);
  void leave_in_haste();
  void send_last_words(std::shared_ptr<last_words>);
  std::vector<caf::actor> still_there() const;

  // -- supervisor_answers.cpp: what others want to know -----------------------------------------------

  shutdown_report report(const effect&) const;
  void answer(const control&);
  void explain_child(const control&);
  void bind(const std::string& path);
  void show_cells();
  void show_cell(slot, std::shared_ptr<cell>);
  void tell_cells(const event&);
  void tell_cell(slot, cell&) const;
  bool comes_back(slot) const;
  slot slot_of(std::string_view id);

  const child_spec& spec_of(slot who) const { return blue_->spec->children[who]; }
  std::string path_of(slot who) const { return path_ + "/" + spec_of(who).id; }
  bool ending() const { return state_.ending != in_none || state_.finished; }
  bool is_root() const { return !up_.supervisor; }

  const std::shared_ptr<const blueprint> blue_;
  const std::string path_; ///< empty: the root
  const std::shared_ptr<tree_core> tree_;
  const uplink up_;

  state state_;
  tally tally_;
  effects out_;
  std::vector<input> pending_, taken_;
  bool draining_ = false;
  bool over_ = false;

  std::vector<seat> seats_;
  std::unordered_map<slot, std::string> words_;               ///< texts of the last exits
  std::unordered_map<slot, question> asked_;                  ///< the last decisions
  std::unordered_map<slot, std::vector<child_report>> below_; ///< what nested ones left behind
  std::unordered_map<slot, caf::actor> abandoned_;
  std::vector<std::pair<slot, caf::actor>> abandoned_below_;
  std::unordered_map<std::string_view, slot> slots_; ///< by id; made when first needed
  std::string stop_by_, stop_why_;
  time_point ending_since_{};
};

} // namespace supervisor::detail
