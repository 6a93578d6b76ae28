#pragma once

#include "supervisor/actors/launcher.hpp"

namespace supervisor {

/// A child that is a program: an actor that lives and dies with it. Asked to stop, it sends the
/// program its `stop_signal`; killed, it kills the program and all that descends from it, and ends
/// when nobody of them is left. It answers no messages.
///
/// The program gets the variables of the child's `environment` beside those it inherits, and with
/// readiness "explicit" or a health_policy a NOTIFY_SOCKET, where READY=1 and WATCHDOG=1 count as
/// systemd has it. Its output is told line by line, see `start_options::log`. In virtual time
/// nothing is run.
launcher process(process_spec);

} // namespace supervisor
