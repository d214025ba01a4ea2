// The store: one file that holds a dataset as adjoin has it in memory, so that opening it is mapping it.
// Layout: docs/formats/store.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <adjoin/engine/graph/dataset.hpp>

namespace adjoin {

inline constexpr std::uint32_t store_version = 1;

struct StoreWriteOptions {
  bool with_transpose = false;  // a directed graph's, so that no reader has to make it
};

/// Writes every part that the dataset has; the file appears whole or not at all. IoError, Cancelled. Stages:
/// "transpose" if asked for, "write".
void write_store(RunContext& context, const Dataset& dataset, const std::filesystem::path& path,
                 const StoreWriteOptions& options = {});

/// One array of the file.
struct StoreSection {
  std::string name;  // "graph.targets"
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;  // XXH3-64 of the bytes
};

/// What the header says is in a store, without reading it.
struct StoreSummary {
  std::uint32_t version = 0;
  std::uint64_t bytes = 0;
  std::string written_by;  // "adjoin 0.1.0"
  std::uint64_t nodes = 0;
  bool has_graph = false;
  bool directed = false;
  bool weighted = false;
  std::uint64_t edges = 0;
  bool has_transpose = false;
  std::uint64_t events = 0;
  std::uint64_t event_features = 0;
  std::uint64_t simplices = 0;
  std::uint64_t features = 0;
  bool sparse_features = false;
  std::uint64_t labels = 0;  // distinct ones
  std::map<std::string, std::string> metadata;
};

/// An open store. Opening reads the header and the table of sections, whatever the size of the file. Parts are read
/// from the file as they are used; they stay valid when the Store is gone. A part's checksums, and that its arrays are
/// such that no later step can leave them, are checked when it is asked for.
class Store {
 public:
  /// IoError if the file cannot be mapped; ParseError if it is not a store, is cut off, is of a later version, or if
  /// its header is damaged.
  explicit Store(const std::filesystem::path& path);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  const StoreSummary& summary() const noexcept;
  std::span<const StoreSection> sections() const noexcept;

  /// Everything in the file. ParseError naming the section that is not as it should be.
  Dataset dataset(RunContext& context) const;
  /// The graph alone. InvalidData if the store has none.
  Graph graph(RunContext& context) const;

  /// Checks every checksum, used or not, and every part to its last invariant. ParseError for the first section that is
  /// not as it should be. Stages: "verify", "check".
  void verify(RunContext& context) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// Whether the bytes begin as a store does.
bool looks_like_store(std::string_view bytes) noexcept;

}  // namespace adjoin
