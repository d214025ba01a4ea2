# Whether a subproject changes anything of the project that adds it, beside its own targets and its ADJOIN_ options.

macro(remember_settings)
  get_cmake_property(cache_before CACHE_VARIABLES)
  get_cmake_property(names_before VARIABLES)
  foreach(name IN LISTS names_before)
    set(before_${name} "${${name}}")
  endforeach()
endmacro()

function(check_settings subproject)
  # Variables that CMake and the compiler read.
  get_cmake_property(names VARIABLES)
  list(FILTER names INCLUDE REGEX "^(CMAKE_|BUILD_|CTEST_)")
  list(FILTER names EXCLUDE REGEX "^CMAKE_(CURRENT_|HAVE_LIBC_PTHREAD|PROJECT_VERSION)")  # CMake's own
  foreach(name IN LISTS names)
    if(NOT "${${name}}" STREQUAL "${before_${name}}")
      message(SEND_ERROR "${name} was '${before_${name}}' and is now '${${name}}'")
    endif()
  endforeach()

  # The cache: options of adjoin, and where find_package found what.
  get_cmake_property(cache CACHE_VARIABLES)
  list(REMOVE_ITEM cache ${cache_before})
  list(FILTER cache EXCLUDE REGEX
    "^(ADJOIN_|adjoin_|FIND_PACKAGE_MESSAGE_DETAILS_|CMAKE_HAVE_LIBC_PTHREAD$|CMAKE_PROJECT_VERSION)|_DIR$|^Boost_|^EXPAT_|^libzip_|^ZLIB_|^zstd_|PC_EXPAT|^PKG_CONFIG_|^prefix_result$")
  if(cache)
    message(SEND_ERROR "new in the cache: ${cache}")
  endif()

  # What add_compile_options() and the like leave behind.
  foreach(property COMPILE_OPTIONS COMPILE_DEFINITIONS INCLUDE_DIRECTORIES LINK_OPTIONS LINK_LIBRARIES TESTS)
    get_property(value DIRECTORY PROPERTY ${property})
    if(value)
      message(SEND_ERROR "the directory's ${property} is now '${value}'")
    endif()
  endforeach()

  # Targets: libraries under our name, and nothing else.
  set(folders "${subproject}")
  while(folders)
    list(POP_FRONT folders folder)
    get_property(below DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
    list(APPEND folders ${below})
    get_property(tests DIRECTORY "${folder}" PROPERTY TESTS)
    get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
      get_target_property(type ${target} TYPE)
      if(NOT target MATCHES "^adjoin(_|$)" OR NOT type MATCHES "^(STATIC|INTERFACE)_LIBRARY$")
        message(SEND_ERROR "${folder} brings the target ${target} (${type})")
      endif()
    endforeach()
    if(tests)
      message(SEND_ERROR "${folder} brings the tests ${tests}")
    endif()
  endwhile()
endfunction()
