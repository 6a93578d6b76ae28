# cmake -D SEARCHES=<folder> -D NAMES=<name;…> -P run_mutants.cmake: runs the search on each faulty core
# and prints what gave it away. One that is not found is an error.

set(missed "")
string(REPLACE "," ";" NAMES "${NAMES}")
foreach(name IN LISTS NAMES)
  execute_process(COMMAND ${SEARCHES}/search_${name}
    OUTPUT_VARIABLE said ERROR_VARIABLE complaint RESULT_VARIABLE code TIMEOUT 120)
  if(code EQUAL 1 AND said MATCHES "broken: ([^\n]*)\n(.*)")
    set(broken "${CMAKE_MATCH_1}")
    string(REGEX MATCHALL "\n" acts "\n${CMAKE_MATCH_2}")
    list(LENGTH acts acts)
    math(EXPR acts "${acts} - 1")
    message("${name}: caught after ${acts} acts: ${broken}")
  else()
    message("${name}: NOT CAUGHT (${code}) ${complaint}")
    list(APPEND missed ${name})
  endif()
endforeach()
list(LENGTH NAMES all)
if(missed)
  message(FATAL_ERROR "not caught: ${missed}")
endif()
message("${all} faults, all of them caught")
