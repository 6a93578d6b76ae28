#pragma once

#include "supervisor/policies/backoff.hpp"
#include "supervisor/policies/exit.hpp"
#include "supervisor/policies/intensity.hpp"
#include "supervisor/policies/policy.hpp"
#include "supervisor/policies/strategy.hpp"
