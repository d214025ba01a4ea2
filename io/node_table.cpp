#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/graph/renumber.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>
#include <adjoin/io/formats/matrix_graph.hpp>
#include <adjoin/io/formats/name_table.hpp>
#include <adjoin/io/input_file.hpp>
#include <adjoin/io/names_file.hpp>
#include <adjoin/io/node_table.hpp>
#include <adjoin/io/npy.hpp>
#include <adjoin/io/zip_file.hpp>

namespace adjoin {
namespace {

using detail::InputFile;
using detail::NameTable;

constexpr std::array label_words{"label", "labels", "class", "classes", "y"};
constexpr std::array feature_words{"feature", "features"};
constexpr std::array node_words{"node", "node_id", "nodeid", "id", "name"};
constexpr std::string_view no_label = "-1";

template <class Words>
bool heading_is_one_of(std::string_view text, const Words& words) {
  std::string lower(text.substr(0, text.find('(')));  // "feature(feature_amount:931)" in Geom-GCN's film
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(words, lower) != words.end();
}

/// What one file says, its nodes numbered in the order in which it names them.
struct SaidOfNodes {
  std::filesystem::path path;
  NameTable nodes;
  NameTable labels;
  std::vector<MatrixEntry> label_entries;    // node, label
  std::vector<MatrixEntry> feature_entries;  // node, feature
  std::size_t feature_columns = 0;
  bool dense_features = false;
  bool binary_features = false;
  std::uint64_t lines = 0;
  std::vector<std::uint64_t> first_lines;  // of each node; empty where nodes are not named in lines

  /// The number of a node that is named in this line.
  std::uint32_t node_in_line(std::string_view name, std::uint64_t line) {
    const std::uint32_t node = nodes.number_of(name);
    if (node == first_lines.size()) first_lines.push_back(line);
    return node;
  }

  /// "table of nodes, 34 nodes, 2 kinds of labels": what stands in the run record.
  std::string sentence(std::string_view what) const {
    std::string text = fmt::format("{}, {}", what, counted(nodes.size(), "node", "nodes"));
    if (labels.size() > 0) text += ", " + counted(labels.size(), "kind of label", "kinds of labels");
    if (feature_columns > 0) {
      text +=
          fmt::format(", {} {}", dense_features ? "dense" : "sparse", counted(feature_columns, "feature", "features"));
    }
    return text;
  }
};

/// The lines of a table, each split into columns.
class TableReader {
 public:
  TableReader(RunContext& context, const std::filesystem::path& path, Separator separator) : file_(context, path) {
    context.begin_stage("nodes", "bytes", file_.bytes().size());
    const detail::SampledLines sample = detail::sample_lines(file_.path(), file_.bytes());
    separator_ = separator == Separator::automatic ? detail::find_separator(sample.lines) : separator;
    next_ = sample.data_begin;
    line_ = sample.comments_before + sample.blanks_before;
  }

  /// The next line that is neither blank nor a comment; false at the end.
  bool next() {
    while (next_ < file_.bytes().size()) {
      const std::string_view line = detail::line_at(file_.bytes(), next_, next_);
      ++line_;
      if (detail::is_blank(line) || detail::is_comment(line)) continue;
      detail::split_line(line, separator_, fields_);
      return true;
    }
    return false;
  }

  const std::vector<detail::EdgeListField>& fields() const { return fields_; }
  const std::filesystem::path& path() const { return file_.path(); }
  std::uint64_t line() const { return line_; }

  [[noreturn]] void refuse(std::size_t column, const std::string& found, const std::string& expected) const {
    const std::size_t at = column < fields_.size() ? fields_[column].begin + 1 : 1;
    throw ParseError({file_.path(), line_, at}, found, expected);
  }

  std::string_view name() const {
    const std::string_view name = fields_.front().text;
    if (name.empty() || has_control_character(name)) refuse(0, quote_for_message(name), "the name of a node");
    return name;
  }

  float number(std::size_t column, std::string_view text) const {
    const auto value = parse_number(text);
    if (!value || !std::isfinite(static_cast<float>(*value))) {
      refuse(column, quote_for_message(text), "a feature, which is a finite number");
    }
    return static_cast<float>(*value);
  }

