# Headers only: the target hnswlib::headers carries the include path. The package brings no CMake file on every system.
find_path(hnswlib_INCLUDE_DIR hnswlib/hnswlib.h)
mark_as_advanced(hnswlib_INCLUDE_DIR)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(hnswlib REQUIRED_VARS hnswlib_INCLUDE_DIR)
if(hnswlib_FOUND AND NOT TARGET hnswlib::headers)
  add_library(hnswlib::headers INTERFACE IMPORTED)
  target_include_directories(hnswlib::headers SYSTEM INTERFACE "${hnswlib_INCLUDE_DIR}")
endif()
