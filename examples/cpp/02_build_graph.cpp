// Builds a directed, weighted graph in memory, walks over it, and shows what a wrong edge gets.
#include <iostream>
#include <limits>

#include <adjoin/adjoin.hpp>

namespace {

void print(const adjoin::GraphView graph, adjoin::RunContext& context) {
  const adjoin::CsrView out = graph.out();
  const adjoin::CsrView in = graph.in(context);  // the transpose, made on the first call and kept
  for (std::size_t row = 0; row < graph.node_count(); ++row) {
    std::cout << graph.nodes().name(adjoin::node_id(row)) << ", called by " << in.row_size(row) << ", calls";
    const auto targets = out.row_targets(row);
    const auto weights = out.row_weights(row);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      std::cout << ' ' << graph.nodes().name(targets[i]) << " (" << weights[i] << ')';
    }
    std::cout << '\n';
  }
}

}  // namespace

int main() {
  adjoin::RunContext context;
  adjoin::BuildOptions options;
  options.directed = true;
  options.duplicates = adjoin::Duplicates::sum;

  adjoin::GraphBuilder calls(options);
  calls.add_edge("ann", "bob", 2);
  calls.add_edge("ann", "bob", 3);  // a duplicate: one edge of weight 5
  calls.add_edge("bob", "cid", 0.5F);
  calls.add_edge("cid", "cid", 1);  // a self-loop: dropped unless the options keep it
  calls.add_node("dan");            // without edges

  const adjoin::BuiltGraph built = calls.build(context);
  print(built.graph, context);
  for (const adjoin::Remark& remark : built.report.remarks()) std::cout << remark.count << ' ' << remark.what << '\n';

  try {
    calls.add_edge("dan", "ann", std::numeric_limits<float>::quiet_NaN());
    calls.build(context);
  } catch (const adjoin::InvalidData& error) {
    std::cout << "refused: " << error.what() << '\n';
  }
}
