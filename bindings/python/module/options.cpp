// The tables of options that each function takes, for signatures and documentation.
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/bindings/python/module/embedding_file_options.hpp>
#include <adjoin/bindings/python/module/keywords.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/run_options.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/read_options.hpp>
#include <adjoin/io/write_options.hpp>

namespace adjoin::python {
namespace {

template <class... Options>
nb::list table() {
  std::tuple<Options...> values;
  return std::apply([](auto&... options) { return describe(bind_all(options...)); }, values);
}

nb::list table_of(const std::string& name) {
  static const std::map<std::string, nb::list (*)()> tables{{"build", table<BuildOptions>},
                                                            {"fastrp", table<FastRPOptions>},
                                                            {"link_scores", table<LinkScoreOptions>},
                                                            {"metrics", table<MetricOptions>},
                                                            {"nearest", table<NearestOptions>},
                                                            {"prone", table<ProNEOptions>},
                                                            {"randne", table<RandNEOptions>},
                                                            {"read", table<ReadOptions>},
                                                            {"run", table<RunOptions>},
                                                            {"save", table<EmbeddingFileOptions>},
                                                            {"split", table<EdgeSplitOptions>},
                                                            {"write", table<WriteOptions>}};
  const auto found = tables.find(name);
  if (found == tables.end()) throw nb::key_error(name.c_str());
  return found->second();
}

}  // namespace

void bind_option_tables(nb::module_& module) {
  module.def("options", table_of, nb::arg("name"));
  module.def(
      "nearest_word",
      [](const std::string& word, const std::vector<std::string>& words) { return nearest_word(word, words); },
      nb::arg("word"), nb::arg("words"));
}

}  // namespace adjoin::python
