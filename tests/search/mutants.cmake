# Faults of the core, one line each, that the search has to find. Each is a copy of one source file
# with one text in place of another, built into a search of its own; the core itself knows nothing of
# it. A text that is not there exactly once is an error: the core has changed, and so must its fault.

set(mutants "")

# mutant(<name> <file of the mind> <text> <instead>)
function(mutant name file text instead)
  set(from ${PROJECT_SOURCE_DIR}/libsupervisor/supervisor/mind/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${from})
  file(READ ${from} source)
  string(FIND "${source}" "${text}" first)
  string(FIND "${source}" "${text}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "mutant ${name}: its text is not exactly once in ${file}")
  endif()
  string(REPLACE "${text}" "${instead}" source "${source}")
  set(to ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name}/${file})
  file(CONFIGURE OUTPUT ${to} CONTENT "${source}" @ONLY)
  add_executable(search_${name} ${to} $<TARGET_OBJECTS:search_parts>)
  target_link_libraries(search_${name} PRIVATE supervisor::core)
  set_target_properties(search_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/mutants)
  set(mutants ${mutants} ${name} PARENT_SCOPE)
endfunction()

mutant(no_wait_for_siblings going_down.cpp
  "    mine.awaited = who;\n    if (row(who).now == phase::starting"
  "    if (row(who).now == phase::starting")
mutant(intensity_off_by_one supervision.cpp
  "static_cast<std::uint32_t>(strikes.size())"
  "static_cast<std::uint32_t>(strikes.size() - !strikes.empty())")
mutant(strike_not_counted supervision.cpp
  "      count_strike(end.who);\n" "")
mutant(strike_of_optional_counted_for_all supervision.cpp
  "  if (plan_.of(who).critical)\n    count_in(state_.strikes);" "  if (plan_.of(who).critical || now_ > time_point{})\n    count_in(state_.strikes);")
mutant(strikes_forgotten_early supervision.cpp
  "plan_.intensity.forgets(at, now_)" "now_ > at")
mutant(stale_exit_accepted supervision.cpp
  "void turn::on_exited(const input& x, std::vector<ended>& ends) {\n  if (!is_current(x.who))\n    return stale(x.who);\n"
  "void turn::on_exited(const input& x, std::vector<ended>& ends) {\n")
mutant(deadline_outlives_its_life supervision.cpp
  "  drop_deadline(who);\n  tally_of(who).exited = true;"
  "  tally_of(who).exited = true;")
mutant(stop_without_deadline children.cpp
  "  if (!stop.is_unlimited())\n    set_deadline(who, due_in(stop.graceful));\n" "")
mutant(kill_without_patience children.cpp
  "set_deadline(who, due_in(stop.graceful));" "set_deadline(who, {now_});")
mutant(judged_before_it_is_heard news.cpp
  "  while (!is_listening() && !state_.deadlines.empty()" "  while (!state_.deadlines.empty()")
mutant(lateness_not_noticed supervision.cpp
  "  notice_lateness();\n" "")
mutant(rest_of_a_program_forgotten supervision.cpp
  "  condemn(who, condemned::main_exited);\n" "")
mutant(backoff_ignored supervision.cpp
  "regroup_from(end.who, after(then.wait))" "regroup_from(end.who, now_)")
mutant(number_of_event_skipped children.cpp
  "  x.seq = ++tally_.events;" "  x.seq = ++tally_.events;\n  tally_.events += what == event_type::child_panicked;")
mutant(number_of_life_kept children.cpp
  "  r.number = used_number(who) + 1;" "  r.number = std::max(used_number(who), 1u);")
mutant(end_before_all_are_down supervision.cpp
  "ending() && regroup_at(state_.ending).down" "ending() && regroup_at(state_.ending).still_up <= 1")
mutant(abandoned_child_started_again regroup.cpp
  "r.now == phase::abandoned || r.now == phase::parked ||" "r.now == phase::parked ||")
mutant(parked_child_started regroup.cpp
  "r.now == phase::abandoned || r.now == phase::parked ||" "r.now == phase::abandoned ||")
mutant(dependency_not_waited_for rising.cpp
  "    if (!needs_are_ready(who)) {" "    if (!needs_are_ready(who) && row(who).ran) {")
mutant(passed_over_for_ever children.cpp
  "    go_back_to(who); // see `go_on_all`\n" "    return;\n")
mutant(command_escapes_the_group rising.cpp
  "  if (!join_those_started_since(g))\n    return rise(g);" "  if (now_ >= time_point{})\n    return rise(g);")
mutant(lost_sibling_stops_all supervision.cpp
  "  go_on_all();\n" "")
mutant(promise_forgotten regroup.cpp
  "  break_promises(objection::shutting_down);\n" "")
mutant(wake_up_forgotten children.cpp
  "  todo(deed::wake, {}, state_.armed);" "  if (state_.armed == now_)\n    todo(deed::wake, {}, state_.armed);")
mutant(end_of_many_told_once supervision.cpp
  "  for (const auto& x : ends)\n    settle(x);" "  for (const auto& x : ends)\n    if (&x == &ends.front())\n      settle(x);")
mutant(remembers_the_call_before supervision.cpp
  "    strikes.push_back(now_);"
  "    static int calls = 0;\n    strikes.push_back(now_ - nanoseconds{++calls});")
mutant(comes_up_backwards rising.cpp
  "rising, true))\n    mine.cursor = mine.first;"
  "rising, true))\n    mine.cursor = state_.begun ? mine.last : mine.first;")
mutant(comes_up_at_once rising.cpp
  "    mine.awaited = who;\n    return start(who);"
  "    if (!state_.begun)\n      mine.awaited = who;\n    start(who);\n    if (!state_.begun)\n      return;")
mutant(answer_lost commands.cpp
  "  out_.outcomes.push_back(told);" "  if (told.order == command::pause_child)\n    return;\n  out_.outcomes.push_back(told);")
mutant(answered_twice commands.cpp
  "  out_.outcomes.push_back(told);" "  out_.outcomes.push_back(told);\n  out_.outcomes.push_back(told);")
mutant(only_direct_dependents regroup.cpp
  "      if (!known[dependent]) {" "      if (!known[dependent] && i == 0) {")
mutant(dependents_behind_a_held_one_stay regroup.cpp
  "      if (!known[dependent]) {" "      if (!known[dependent] && row(found[i]).op == operation::active) {")
mutant(rest_instead_of_dependents regroup.cpp
  "  if (reach.strategy == strategy::one_for_dependents) {" "  if (reach.strategy == strategy::simple_one_for_one) {")
mutant(overlap_not_merged regroup.cpp
  "  if (was_in != in_none)\n    merge(was_in, g);\n" "")
mutant(dependents_stay_without regroup.cpp
  "!ended_well && takes_dependents_along(who)" "ended_well && takes_dependents_along(who)")
