// Keyword arguments of Python as values of option tables, and the tables as Python's data.
#pragma once

#include <string_view>
#include <vector>

#include <adjoin/bindings/python/module/parts.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_options.hpp>

namespace adjoin::python {

/// Assigns each keyword to the option of its name, '_' standing for '-'; None leaves the default. Strings, numbers,
/// bools, paths and sequences of numbers are what options take. InvalidOption for a value that its option refuses.
/// TypeError, with the nearest name, for a keyword that is none of the options.
void assign_keywords(std::string_view function, const nb::dict& keywords, const std::vector<Option>& options);

/// A dict a row: name, kind, help, source, range, choices, default.
nb::list describe(const std::vector<Option>& options);

/// The tables of several structs as one.
template <class... Options>
std::vector<Option> bind_all(Options&... options) {
  std::vector<Option> all;
  (
      [&] {
        for (Option& option : bind_options(options)) all.push_back(std::move(option));
      }(),
      ...);
  return all;
}

/// assign_keywords to `options` and to those of the run, which it returns: what every function that runs begins with.
template <class... Options>
RunOptions run_keywords(std::string_view function, const nb::dict& keywords, Options&... options) {
  RunOptions run;
  assign_keywords(function, keywords, bind_all(options..., run));
  return run;
}

}  // namespace adjoin::python
