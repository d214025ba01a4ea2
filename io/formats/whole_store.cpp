// The store as a format among others.
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/store.hpp>

namespace adjoin::detail {
namespace {

ReadReport report_of(const Store& store) {
  ReadReport report;
  report.details =
      fmt::format("version {}, written by {}", store.summary().version, quote_for_message(store.summary().written_by));
  return report;
}

DatasetFile read_whole_store(RunContext& context, InputFile& file, const ReadOptions&, const BuildOptions&) {
  if (file.compression() != Compression::none || file.path() == "standard input") {
    throw ParseError({file.path(), 0, 0}, "a store that is packed or comes from standard input", "a file to map",
                     "unpack it, or write it to a file");
  }
  const Store store(file.path());
  return {store.dataset(context), report_of(store), {}};
}

/// Parts stay in the file: what is touched takes page cache, which the system takes back when it needs to.
std::uint64_t estimate_store(const std::filesystem::path& path, std::string_view, const ReadOptions&,
                             const BuildOptions&) {
  return Store(path).summary().bytes;
}

void write_whole_store(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  write_store(context, dataset, path);
}

}  // namespace

DatasetFile read_graph_of_store(RunContext& context, const std::filesystem::path& path) {
  const Store store(path);
  if (!store.summary().has_graph) return {store.dataset(context), report_of(store), {}};
  DatasetFile result{{}, report_of(store), {}};
  result.data.graph = store.graph(context);
  result.data.nodes = result.data.graph->view().shared_nodes();
  return result;
}

constinit const Format store_format{FileFormat::store, "store",        ".adjoin",         looks_like_store,
                                    read_whole_store,  estimate_store, Holds::everything, write_whole_store};

}  // namespace adjoin::detail