 private:
  InputFile file_;
  Separator separator_ = Separator::space;
  std::size_t next_ = 0;
  std::uint64_t line_ = 0;
  std::vector<detail::EdgeListField> fields_;
};

void add_label(SaidOfNodes& said, std::uint32_t node, std::string_view label) {
  if (label != no_label) said.label_entries.push_back({node, said.labels.number_of(label), 1});
}

/// "0,1,0" in one column: values if every node has as many, else the numbers of the features that are one.
class FeatureList {
 public:
  void add(const TableReader& table, std::size_t column, std::uint32_t node, std::string_view text) {
    std::vector<float> values;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(','), text.size());
      values.push_back(table.number(column, text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    same_length_ &= rows_.empty() || rows_.back().second.size() == values.size();
    rows_.emplace_back(node, std::move(values));
  }

  /// `whole`: nothing but 0 and 1 in lists of one length are values of binary features.
  void finish(const TableReader& table, SaidOfNodes& said) const {
    if (rows_.empty()) return;
    said.dense_features = same_length_;
    said.binary_features = !same_length_;
    for (const auto& [node, values] : rows_) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        auto column = static_cast<std::uint32_t>(i);
        if (!same_length_) {
          if (values[i] < 0 || std::floor(values[i]) != values[i] || values[i] > 1e9F) {
            throw ParseError({table.path(), 0, 0}, fmt::format("the feature {}", values[i]),
                             "lists of one length, or the numbers of features that a node has");
          }
          column = static_cast<std::uint32_t>(values[i]);
        }
        said.feature_columns = std::max<std::size_t>(said.feature_columns, column + 1);
        said.feature_entries.push_back({node, column, same_length_ ? values[i] : 1});
      }
    }
  }

