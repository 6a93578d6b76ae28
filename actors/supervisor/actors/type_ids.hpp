#pragma once

#include "supervisor/actors/caf/caf_compat.hpp"
#include "supervisor/policies/decision.hpp"

#include <cstdint>

namespace supervisor {

enum class failure : std::uint8_t;
struct health_question;
struct control;
struct child_start;
struct control_plane;
struct preparation;

} // namespace supervisor

// 1.x knows message types by number. Programs number theirs from caf::first_custom_type_id, so we
// leave them room.
CAF_BEGIN_TYPE_ID_BLOCK(supervisor, caf::first_custom_type_id + 500)
CAF_ADD_TYPE_ID(supervisor, (supervisor::failure))
CAF_ADD_TYPE_ID(supervisor, (supervisor::control))
CAF_ADD_TYPE_ID(supervisor, (supervisor::child_start))
CAF_ADD_TYPE_ID(supervisor, (supervisor::control_plane))
CAF_ADD_TYPE_ID(supervisor, (supervisor::situation))
CAF_ADD_TYPE_ID(supervisor, (supervisor::decision))
CAF_ADD_TYPE_ID(supervisor, (supervisor::health_question))
CAF_ADD_TYPE_ID(supervisor, (supervisor::preparation))
CAF_END_TYPE_ID_BLOCK(supervisor)

SUPERVISOR_ERROR_ENUM(supervisor::failure, "supervisor")
