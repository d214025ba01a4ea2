# What `cmake --install` puts where: headers, static libraries, CMake and pkg-config files, the command and what goes with it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# <adjoin/engine/graph/graph.hpp> is spelled the same in the build tree and once installed.
foreach(header IN LISTS ADJOIN_PUBLIC_HEADERS)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES "${PROJECT_SOURCE_DIR}/${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/adjoin/${folder}")
endforeach()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# find_package(adjoin CONFIG)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/adjoin")
install(TARGETS adjoin ${ADJOIN_LAYERS} EXPORT adjoin-targets INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT adjoin-targets NAMESPACE adjoin:: DESTINATION "${package_folder}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/adjoin-config.cmake.in"
  "${PROJECT_BINARY_DIR}/adjoin-config.cmake" INSTALL_DESTINATION "${package_folder}")
# Before 1.0 a minor version may change anything (VERSIONING.md).
write_basic_package_version_file("${PROJECT_BINARY_DIR}/adjoin-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/adjoin-config.cmake" "${PROJECT_BINARY_DIR}/adjoin-config-version.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/Findlibzip.cmake" "${PROJECT_SOURCE_DIR}/cmake/Findzstd.cmake" DESTINATION "${package_folder}")

# pkg-config adjoin. The prefix is where the .pc file is found, so that an installed tree can be moved.
set(ADJOIN_PC_LIBS "")
foreach(layer IN LISTS ADJOIN_LAYERS)
  get_target_property(type ${layer} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    string(APPEND ADJOIN_PC_LIBS " -l${layer}")
  endif()
endforeach()
set(ADJOIN_PC_PACKAGE_LIBS "")
set(ADJOIN_PC_CFLAGS "")
if(ADJOIN_HAS_CUDA)
  set(ADJOIN_PC_PACKAGE_LIBS " -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -lrt -ldl")
  set(ADJOIN_PC_CFLAGS " -DADJOIN_HAS_CUDA=1")
endif()
file(RELATIVE_PATH ADJOIN_PC_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" ADJOIN_PC_PREFIX "${ADJOIN_PC_PREFIX}")
foreach(folder LIBDIR INCLUDEDIR)
  set(ADJOIN_PC_${folder} "\${prefix}")
  cmake_path(APPEND ADJOIN_PC_${folder} "${CMAKE_INSTALL_${folder}}")
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/adjoin.pc.in" "${PROJECT_BINARY_DIR}/adjoin.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/adjoin.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# The command writes its own manual page and completion scripts: adjoin man, adjoin completion SHELL.
function(adjoin_command_writes destination file)
  set(output "${PROJECT_BINARY_DIR}/share/${file}")
  add_custom_command(OUTPUT "${output}" COMMAND adjoin_command ${ARGN} > "${output}" DEPENDS adjoin_command VERBATIM)
  set_property(GLOBAL APPEND PROPERTY ADJOIN_WRITTEN_BY_COMMAND "${output}")
  install(FILES "${output}" DESTINATION "${destination}")
endfunction()
if(ADJOIN_CLI)
  install(TARGETS adjoin_command)
  # What draws adjoin report and adjoin plot; needs matplotlib and Jinja2 when it is run.
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/bindings/report/adjoin_report" DESTINATION "${CMAKE_INSTALL_DATADIR}/adjoin"
    PATTERN "__pycache__" EXCLUDE)
endif()
if(ADJOIN_CLI AND (NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR))  # only where it can run
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/share")
  adjoin_command_writes("${CMAKE_INSTALL_MANDIR}/man1" adjoin.1 man)
  adjoin_command_writes("${CMAKE_INSTALL_DATADIR}/bash-completion/completions" adjoin completion bash)
  adjoin_command_writes("${CMAKE_INSTALL_DATADIR}/zsh/site-functions" _adjoin completion zsh)
  adjoin_command_writes("${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" adjoin.fish completion fish)
  get_property(written GLOBAL PROPERTY ADJOIN_WRITTEN_BY_COMMAND)
  add_custom_target(adjoin_command_pages ALL DEPENDS ${written})
endif()
