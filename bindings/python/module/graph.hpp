// A graph and what else is known of its nodes.
#pragma once

#include <string>
#include <vector>

#include <adjoin/bindings/python/module/parts.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/runtime/run_record.hpp>

namespace adjoin::python {

/// data.graph is there.
struct DataGraph {
  Dataset data;
  std::string read_as;          // what a file was taken for
  std::vector<Remark> remarks;  // what building left out or merged

  GraphView view() const noexcept { return data.graph->view(); }
};

}  // namespace adjoin::python
