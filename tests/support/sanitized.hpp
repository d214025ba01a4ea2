// What a test cannot see in a build with sanitizers.
#pragma once

namespace adjoin::test {

/// Whether the process takes the memory that the program asks for; under a sanitizer it takes more.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool memory_is_as_asked = false;
#else
inline constexpr bool memory_is_as_asked = true;
#endif

}  // namespace adjoin::test