 private:
  std::vector<std::pair<std::uint32_t, std::vector<float>>> rows_;
  bool same_length_ = true;
};

SaidOfNodes read_node_table(RunContext& context, const std::filesystem::path& path) {
  SaidOfNodes said;
  said.path = path;
  TableReader table(context, path, Separator::automatic);
  enum class Role : std::uint8_t { name, label, list, number };
  std::vector<Role> roles;
  FeatureList lists;
  std::size_t numbers = 0;
  while (table.next()) {
    const auto& fields = table.fields();
    if (roles.empty()) {
      const bool header =
          heading_is_one_of(fields[0].text, node_words) ||
          std::any_of(fields.begin() + 1, fields.end(), [](const auto& field) {
            return heading_is_one_of(field.text, label_words) || heading_is_one_of(field.text, feature_words);
          });
      for (std::size_t column = 0; column < fields.size(); ++column) {
        const std::string_view word = fields[column].text;
        roles.push_back(column == 0                                        ? Role::name
                        : header && heading_is_one_of(word, label_words)   ? Role::label
                        : header && heading_is_one_of(word, feature_words) ? Role::list
                                                                           : Role::number);
      }
      numbers = static_cast<std::size_t>(std::ranges::count(roles, Role::number));
      if (header) continue;
    }
    if (fields.size() != roles.size()) {
      table.refuse(0, fmt::format("{} columns", fields.size()), fmt::format("{} as in the first line", roles.size()));
    }
    const std::size_t known = said.nodes.size();
    const std::uint32_t node = said.node_in_line(table.name(), table.line());
    if (node < known)
      table.refuse(0, fmt::format("the node {} again", quote_for_message(table.name())), "each node once");
    ++said.lines;
    std::uint32_t feature = 0;
    for (std::size_t column = 1; column < fields.size(); ++column) {
      const std::string_view text = fields[column].text;
      if (roles[column] == Role::label) add_label(said, node, text);
      if (roles[column] == Role::list) lists.add(table, column, node, text);
      if (roles[column] == Role::number) said.feature_entries.push_back({node, feature++, table.number(column, text)});
    }
  }
  if (numbers > 0) {
    said.feature_columns = numbers;
    said.dense_features = true;
  } else {
    lists.finish(table, said);
  }
  return said;
}

/// A label may be one of the words, too: behind a number, it is one.
bool is_label_heading(std::string_view node, std::string_view label) {
  const bool number = !node.empty() && std::ranges::all_of(node, [](char c) { return c >= '0' && c <= '9'; });
  return heading_is_one_of(node, node_words) || (heading_is_one_of(label, label_words) && !number);
}

SaidOfNodes read_label_table(RunContext& context, const std::filesystem::path& path, Separator separator) {
  SaidOfNodes said;
  said.path = path;
  TableReader table(context, path, separator);
  for (bool first = true; table.next(); first = false) {
    const auto& fields = table.fields();
    if (fields.size() < 2) table.refuse(0, "one column", "a node and its label");
    if (first && is_label_heading(fields[0].text, fields[1].text)) continue;
    // A label of several words, as in a list of titles: all that stands after the node.
    std::string label(fields[1].text);
    for (std::size_t column = 2; column < fields.size(); ++column) label += " " + std::string(fields[column].text);
    ++said.lines;
    add_label(said, said.node_in_line(table.name(), table.line()), label);
  }
  return said;
}

/// What a matrix of features takes beyond its file: rows have names, entries wait until the rows' ids are known.
void require_memory_for(RunContext& context, std::uint64_t rows, std::uint64_t entries) {
  constexpr std::uint64_t name_bytes = 120;
  context.require_memory(resident_bytes() + rows * name_bytes + entries * sizeof(MatrixEntry), "raise --memory");
}

SaidOfNodes read_feature_file(RunContext& context, const std::filesystem::path& path) {
  SaidOfNodes said;
  said.path = path;
  InputFile file(context, path);
  context.begin_stage("nodes", "bytes", file.bytes().size());
  std::size_t rows = 0;
  if (file.bytes().starts_with("\x93NUMPY")) {
    const detail::NpyArray array = detail::parse_npy(file.path(), file.bytes());
    if (!array.numbers() || array.shape.size() != 2 || array.fortran_order) {
      throw ParseError({file.path(), 0, 0}, array.describe(), "a matrix of numbers in C order, a row for each node");
    }
    // Without values nothing vouches for the numbers of rows and columns.
    if (array.size() == 0) throw ParseError({file.path(), 0, 0}, array.describe(), "a value for each node");
    require_memory_for(context, array.shape[0], array.size());
    rows = array.shape[0];
    said.feature_columns = array.shape[1];
    said.dense_features = true;
    for (std::size_t i = 0; i < array.size(); ++i) {
      said.feature_entries.push_back({static_cast<std::uint32_t>(i / array.shape[1]),
                                      static_cast<std::uint32_t>(i % array.shape[1]),
                                      static_cast<float>(array.number(i))});
    }
  } else {
    detail::MatrixEntries entries = detail::looks_like_zip(file.bytes())
                                        ? detail::read_npz_entries(context, file)
                                        : detail::read_matrix_market_entries(context, file);
    require_memory_for(context, entries.rows, 2 * entries.edges.size());
    rows = entries.rows;
    said.feature_columns = entries.columns;
    said.binary_features = entries.weights.empty();
    for (std::size_t e = 0; e < entries.edges.size(); ++e) {
      const auto row = static_cast<std::uint32_t>(index(entries.edges[e].source));
      const auto column = static_cast<std::uint32_t>(index(entries.edges[e].target));
      said.feature_entries.push_back({row, column, said.binary_features ? 1 : entries.weights[e]});
      if (entries.symmetric && row != column) {
        said.feature_entries.push_back({column, row, said.feature_entries.back().value});
      }
    }
  }
  for (const MatrixEntry& entry : said.feature_entries) {
    if (std::isfinite(entry.value)) continue;
    throw ParseError({file.path(), 0, 0}, fmt::format("the value {} in row {}", entry.value, entry.row),
                     "finite numbers");
  }
  const auto names = detail::read_names(path, rows);
  for (std::size_t i = 0; i < rows; ++i) said.nodes.number_of(names ? (*names)[i] : std::to_string(i));
  said.lines = rows;
  return said;
}

/// The dataset's id of each node that the file names; nothing for those dropped.
std::vector<std::optional<NodeId>> known_ids(RunContext& context, const SaidOfNodes& said, UnknownNodes unknown,
                                             Dataset& dataset, NodeFileReport& report) {
  std::vector<std::string> missing;
  std::uint64_t first_line = 0;
  for (std::size_t i = 0; i < said.nodes.size(); ++i) {
    if (dataset.nodes->find(said.nodes.name(i))) continue;
    if (missing.empty() && !said.first_lines.empty()) first_line = said.first_lines[i];
    missing.emplace_back(said.nodes.name(i));
  }
  if (!missing.empty() && unknown == UnknownNodes::error) {
    const std::uint64_t others = missing.size() - 1;
    throw ParseError({said.path, first_line, first_line == 0 ? 0U : 1U},
                     fmt::format("the node {}{}", quote_for_message(missing.front()),
                                 others == 0 ? "" : " and " + counted(others, "other", "others")),
                     "known nodes", "--unknown-nodes drop leaves out what is said of others");
  }
  if (unknown == UnknownNodes::add && !missing.empty()) {
    report.nodes_added += missing.size();
    dataset = with_nodes(context, std::move(dataset), missing);
  } else {
    report.nodes_dropped += missing.size();
  }
  std::vector<std::optional<NodeId>> ids(said.nodes.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = dataset.nodes->find(said.nodes.name(i));
  return ids;
}

/// The entries of nodes that are known, their rows being ids.
std::vector<MatrixEntry> renumbered(const std::vector<MatrixEntry>& entries,
                                    const std::vector<std::optional<NodeId>>& ids) {
  std::vector<MatrixEntry> result;
  for (MatrixEntry entry : entries) {
    if (!ids[entry.row]) continue;
    entry.row = static_cast<std::uint32_t>(index(*ids[entry.row]));
    result.push_back(entry);
  }
  return result;
}

void apply(RunContext& context, const SaidOfNodes& said, UnknownNodes unknown, Dataset& dataset,
           NodeFileReport& report) {
  report.lines += said.lines;
  const auto refuse_second = [&](bool there, const char* what) {
    if (there) throw InvalidData(fmt::format("{}: {} are given twice", said.path.string(), what));
  };
  const std::vector<std::optional<NodeId>> ids = known_ids(context, said, unknown, dataset, report);
  const std::size_t n = dataset.nodes->size();
  if (said.labels.size() > 0) {
    refuse_second(dataset.labels.has_value(), "labels");
    auto [names, label_ids] = said.labels.index(context);
    std::vector<MatrixEntry> entries = renumbered(said.label_entries, ids);
    for (MatrixEntry& entry : entries) entry.column = static_cast<std::uint32_t>(index(label_ids[entry.column]));
    Csr of_node = matrix_of_entries(n, names.size(), std::move(entries), true);
    dataset.labels = NodeLabels{std::move(of_node), std::move(names)};
  }
  if (said.feature_columns == 0) return;
  refuse_second(dataset.sparse_features || dataset.features.columns() > 0, "features");
  std::vector<MatrixEntry> entries = renumbered(said.feature_entries, ids);
  if (said.dense_features) {
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(std::uint64_t{n} * sizeof(float), std::uint64_t{said.feature_columns}, &bytes)) {
      bytes = std::numeric_limits<std::uint64_t>::max() / 2;
    }
    context.require_memory(resident_bytes() + bytes, "raise --memory");
    dataset.features = Matrix(n, said.feature_columns, 0.0F);
    for (const MatrixEntry& entry : entries) dataset.features(entry.row, entry.column) = entry.value;
  } else {
    dataset.sparse_features = matrix_of_entries(n, said.feature_columns, std::move(entries), said.binary_features);
  }
}

}  // namespace

