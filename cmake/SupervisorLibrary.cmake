# supervisor_library(<name> FOLDERS <folder>... [INTERNAL <header>...]
#                    [PUBLIC <library>...] [PRIVATE <library>...])
#
# Makes supervisor::<name> from what lies in the folders; without sources it is header-only.
# Installs it with its headers, but for the internal ones.
function(supervisor_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FOLDERS;INTERNAL;PUBLIC;PRIVATE")
  list(TRANSFORM arg_FOLDERS APPEND "/*.cpp" OUTPUT_VARIABLE cpp)
  list(TRANSFORM arg_FOLDERS APPEND "/*.hpp" OUTPUT_VARIABLE hpp)
  file(GLOB sources CONFIGURE_DEPENDS ${cpp})
  file(GLOB headers CONFIGURE_DEPENDS ${hpp})
  list(TRANSFORM arg_INTERNAL PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  if(arg_INTERNAL)
    list(REMOVE_ITEM headers ${arg_INTERNAL})
  endif()

  set(target supervisor_${name})
  if(sources)
    add_library(${target} ${sources})
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(supervisor::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${arg_PUBLIC})
  target_sources(${target} ${scope}
    FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR} FILES ${headers})
  install(TARGETS ${target} EXPORT supervisor-targets FILE_SET HEADERS)
  set_property(GLOBAL APPEND PROPERTY supervisor_components ${name})
endfunction()
