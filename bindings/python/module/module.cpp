// adjoin._core: the library for the Python beside it, which is what users see. Everything here takes names, arrays and
// dicts of options, and gives arrays back without a copy.
#include <string>

#include <adjoin/bindings/python/module/parts.hpp>
#include <adjoin/engine/runtime/version.hpp>

NB_MODULE(_core, module) {
  using namespace adjoin::python;
  module.attr("__version__") = nb::str(std::string(adjoin::version()).c_str());
  bind_errors(module);
  bind_option_tables(module);
  bind_nodes(module);
  bind_graph(module);
  bind_embedding(module);
  bind_links(module);
  bind_judging(module);
}
