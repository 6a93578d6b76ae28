# Whether supervisor::host, supervisor::os and supervisor::process can be built, as
# SUPERVISOR_PROCESS_FOUND: they need Boost's headers, and a C library to link statically.
set(SUPERVISOR_PROCESS_FOUND FALSE)
if(SUPERVISOR_PROCESS)
  find_package(Threads REQUIRED)
  find_package(Boost 1.74 QUIET)
  include(CheckCXXSourceCompiles)
  include(CMakePushCheckState)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_FLAGS "-fno-sanitize=all")
  set(CMAKE_REQUIRED_LINK_OPTIONS -static -fno-sanitize=all)
  check_cxx_source_compiles("int main() {}" SUPERVISOR_CAN_LINK_STATICALLY)
  cmake_pop_check_state()
  if(NOT Boost_FOUND)
    message(STATUS "Boost not found: building without supervisor::process")
  elseif(NOT SUPERVISOR_CAN_LINK_STATICALLY)
    message(STATUS "No static C library found: building without supervisor::process")
  else()
    set(SUPERVISOR_PROCESS_FOUND TRUE)
  endif()
endif()

# supervisor_plain(<program>): without sanitizers and coverage, whatever the others are built with.
# Their run time would be in the way between fork and exec, and under tight limits.
function(supervisor_plain program)
  get_target_property(options ${program} COMPILE_OPTIONS)
  list(FILTER options INCLUDE REGEX "^-W[a-z-]+$")
  set_target_properties(${program} PROPERTIES
    COMPILE_OPTIONS "${options}"
    LINK_OPTIONS ""
    INTERPROCEDURAL_OPTIMIZATION OFF)
  set(none -fno-lto -fno-sanitize=all -fno-profile-arcs -fno-test-coverage)
  target_compile_options(${program} PRIVATE ${none})
  target_link_options(${program} PRIVATE ${none})
endfunction()

# supervisor_embed_helper(<library> <source that embeds> <source of the helper>...)
#
# Builds the helper. The source that embeds it gets its path as SUPERVISOR_HELPER.
function(supervisor_embed_helper library embedding)
  set(helper ${library}_helper)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/helper)
  add_executable(${helper} ${ARGN})
  supervisor_plain(${helper})
  set_target_properties(${helper} PROPERTIES
    OUTPUT_NAME supervisor-exec
    RUNTIME_OUTPUT_DIRECTORY $<1:${folder}>)
  target_compile_features(${helper} PRIVATE cxx_std_20)
  target_include_directories(${helper} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_options(${helper} PRIVATE
    -O2 -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections)
  target_link_options(${helper} PRIVATE -static -s -Wl,--gc-sections)

  set_source_files_properties(${embedding} PROPERTIES
    COMPILE_DEFINITIONS SUPERVISOR_HELPER="${folder}/supervisor-exec"
    COMPILE_OPTIONS -fno-lto
    OBJECT_DEPENDS ${folder}/supervisor-exec)
  add_dependencies(${library} ${helper})
endfunction()
