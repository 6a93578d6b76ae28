include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/supervisor)

get_property(supervisor_components GLOBAL PROPERTY supervisor_components)
list(JOIN supervisor_components ", " supervisor_components)
configure_package_config_file(
  cmake/supervisor-config.cmake.in ${PROJECT_BINARY_DIR}/supervisor-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/supervisor-config-version.cmake COMPATIBILITY SameMinorVersion)

install(EXPORT supervisor-targets NAMESPACE supervisor:: DESTINATION ${package_dir})
install(
  FILES
    ${PROJECT_BINARY_DIR}/supervisor-config.cmake
    ${PROJECT_BINARY_DIR}/supervisor-config-version.cmake
    cmake/FindCAF.cmake
  DESTINATION ${package_dir})
