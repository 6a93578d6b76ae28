#pragma once

#include <string>
#include <vector>

// What a child of a scenario can be told to do. Each does not come back.

namespace chaos::child {

using words = std::vector<std::string>;

/// The nth of them, or 0.
int number(const words&, std::size_t n);

/// Where its notices go; also told on standard output, as "socket PATH".
std::string told_socket();

[[noreturn]] void wait_for_ever();

// -- speaking.cpp: those who say that they are ready, or alive -----------------------------------------

/// DELAY: in so many ms it says that it is ready with its pid, and when: "ready NANOSECONDS".
[[noreturn]] void reports(const words&);

/// One that descends from it, in a session of its own, says that it is ready.
[[noreturn]] void descendant_reports(const words&);

/// It never says that it is ready.
[[noreturn]] void mute(const words&);

/// One that descends from it sends junk, all the time.
[[noreturn]] void talks_junk(const words&);

/// READY PERIOD ENDS, all in ms: when it is ready, how often it beats after that (0: never), and how long
/// it takes to end when it is told to. After SIGUSR1 it hangs.
[[noreturn]] void beats(const words&);

/// Ready at once, and nothing but SIGKILL ends it.
[[noreturn]] void deaf(const words&);

/// PERIOD, in ms: it stops its parent so often. With "deaf" behind it, it does not obey SIGTERM.
[[noreturn]] void freezes_parent(const words&);

// -- forking.cpp: those who are many. SECONDS is when they end by themselves, FILE that of their pulses ---

/// COUNT SECONDS FILE PAUSE: so many chains, each process of which waits for so many us, forks a successor
/// and ends at once; a chain that is cut is begun again by another one.
[[noreturn]] void chains(const words&);

/// COUNT SECONDS FILE: so many that were forked twice, with a session of their own and an empty
/// environment, and that do not obey SIGTERM. "only" before the count: when all of
/// them are there it ends, and they stay.
[[noreturn]] void daemons(const words&);

/// WHO SECONDS FILE: one of those.
[[noreturn]] void daemon(const words&);

// -- printing.cpp ----------------------------------------------------------------------------------------

/// RATE: so many lines a second, each with its number; some are long, some are not for a terminal.
[[noreturn]] void prints(const words&);

} // namespace chaos::child
