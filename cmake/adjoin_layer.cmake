# Every header is included as <adjoin/engine/graph/graph.hpp>: one link in the build tree stands for the source root.
set(ADJOIN_INCLUDE_ROOT "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${ADJOIN_INCLUDE_ROOT}")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}" "${ADJOIN_INCLUDE_ROOT}/adjoin" SYMBOLIC)

# What is installed, and what tests/architecture compiles alone: every header that is not one of a .cpp file's own.
file(GLOB_RECURSE ADJOIN_PUBLIC_HEADERS CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
  "${PROJECT_SOURCE_DIR}/engine/*.hpp" "${PROJECT_SOURCE_DIR}/algorithms/*.hpp" "${PROJECT_SOURCE_DIR}/io/*.hpp")
list(FILTER ADJOIN_PUBLIC_HEADERS EXCLUDE REGEX "_inl\\.hpp$")
list(APPEND ADJOIN_PUBLIC_HEADERS adjoin.hpp)

# What our own targets are compiled with. Nothing here reaches a consumer: everything is PRIVATE.
function(adjoin_compile_settings target)
  # A product and a sum stay two roundings unless a kernel asks for MulAdd by name (docs/determinism.md).
  set(options -ffp-contract=off)
  if(PROJECT_IS_TOP_LEVEL)  # inside another project our warnings would be noise to people who cannot act on them
    list(APPEND options -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND options -Wno-restrict)  # false alarms on std::string, GCC bug 105651
    if(CMAKE_UNITY_BUILD)
      list(APPEND options -Wno-subobject-linkage)  # a .cpp that another one includes is taken for a header
    endif()
  endif()
  if(ADJOIN_WERROR)
    list(APPEND options -Werror)
  endif()
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${options}>")
  # What nvcc hands to the host's compiler is its own, so only its own warnings are asked for. (The standard is an option
  # here because CMake 3.25 knows of none beyond 17 for CUDA.)
  target_compile_options(${target} PRIVATE
    "$<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;--extended-lambda;--expt-relaxed-constexpr;$<$<BOOL:${ADJOIN_WERROR}>:-Werror=all-warnings>>")
  if(ADJOIN_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ADJOIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${ADJOIN_SANITIZE})
  endif()
endfunction()

# adjoin_layer(NAME FOLDER dir DEPENDS ... [USES ...] [HEADERS ...] [CUDA ...])
# One static library a layer, of every .cpp and .cu under its folder. DEPENDS are layers whose headers it shows. CUDA are packages
# of a build with CUDA that stay inside its sources. USES are packages that
# stay inside its .cpp files but are linked by every program: they also stand in adjoin-config.cmake.in and adjoin.pc.in.
# HEADERS are packages of headers only that stay inside its .cpp files: whoever uses an installed adjoin does not need them.
function(adjoin_layer name)
  cmake_parse_arguments(layer "" "FOLDER" "DEPENDS;USES;HEADERS;CUDA" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${layer_FOLDER}/*.cpp"
    "${CMAKE_CURRENT_SOURCE_DIR}/${layer_FOLDER}/*.cu")
  # Of a cuda/ folder, a build without CUDA takes what stands in for it, and a build with CUDA everything else.
  if(ADJOIN_HAS_CUDA)
    list(FILTER sources EXCLUDE REGEX "/cuda/[^/]*_absent\\.cpp$")
  else()
    list(FILTER sources EXCLUDE REGEX "/cuda/[^/]*\\.cu$")
    set(stand_ins ${sources})
    list(FILTER stand_ins INCLUDE REGEX "/cuda/[^/]*_absent\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "/cuda/")
    list(APPEND sources ${stand_ins})
  endif()
  # Highway compiles such a file once a level by including it again by name: it must be the translation unit.
  set(alone ${sources})
  list(FILTER alone INCLUDE REGEX "_hwy\\.cpp$")
  set_source_files_properties(${alone} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  list(TRANSFORM layer_DEPENDS PREPEND adjoin_)
  list(TRANSFORM layer_HEADERS REPLACE "(.+)" "$<BUILD_INTERFACE:\\1>")
  if(sources)
    add_library(adjoin_${name} STATIC ${sources})
    target_compile_features(adjoin_${name} PUBLIC cxx_std_20)
    set_target_properties(adjoin_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(adjoin_${name} PUBLIC "$<BUILD_INTERFACE:${ADJOIN_INCLUDE_ROOT}>")
    target_link_libraries(adjoin_${name} PUBLIC ${layer_DEPENDS} PRIVATE ${layer_USES} ${layer_HEADERS})
    adjoin_compile_settings(adjoin_${name})
    if(ADJOIN_HAS_CUDA)
      target_link_libraries(adjoin_${name} PRIVATE ${layer_CUDA})
    endif()
  else()
    add_library(adjoin_${name} INTERFACE)
    target_include_directories(adjoin_${name} INTERFACE "$<BUILD_INTERFACE:${ADJOIN_INCLUDE_ROOT}>")
    target_link_libraries(adjoin_${name} INTERFACE ${layer_DEPENDS})
  endif()
  set_target_properties(adjoin_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY ADJOIN_LAYERS adjoin_${name})
endfunction()
