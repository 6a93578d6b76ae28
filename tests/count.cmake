cmake_minimum_required(VERSION 3.25)

# Fails unless CTest has as many entries for PROGRAM as it has test cases.
execute_process(COMMAND ${PROGRAM} --count OUTPUT_VARIABLE count COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "filters: ([0-9]+)" found "${count}")
set(test_cases ${CMAKE_MATCH_1})

file(GLOB files ${ENTRIES})
set(entries 0)
foreach(file IN LISTS files)
  file(READ ${file} text)
  string(REGEX MATCHALL "add_test\\( " added "\n${text}")
  list(LENGTH added number)
  math(EXPR entries "${entries} + ${number}")
endforeach()

if(NOT found OR NOT test_cases EQUAL entries)
  message(FATAL_ERROR "${PROGRAM} has ${test_cases} test cases, but CTest has ${entries} entries "
    "for it: look for a ';' or a lone bracket in a name")
endif()
message("${entries} test cases, ${entries} entries")
