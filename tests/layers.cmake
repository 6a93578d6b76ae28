cmake_minimum_required(VERSION 3.25)

# Includes point down: policies <- libsupervisor <- actors, and each folder includes only those that its
# row names. What decides never asks what time it is. Run with -D ROOT=<checkout>.
set(include "\n[ \t]*#[ \t]*include[ \t]*")
set(below_actors policies libsupervisor)
set(everything ${below_actors} actors tools examples tests benchmarks)
set(may_know_the_caf_version
  actors/supervisor/actors/caf/caf_compat.hpp
  actors/supervisor/test/virtual_system.hpp)

# folder(<folder> <folder that its files may include>...): its own is among them. `supervisor` itself has
# what everybody may use: expected.hpp, due.hpp and the policies.
function(folder name)
  set_property(GLOBAL APPEND PROPERTY folders ${name})
  set_property(GLOBAL PROPERTY includes_of_${name} ${name} ${ARGN})
endfunction()

set(base supervisor supervisor/policies supervisor/text)

folder(supervisor/policies supervisor)
folder(supervisor/text supervisor)
folder(supervisor/spec ${base})
folder(supervisor/facts ${base})
folder(supervisor/effective ${base} supervisor/spec)
folder(supervisor/rules ${base} supervisor/spec supervisor/effective)
folder(supervisor/changes ${base} supervisor/spec supervisor/rules)
folder(supervisor/plan ${base} supervisor/spec supervisor/facts supervisor/effective supervisor/rules)
folder(supervisor/mind ${base} supervisor/facts supervisor/plan)
folder(supervisor/report ${base} supervisor/facts supervisor/plan supervisor/mind)
set(core ${base} supervisor/spec supervisor/facts supervisor/effective supervisor/rules supervisor/changes
  supervisor/plan supervisor/mind supervisor/report)

set(files supervisor/config supervisor/config/fields)
folder(supervisor/config ${base} supervisor/spec supervisor/effective ${files})
folder(supervisor/config/fields ${base} supervisor/spec supervisor/effective ${files})

set(simulation supervisor/simulate supervisor/simulate/script)
folder(supervisor/simulate ${core} ${simulation})
folder(supervisor/simulate/script ${core} ${simulation})
folder(supervisor/search ${core} supervisor/simulate)

set(os supervisor/os/host supervisor/os/environment supervisor/os/process supervisor/os/helper)
folder(supervisor/os/host ${base})
folder(supervisor/os/environment ${base} supervisor/spec ${os})
folder(supervisor/os/process ${base} supervisor/spec ${os})
folder(supervisor/os/helper ${base} supervisor/spec supervisor/os/process supervisor/os/environment)

set(actors supervisor/actors supervisor/actors/caf supervisor/actors/detail supervisor/actors/node)
folder(supervisor/actors ${core} ${actors})
folder(supervisor/actors/caf)
folder(supervisor/actors/detail ${core} ${actors})
folder(supervisor/actors/node ${core} ${actors})
folder(supervisor/process ${core} ${actors} ${os})
folder(supervisor/test ${core} ${actors} supervisor/search)
set(cli supervisor/cli supervisor/cli/commands supervisor/cli/output supervisor/cli/session)
foreach(part IN LISTS cli)
  folder(${part} ${core} ${actors} ${files} ${simulation} ${os} ${cli} supervisor/search supervisor/process)
endforeach()
folder(supervisor ${base} ${core} ${actors}) # supervisor.hpp, the front door, has them all

# Calls rule(<file> <its text, without comments>) for every source in the folders.
function(check rule)
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp)
    foreach(file IN LISTS files)
      file(READ ${ROOT}/${file} text)
      string(REGEX REPLACE "//[^\n]*" "" text "\n${text}")
      cmake_language(CALL ${rule} ${file} "${text}")
    endforeach()
  endforeach()
endfunction()

function(forbid file text pattern)
  string(REGEX MATCHALL "${pattern}" matches "${text}")
  foreach(match IN LISTS matches)
    string(STRIP "${match}" match)
    message("${file}: ${match}")
    set_property(GLOBAL PROPERTY failed TRUE)
  endforeach()
endfunction()

function(includes_only_std_and_policies file text)
  string(REGEX REPLACE "${include}<[a-z0-9_]+>" "" text "${text}")
  string(REGEX REPLACE "${include}[<\"]supervisor/policies(/[a-z0-9_/]+)?\\.hpp[>\"]" "" text "${text}")
  forbid(${file} "${text}" "${include}[^\n]*")
endfunction()

function(includes_nothing_from_actors file text)
  forbid(${file} "${text}" "${include}[<\"](caf/|supervisor/(supervisor|actors|test|cli)[./])[^\n]*")
endfunction()

function(has_no_clock_thread_or_dice file text)
  if(file MATCHES "^libsupervisor/supervisor/os/") # which is what they come from
    return()
  endif()
  forbid(${file} "${text}"
    "[a-z_:]*::now *\\(|std::(jthread|thread|this_thread|[a-z_]*mutex|random_device)")
endfunction()

function(knows_no_caf_version file text)
  if(NOT file IN_LIST may_know_the_caf_version)
    forbid(${file} "${text}" "SUPERVISOR_CAF_LEGACY|CAF_VERSION[A-Z_]*|CAF_(MAJOR|MINOR)_VERSION")
  endif()
endfunction()

function(includes_what_its_folder_may file text)
  string(REGEX REPLACE "^[a-z]+/(.+)/[^/]+$" "\\1" own ${file})
  get_property(known GLOBAL PROPERTY folders)
  if(NOT own IN_LIST known)
    forbid(${file} "no row for its folder" "no row for its folder")
    return()
  endif()
  get_property(may GLOBAL PROPERTY includes_of_${own})
  string(REGEX MATCHALL "${include}[<\"]supervisor/[^>\"\n]+" all "${text}")
  foreach(one IN LISTS all)
    string(REGEX REPLACE ".*[<\"](supervisor.*)/[^/]+$" "\\1" whose "${one}")
    if(NOT whose IN_LIST may)
      forbid(${file} "${one}" "${include}[^\n]*")
    endif()
  endforeach()
endfunction()

check(includes_what_its_folder_may policies libsupervisor actors)
check(includes_only_std_and_policies policies)
check(includes_nothing_from_actors ${below_actors})
check(has_no_clock_thread_or_dice ${below_actors})
check(knows_no_caf_version ${everything})

get_property(failed GLOBAL PROPERTY failed)
if(failed)
  message(FATAL_ERROR "the lines above do not belong into their layers")
endif()
