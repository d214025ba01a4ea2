// What a call says when it refuses.
#pragma once

#include <concepts>
#include <string>
#include <utility>

#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::test {

/// The message of the refusal, of the kind that is expected; any other is the test's to report.
template <class Refusal = Error, std::invocable Call>
std::string refusal(Call&& call) {
  try {
    std::forward<Call>(call)();
  } catch (const Refusal& refused) {
    return refused.what();
  }
  return "no complaint";
}

}  // namespace adjoin::test
