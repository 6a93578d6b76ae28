#pragma once

// The front door: everything that a program with a supervision tree needs.

#include "supervisor/actors/ask_actor.hpp"
#include "supervisor/actors/child.hpp"
#include "supervisor/actors/launcher.hpp"
#include "supervisor/actors/observer.hpp"
#include "supervisor/actors/pool.hpp"
#include "supervisor/actors/ref.hpp"
#include "supervisor/actors/tree.hpp"
#include "supervisor/effective/effective.hpp"
#include "supervisor/policies.hpp"
#include "supervisor/spec/spec.hpp"
