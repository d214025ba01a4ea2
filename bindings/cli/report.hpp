// Pieces of output that several commands print: aligned tables, run records, what a reader found.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <adjoin/algorithms/evaluate/ranking_curves.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin::cli {

using Json = nlohmann::ordered_json;

/// On standard output, indented. Text that is not UTF-8 is mended.
void print_json(Session& session, const Json& json);

/// "name  value" lines, the values in one column.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows);

/// InvalidOption if both the output ("-") and --json would go to standard output.
void check_standard_output(const Session& session, const std::string& output);

/// The file's name, or "standard output".
std::string output_phrase(const std::string& output);

/// Says in a line each how a file was read and what was left out.
void tell_reading(Session& session, const std::string& path, const ReadReport& read,
                  const std::vector<Remark>& remarks);

/// Reads the graph, and says in a line each what was read, what was inferred and what was left out.
GraphFile read_graph_and_tell(Session& session, const std::string& path, const ReadOptions& read,
                              const BuildOptions& build);

/// The graph and how it was read, for --json.
Json graph_json(GraphView graph, const ReadReport& read, const BuildReport& build);

/// "undirected, 34 nodes, 78 edges".
std::string graph_phrase(GraphView graph);

/// "0.8231 ± 0.0104": mean and standard deviation over repeats; of one value, the value.
std::string mean_sd_text(std::span<const double> values);

/// `mean`, `sd` and `values`, for --json.
Json mean_sd_json(std::span<const double> values);

/// `roc` and `precision_recall`, lists of pairs of numbers, for --json.
Json curves_json(const RankingCurves& curves);

/// "read 0.12 s, propagate 1.50 s": the stages that took time.
std::string stages_phrase(const RunRecord& record);

}  // namespace adjoin::cli
