// What each source of the module adds to it.
#pragma once

#include <nanobind/nanobind.h>

namespace adjoin::python {

namespace nb = nanobind;

void bind_errors(nb::module_& module);
void bind_option_tables(nb::module_& module);
void bind_nodes(nb::module_& module);
void bind_graph(nb::module_& module);
void bind_embedding(nb::module_& module);
void bind_links(nb::module_& module);
void bind_judging(nb::module_& module);

}  // namespace adjoin::python
