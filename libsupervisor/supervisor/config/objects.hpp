#pragma once

#include "supervisor/config/reading.hpp"
#include "supervisor/spec.hpp"

// As in values.hpp, for what is made of fields.

namespace supervisor::config {

/// The whole file.
void read_file(reading&, declared_spec& to);

void read_version(reading&, const value&, declared_spec&);
void read_children(reading&, const value&, declared_spec& to);

void read_factory(reading&, const value&, declared_child_spec& to);
void read_args(reading&, const value&, declared_child_spec& to);
void read_nested(reading&, const value&, declared_child_spec& to);

void read_graceful(reading&, const value&, stop_budget& to);

void read(reading&, const value&, child_defaults& to);
void read(reading&, const value&, intensity& to);
void read(reading&, const value&, backoff& to);
void read(reading&, const value&, stop_budget& to);

} // namespace supervisor::config
