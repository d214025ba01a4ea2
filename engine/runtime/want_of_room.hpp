// What is done, and said, where a GPU has no room for some work.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {

/// RunContext::use_cpu because `what` does not fit into the `free` bytes that the run may still take on its GPU.
inline void use_cpu_for_want_of_room(RunContext& context, std::string_view what, std::uint64_t free) {
  context.use_cpu(std::string(what) + " does not fit into the " + format_bytes(free) + " that are free on " +
                  to_string(context.device()));
}

}  // namespace adjoin
