#pragma once

#include "core_under_test.hpp"

#include <random>

namespace supervisor {

/// A random supervisor, and those who command it.
struct walk {
  /// `may_die`: its children may be limited in how long they live.
  walk(std::mt19937_64&, bool may_die);

  bool mortal;
  core_under_test it;
  declared_spec then;     ///< what to become again, if a revision fails
  declared_spec wanted{}; ///< of the last revision
  std::size_t seen = 0;   ///< answers that were looked at
  bool owes = false;      ///< a revision has failed and was not taken back so far
};

/// Starts the supervisor; then 40 random things happen to it, with time between them.
void live(walk&, std::mt19937_64&);

/// No child is slow or failing any longer, and there is time enough for everything: until all has been
/// calm for half a second.
void get_well(core_under_test&);

/// Stops the supervisor, and gives it all the time that it needs.
void end(walk&);

/// Up, or down for a reason that time alone does not cure.
bool is_settled(const core_under_test&, const std::string& id);

/// Second lives that were told to end do so.
void let_old_lives_end(core_under_test&);

} // namespace supervisor
