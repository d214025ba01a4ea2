// The csv of JODIE (Kumar, Zhang, Leskovec 2019, github.com/srijankr/jodie), which TGB uses too: users act on items.
//
//   user_id,item_id,timestamp,state_label,comma_separated_list_of_features
//   0,0,0.0,0,-0.175,-0.176,...
//
// The header names the list of features once, and the lines have a column for each. User 0 and item 0 are two nodes.
#include <algorithm>
#include <cctype>
#include <string>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list.hpp>
#include <adjoin/io/formats/edge_list_parser.hpp>
#include <adjoin/io/formats/line_writer.hpp>
#include <adjoin/io/formats/registry.hpp>

namespace adjoin::detail {
namespace {

constexpr std::string_view header_begin = "user_id,item_id,timestamp,state_label";

bool recognizes_jodie(std::string_view bytes) {
  return bytes.starts_with(header_begin);
}

EdgeListDialect jodie_dialect(const std::filesystem::path& path, std::string_view bytes) {
  const SampledLines sample = sample_lines(path, bytes);
  EdgeListDialect dialect;
  dialect.separator = Separator::comma;
  dialect.header = true;
  dialect.data_begin = sample.first_end;
  dialect.lines_before = 1;
  dialect.time_column = 3;
  dialect.label_column = 4;
  std::vector<EdgeListField> fields;
  split_line(sample.lines[std::min<std::size_t>(1, sample.lines.size() - 1)], Separator::comma, fields);
  dialect.columns = std::max<std::size_t>(fields.size(), 4);
  if (dialect.columns > 4) dialect.first_feature_column = 5;
  return dialect;
}

ReadOptions two_kinds(ReadOptions read) {
  read.bipartite = true;
  return read;
}

DatasetFile read_jodie(RunContext& context, InputFile& file, const ReadOptions& read, const BuildOptions& build) {
  const EdgeListDialect dialect = jodie_dialect(file.path(), file.bytes());
  DatasetFile result = read_edge_lines(context, file, dialect, two_kinds(read), build);
  result.read.details = fmt::format("users u0, u1, ... and items i0, i1, ..., times in column 3, labels, {} features",
                                    feature_columns(dialect));
  return result;
}

std::uint64_t estimate_jodie(const std::filesystem::path& path, std::string_view bytes, const ReadOptions& read,
                             const BuildOptions& build) {
  return estimate_edge_lines(bytes, jodie_dialect(path, bytes), two_kinds(read), build);
}

/// The number of user u7 or item i7. InvalidData for another name.
std::string number_of(const std::filesystem::path& path, const NodeIndex& nodes, NodeId node, char kind) {
  const std::string name = nodes.name(node);
  if (name.size() > 1 && name.front() == kind && parse_unsigned(std::string_view(name).substr(1))) {
    return name.substr(1);
  }
  throw InvalidData(
      fmt::format("{}: the node {} cannot stand in a JODIE file, where events go from users, u0, u1, ..., to items, "
                  "i0, i1, ...; write .csv or .adjoin",
                  path.string(), quote_for_message(name)));
}

void write_jodie(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  if (!dataset.events) {
    throw InvalidData(
        fmt::format("{}: there are no events to write, and a JODIE file holds nothing else", path.string()));
  }
  const EventView events = dataset.events->view();
  OutputFile file(path);
  file.write(fmt::format("{},comma_separated_list_of_features\n", header_begin));
  context.begin_stage("write", "events", events.size());
  write_lines(context, file, events.size(), [&](std::size_t i, std::string& text) {
    text += number_of(path, *dataset.nodes, events.sources[i], 'u') + ',';
    text += number_of(path, *dataset.nodes, events.targets[i], 'i') + ',';
    text += format_time(events.times[i], events.decimals) + ',';
    text += events.labels.empty() ? "0" : std::to_string(events.labels[i]);
    for (std::size_t j = 0; j < events.features.columns(); ++j) text += ',' + format_number(events.features(i, j));
    text += '\n';
  });
  context.end_stage();
  file.commit();
}

}  // namespace

constinit const Format jodie_format{FileFormat::jodie, "JODIE file",   ".jodie.csv",  recognizes_jodie,
                                    read_jodie,        estimate_jodie, Holds::events, write_jodie};

}  // namespace adjoin::detail