std::vector<Remark> NodeFileReport::remarks() const {
  std::vector<Remark> all;
  if (nodes_added > 0) all.push_back({"nodes without edges added", nodes_added});
  if (nodes_dropped > 0) all.push_back({"unknown nodes left out", nodes_dropped});
  return all;
}

NodeFileReport read_node_files(RunContext& context, const NodeFileOptions& options, Dataset& dataset) {
  validate(options);
  NodeFileReport report;
  const auto take = [&](const SaidOfNodes& said, const char* what) {
    apply(context, said, options.unknown_nodes, dataset, report);
    context.add_input(said.path.string(), said.sentence(what));
  };
  if (!options.nodes.empty()) take(read_node_table(context, options.nodes), "table of nodes");
  if (!options.labels.empty()) {
    take(read_label_table(context, options.labels, Separator::automatic), "table of labels");
  }
  if (!options.features.empty()) take(read_feature_file(context, options.features), "matrix of features");
  context.end_stage();
  return report;
}

NodeFileReport read_label_file(RunContext& context, const std::filesystem::path& path, Separator separator,
                               UnknownNodes unknown, Dataset& dataset) {
  NodeFileReport report;
  const SaidOfNodes said = read_label_table(context, path, separator);
  apply(context, said, unknown, dataset, report);
  context.add_input(path.string(), said.sentence("table of labels"));
  context.end_stage();
  return report;
}

}  // namespace adjoin
