# Finds CAF: by its own package where there is one (CAF 0.18 and later), else by its headers and
# libraries, because Debian's libcaf-dev (0.17.6) comes without package files.
# Defines CAF::<component> and CAF_VERSION.
include(FindPackageHandleStandardArgs)

find_package(CAF CONFIG QUIET)
if(CAF_FOUND)
  foreach(component IN LISTS CAF_FIND_COMPONENTS)
    if(TARGET CAF::${component})
      set(CAF_${component}_FOUND TRUE)
    endif()
  endforeach()
  find_package_handle_standard_args(CAF CONFIG_MODE HANDLE_COMPONENTS)
  return()
endif()

find_package(Threads REQUIRED)
find_path(CAF_INCLUDE_DIR caf/config.hpp)
mark_as_advanced(CAF_INCLUDE_DIR)
if(CAF_INCLUDE_DIR)
  file(STRINGS ${CAF_INCLUDE_DIR}/caf/config.hpp CAF_VERSION REGEX "#define CAF_VERSION [0-9]+")
  string(REGEX REPLACE ".* 0*" "" CAF_VERSION "${CAF_VERSION}") # 1706
  math(EXPR CAF_VERSION_MAJOR "${CAF_VERSION} / 10000")
  math(EXPR CAF_VERSION_MINOR "${CAF_VERSION} / 100 % 100")
  math(EXPR CAF_VERSION_PATCH "${CAF_VERSION} % 100")
  set(CAF_VERSION ${CAF_VERSION_MAJOR}.${CAF_VERSION_MINOR}.${CAF_VERSION_PATCH})
endif()

foreach(component IN LISTS CAF_FIND_COMPONENTS)
  find_library(CAF_${component}_LIBRARY caf_${component})
  mark_as_advanced(CAF_${component}_LIBRARY)
  if(CAF_${component}_LIBRARY)
    set(CAF_${component}_FOUND TRUE)
  endif()
endforeach()

find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_INCLUDE_DIR VERSION_VAR CAF_VERSION HANDLE_COMPONENTS)

if(CAF_FOUND)
  foreach(component IN LISTS CAF_FIND_COMPONENTS)
    if(CAF_${component}_FOUND AND NOT TARGET CAF::${component})
      add_library(CAF::${component} UNKNOWN IMPORTED)
      set_target_properties(CAF::${component} PROPERTIES
        IMPORTED_LOCATION ${CAF_${component}_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR})
      target_link_libraries(CAF::${component} INTERFACE Threads::Threads)
      if(NOT component STREQUAL "core" AND TARGET CAF::core)
        target_link_libraries(CAF::${component} INTERFACE CAF::core)
      endif()
    endif()
  endforeach()
endif()
