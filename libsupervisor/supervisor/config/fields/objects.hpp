#pragma once

#include "supervisor/config/reading.hpp"
#include "supervisor/config/written.hpp"
#include "supervisor/spec/spec.hpp"

// As in values.hpp, for what is more than its fields.

namespace supervisor::config {

/// The whole file.
void read_file(reading&, declared_spec& to);
written write_file(const declared_spec&);

void read_child(reading&, const value&, declared_child_spec& to);

/// The schema that the file says it keeps to is for editors.
void read_name_of_schema(reading&, const value&, declared_spec&);

void read_version(reading&, const value&, declared_spec&);
written write_version(const declared_spec&);
/// Whoever says it has decided something, whatever the numbers.
void read_intensity(reading&, const value&, declared_spec& to);
written write_intensity(const declared_spec&);

void read_children(reading&, const value&, declared_spec& to);
void read_nested(reading&, const value&, declared_child_spec& to);
written write_nested(const declared_child_spec&);

void read_factory(reading&, const value&, declared_child_spec& to);
written write_factory(const declared_child_spec&);
void read_args(reading&, const value&, declared_child_spec& to);
written write_args(const declared_child_spec&);
void read_process(reading&, const value&, declared_child_spec& to);
written write_process(const declared_child_spec&);

void read_graceful(reading&, const value&, stop_budget& to);
written write_graceful(const stop_budget&);
void read(reading&, const value&, stop_budget& to);

void read(reading&, const value&, resource_limits& to);
void read(reading&, const value&, precondition& to);
void read(reading&, const value&, recycle_policy& to);

/// An object, or the word for all limits by their usual numbers.
void read(reading&, const value&, child_limits& to);
void read_group_limits(reading&, const value&, group_config& to);
written write_group_limits(const group_config&);

/// The word is only looked at here: it says something about the children and groups as well, which
/// may not have been read yet.
void read_supervisor_limits(reading&, const value&, declared_spec& to);
written write_supervisor_limits(const declared_spec&);

} // namespace supervisor::config
