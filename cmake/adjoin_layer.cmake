# Every header is included as <adjoin/engine/graph/graph.hpp>: one link in the build tree stands for the source root.
set(ADJOIN_INCLUDE_ROOT "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${ADJOIN_INCLUDE_ROOT}")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}" "${ADJOIN_INCLUDE_ROOT}/adjoin" SYMBOLIC)

# What our own targets are compiled with. Nothing here reaches a consumer: everything is PRIVATE.
function(adjoin_compile_settings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
    # A product and a sum stay two roundings unless a kernel asks for MulAdd by name (docs/determinism.md).
    -ffp-contract=off)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-restrict)  # false alarms on std::string, GCC bug 105651
  endif()
  if(ADJOIN_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(ADJOIN_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ADJOIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${ADJOIN_SANITIZE})
  endif()
endfunction()

# adjoin_layer(NAME FOLDER dir DEPENDS ... [USES ...])
# One static library a layer, of every .cpp under its folder. DEPENDS are layers whose headers it shows, USES are packages that
# stay inside its .cpp files.
function(adjoin_layer name)
  cmake_parse_arguments(layer "" "FOLDER" "DEPENDS;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${layer_FOLDER}/*.cpp")
  list(TRANSFORM layer_DEPENDS PREPEND adjoin_)
  if(NOT sources)
    add_library(adjoin_${name} INTERFACE)
    target_include_directories(adjoin_${name} INTERFACE "${ADJOIN_INCLUDE_ROOT}")
    target_link_libraries(adjoin_${name} INTERFACE ${layer_DEPENDS})
    return()
  endif()
  add_library(adjoin_${name} STATIC ${sources})
  target_compile_features(adjoin_${name} PUBLIC cxx_std_20)
  set_target_properties(adjoin_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(adjoin_${name} PUBLIC "$<BUILD_INTERFACE:${ADJOIN_INCLUDE_ROOT}>")
  target_link_libraries(adjoin_${name} PUBLIC ${layer_DEPENDS} PRIVATE ${layer_USES})
  adjoin_compile_settings(adjoin_${name})
endfunction()
