// A run that Python waits for.
#pragma once

#include <adjoin/bindings/python/module/parts.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/run_options.hpp>

namespace adjoin::python {

/// Calls body on a thread of its own, without the interpreter's lock, so it may touch nothing of Python; the calling
/// thread looks every 50 ms whether Ctrl-C was pressed, which ends the run, and tells how far it is.
/// progress: None, or a callable of (stage, done, total, unit). Throws what body throws.
void call(const RunOptions& options, const nb::object& progress, FunctionRef<void(RunContext&)> body);

}  // namespace adjoin::python
