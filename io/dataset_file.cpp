#include <fmt/format.h>

#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/output_file.hpp>
#include <adjoin/io/store.hpp>

namespace adjoin {
namespace {

std::string_view separator_name(Separator separator) {
  switch (separator) {
    case Separator::tab:
      return "tab-separated";
    case Separator::comma:
      return "comma-separated";
    case Separator::semicolon:
      return "semicolon-separated";
    case Separator::automatic:
    case Separator::space:
      break;
  }
  return "space-separated";
}

/// What data as such cannot be, whatever file they are from, said with the file's name.
DatasetFile read_and_name(RunContext& context, const detail::Format& format, detail::InputFile& file,
                          const ReadOptions& read, const BuildOptions& build) {
  try {
    return format.read(context, file, read, build);
  } catch (const ParseError&) {
    throw;
  } catch (const InvalidData& error) {
    throw InvalidData(fmt::format("{}: {}", file.path().string(), error.what()));
  }
}

/// The dataset of the file, or, if that is all that is wanted of a store, its graph.
DatasetFile read_file(RunContext& context, const std::filesystem::path& path, const ReadOptions& read,
                      const BuildOptions& build, bool only_graph) {
  validate(read);
  validate(build);
  detail::InputFile file(context, path);
  const detail::Format& format = detail::format_of_input(detail::without_compression(file.path()), file.bytes(), read);
  const std::uint64_t bytes = file.bytes().size();
  DatasetFile result;
  if (&format == &detail::store_format && only_graph && file.compression() == detail::Compression::none &&
      path != "-") {
    result = detail::read_graph_of_store(context, path);
  } else {
    result = read_and_name(context, format, file, read, build);
  }
  result.read.format = format.name;
  result.read.compression = detail::name_of(file.compression());
  result.read.bytes = bytes;
  context.add_input(path.string(), result.read.sentence());
  return result;
}

}  // namespace

std::string ReadReport::sentence() const {
  const std::string packing = compression.empty() ? "" : compression + "-packed ";
  if (!details.empty()) return fmt::format("{}{}, {}", packing, format, details);
  std::string text =
      packing + fmt::format("{}, {}, {}, {} columns, {} node names", format, separator_name(separator),
                            header ? "header" : "no header", columns, numeric_names ? "whole-number" : "text");
  if (source_column != 1 || target_column != 2) {
    text += fmt::format(", sources in column {}, targets in column {}", source_column, target_column);
  }
  if (weight_column > 0) text += fmt::format(", weights in column {}", weight_column);
  if (time_column > 0) text += fmt::format(", times in column {}", time_column);
  if (type_column > 0) text += fmt::format(", types in column {}", type_column);
  const int used = 2 + (weight_column > 0 ? 1 : 0) + (time_column > 0 ? 1 : 0) + (type_column > 0 ? 1 : 0);
  const int ignored = columns - used;
  if (ignored > 0) text += fmt::format(", {} column{} ignored", ignored, ignored == 1 ? "" : "s");
  if (!remark.empty()) text += fmt::format(" ({})", remark);
  return text;
}

DatasetFile read_dataset(RunContext& context, const std::filesystem::path& path, const ReadOptions& read,
                         const BuildOptions& build) {
  return read_file(context, path, read, build, false);
}

GraphFile read_graph(RunContext& context, const std::filesystem::path& path, const ReadOptions& read,
                     const BuildOptions& build) {
  DatasetFile file = read_file(context, path, read, build, true);
  if (file.data.graph) return {std::move(*file.data.graph), std::move(file.read), file.build};
  if (!file.data.events && !file.data.simplices) {
    throw InvalidData(fmt::format("{}: this {} holds no graph", path.string(), file.read.format));
  }
  BuiltGraph built = as_graph(context, file.data, build);
  return {std::move(built.graph), std::move(file.read), built.report};
}

std::uint64_t estimate_read_memory(const std::filesystem::path& path, const ReadOptions& read,
                                   const BuildOptions& build) {
  if (path == "-") return 0;
  RunContext context;
  const detail::InputFile file(context, path);
  const std::uint64_t unpacked = file.compression() == detail::Compression::none ? 0 : file.bytes().size();
  return unpacked + detail::format_of_input(detail::without_compression(file.path()), file.bytes(), read)
                        .estimate(path, file.bytes(), read, build);
}

void write_dataset(RunContext& context, const Dataset& dataset, const std::filesystem::path& path,
                   const WriteOptions& options) {
  const detail::Format& format = detail::format_of_output(path, options.format);
  if (&format == &detail::store_format) {
    write_store(context, dataset, path, {options.with_transpose});
  } else {
    format.write(context, dataset, path);
  }
}

Missing missing_for(const Dataset& dataset, const std::filesystem::path& path, const WriteOptions& options) {
  using detail::Holds;
  const bool events = dataset.events.has_value();
  switch (detail::format_of_output(path, options.format).writes) {
    case Holds::edges:
      return !dataset.graph && (events || dataset.simplices) ? Missing::graph : Missing::nothing;
    case Holds::edges_or_events:
      return !dataset.graph && !events && dataset.simplices ? Missing::graph : Missing::nothing;
    case Holds::simplices:
      return !dataset.simplices && (events || dataset.graph) ? Missing::simplices : Missing::nothing;
    case Holds::events:
    case Holds::nothing:
    case Holds::everything:
      break;
  }
  return Missing::nothing;
}

std::vector<std::string> parts_left_out(const Dataset& dataset, const std::filesystem::path& path,
                                        const WriteOptions& options) {
  using detail::Holds;
  const Holds holds = detail::format_of_output(path, options.format).writes;
  std::vector<std::string> parts;
  if (!dataset.edge_types.empty()) parts.emplace_back("types of edges");
  if (holds == Holds::everything) return parts;
  const bool graph_fits = holds == Holds::edges || holds == Holds::edges_or_events;
  const bool events_fit = holds == Holds::events || (holds == Holds::edges_or_events && !dataset.graph);
  if (dataset.graph && !graph_fits) parts.emplace_back("the graph");
  if (dataset.events && !events_fit) parts.emplace_back("events");
  if (dataset.events && events_fit) {
    const EventView events = dataset.events->view();
    if (holds == Holds::events) {
      if (!events.weights.empty()) parts.emplace_back("weights of events");
    } else {
      if (!events.labels.empty()) parts.emplace_back("labels of events");
      if (events.features.columns() > 0) parts.emplace_back("features of events");
    }
  }
  if (dataset.simplices && holds != Holds::simplices) parts.emplace_back("simplices");
  if (dataset.sparse_features || dataset.features.columns() > 0) parts.emplace_back("features");
  if (dataset.labels) parts.emplace_back("labels");
  return parts;
}

void check_dataset_output(const std::filesystem::path& path, const WriteOptions& options) {
  validate(options);
  detail::format_of_output(path, options.format);
  const OutputFile tried(path);
}

}  // namespace adjoin
