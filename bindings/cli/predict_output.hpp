// The links that `adjoin predict` found, as text, as JSON lines or as numbers of rows, with or without what explains
// them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/explain_links.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {

enum class LinkFormat : std::uint8_t { table, json_lines, numbers };

/// By the suffix, perhaps packed: .tsv and .txt, .jsonl, .npy; "-" gets a table. InvalidOption for another one.
LinkFormat link_format(const std::string& path);

struct ExplainedLinks {
  std::string method;
  std::vector<ScoredPair> links;
  std::vector<LinkExplanation> explanations;  // one a link, or none
  bool shares = false;                        // what each shared neighbour adds is part of this method's score
  /// What adds most to each score, by name, the most first: one list a link, or none.
  std::vector<std::vector<std::pair<std::string, double>>> parts;
};

/// Link i as an object: source, target, score, and of explained ones shared, through, path, parts.
Json link_json(const ExplainedLinks& links, const NodeIndex& nodes, std::size_t i);

/// Text: a header and a line a link, columns separated by tabs, what explains a link as JSON in columns of its own.
/// JSON lines: link_json. .npy: an int64 array of shape (links, 2), the numbers of the two nodes. InvalidData for a
/// name that a line of text cannot hold. The file is complete, but not committed, when this returns.
void write_links(RunContext& context, OutputFile& file, LinkFormat format, const ExplainedLinks& links,
                 const NodeIndex& nodes);

}  // namespace adjoin::cli
