cmake_minimum_required(VERSION 3.25)

# Includes point down: policies <- libsupervisor <- actors, and what is below actors asks nobody
# what time it is. Run with -D ROOT=<checkout>.
set(include "\n[ \t]*#[ \t]*include[ \t]*")
set(below_actors policies libsupervisor)
set(everything ${below_actors} actors tools examples tests benchmarks)
set(may_know_the_caf_version
  actors/supervisor/actors/caf/caf_compat.hpp
  actors/supervisor/test/virtual_system.hpp)

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
  forbid(${file} "${text}"
    "[a-z_:]*::now *\\(|std::(jthread|thread|this_thread|[a-z_]*mutex|random_device)")
endfunction()

function(knows_no_caf_version file text)
  if(NOT file IN_LIST may_know_the_caf_version)
    forbid(${file} "${text}" "SUPERVISOR_CAF_LEGACY|CAF_VERSION[A-Z_]*|CAF_(MAJOR|MINOR)_VERSION")
  endif()
endfunction()

check(includes_only_std_and_policies policies)
check(includes_nothing_from_actors ${below_actors})
check(has_no_clock_thread_or_dice ${below_actors})
check(knows_no_caf_version ${everything})

get_property(failed GLOBAL PROPERTY failed)
if(failed)
  message(FATAL_ERROR "the lines above do not belong into their layers")
endif()
