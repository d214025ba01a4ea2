#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/cuda/exact_search_cuda.hpp>
#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/dense/cuda/top_rows.hpp>
#include <adjoin/engine/dense/cuda/upload_matrix.hpp>
#include <adjoin/engine/runtime/want_of_room.hpp>

namespace adjoin {
namespace {

constexpr std::size_t copied_queries_per_chunk = 64;
/// Blocks of fewer rows are not worth the way.
constexpr std::size_t least_rows_per_block = 1024;

/// What an ExactSearch keeps. The context comes first, because the memory goes back to it.
struct ResidentRows {
  std::shared_ptr<void> device;
  CudaMatrix vectors;
  DeviceArray<float> lengths;
};

void upload_lengths(CudaContext& device, const Threads& threads, std::span<const float> lengths,
                    DeviceArray<float>& to) {
  device.upload(threads, lengths.data(), to.data(), 1, lengths.size_bytes(), lengths.size_bytes());
}

class Search {
 public:
  Search(RunContext& context, CudaContext& device, const RowsOnHost& rows, std::size_t queries, std::size_t top)
      : context_(context),
        device_(device),
        rows_(rows),
        top_(top),
        vectors_(device, queries, rows.vectors.columns()),
        left_out_(device, queries),
        best_(device, rows.vectors.rows(), queries, top) {}

  static std::uint64_t bytes_of(const CudaContext& device, MatrixView<const float> rows, std::size_t queries,
                                std::size_t top) {
    return CudaMatrix::bytes_of(queries, rows.columns()) + std::uint64_t{queries} * sizeof(std::uint32_t) +
           TopRows::bytes_of(device, rows.rows(), queries, top);
  }

  /// resident: or nullptr, for blocks of so many rows.
  void run(std::span<const ExactSearch::Query> queries, const ResidentRows* resident, std::size_t rows_per_block,
           NeighborLists& results) {
    upload_queries(queries);
    best_.begin();
    if (resident != nullptr) {
      add({resident->vectors.view(), resident->lengths.data(), 0, 0}, queries.size());
    } else {
      add_blocks(rows_per_block, queries.size());
    }
    fetch(queries.size(), results);
  }

 private:
  /// Each vector divided by its length, as on the CPU.
  void upload_queries(std::span<const ExactSearch::Query> queries) {
    const std::size_t columns = rows_.vectors.columns();
    Array<float> vectors(queries.size() * columns);
    Array<std::uint32_t> left_out(queries.size());
    context_.threads().for_chunks(queries.size(), copied_queries_per_chunk, [&](Chunk chunk) {
      for (std::size_t q = chunk.begin; q < chunk.end; ++q) {
        const ExactSearch::Query& query = queries[q];
        for (std::size_t j = 0; j < columns; ++j) vectors[q * columns + j] = query.vector[j] / query.length;
        const bool is_row = query.row != ExactSearch::Query::no_row;
        left_out[q] = is_row ? static_cast<std::uint32_t>(query.row) : TopRows::no_row;
      }
    });
    device_.upload(context_.threads(), vectors.data(), vectors_.view().data(), queries.size(), columns * sizeof(float),
                   vectors_.view().stride() * sizeof(float));
    const std::size_t bytes = queries.size() * sizeof(std::uint32_t);
    device_.upload(context_.threads(), left_out.data(), left_out_.data(), 1, bytes, bytes);
  }

  void add(const TopRows::Rows& rows, std::size_t queries) {
    const MatrixView<const float, Cuda> all = vectors_.view();
    best_.add({{all.data(), queries, all.columns(), all.stride()}, left_out_.data()}, rows,
              [&](std::uint64_t pairs) { context_.advance(pairs); });
  }

  void add_blocks(std::size_t rows_per_block, std::size_t queries) {
    const MatrixView<const float> x = rows_.vectors;
    const bool cosine = !rows_.lengths.empty();
    if (block_.rows() == 0) {
      block_ = CudaMatrix(device_, rows_per_block, x.columns());
      if (cosine) block_lengths_ = DeviceArray<float>(device_, rows_per_block);
    }
    for (std::size_t begin = 0; begin < x.rows(); begin += rows_per_block) {
      // The last reaches back, so that products are made alike in all of them.
      const std::size_t from = std::min(begin, x.rows() - rows_per_block);
      upload_matrix(device_, context_.threads(),
                    {x.data() + from * x.stride(), rows_per_block, x.columns(), x.stride()}, block_.view());
      if (cosine) {
        upload_lengths(device_, context_.threads(), rows_.lengths.subspan(from, rows_per_block), block_lengths_);
      }
      add({block_.view(), block_lengths_.data(), from, begin - from}, queries);
    }
  }

  void fetch(std::size_t queries, NeighborLists& results) {
    Array<std::uint32_t> rows(queries * top_);
    Array<float> similarities(queries * top_);
    best_.finish(context_.threads(), rows.span(), similarities.span());
    const std::size_t first = results.size();
    results.resize(first + queries);
    context_.threads().for_chunks(queries, copied_queries_per_chunk, [&](Chunk chunk) {
      for (std::size_t q = chunk.begin; q < chunk.end; ++q) {
        const std::span<const std::uint32_t> found = rows.span().subspan(q * top_, top_);
        const auto count = static_cast<std::size_t>(std::ranges::find(found, TopRows::no_row) - found.begin());
        std::vector<Neighbor>& list = results[first + q];
        list.reserve(count);
        for (std::size_t k = 0; k < count; ++k) list.push_back({node_id(found[k]), similarities[q * top_ + k]});
      }
    });
  }

  RunContext& context_;
  CudaContext& device_;
  const RowsOnHost& rows_;
  std::size_t top_;
  CudaMatrix vectors_;
  DeviceArray<std::uint32_t> left_out_;
  TopRows best_;
  CudaMatrix block_;
  DeviceArray<float> block_lengths_;
};

}  // namespace

bool search_on_cuda(RunContext& context, const RowsOnHost& rows, std::span<const ExactSearch::Query> queries,
                    std::size_t top, std::shared_ptr<void>& resident, NeighborLists& results) {
  const MatrixView<const float> x = rows.vectors;
  const std::size_t most = std::min(top, x.rows());
  if (queries.empty() || x.columns() == 0 || most == 0) return false;
  if (most > TopRows::most_top) {
    context.use_cpu(fmt::format("more than {} nearest rows are searched for on the cpu only", TopRows::most_top));
    return false;
  }
  CudaContext& device = CudaContext::of(context);
  auto* kept = static_cast<ResidentRows*>(resident.get());
  if (kept != nullptr && kept->device != context.device_state()) {  // of another run
    resident.reset();
    kept = nullptr;
  }

  const std::size_t at_once = std::min(queries.size(), TopRows::queries_at_once(most));
  const std::uint64_t needed = Search::bytes_of(device, x, at_once, most);
  const auto without_room = [&] {
    use_cpu_for_want_of_room(context, "this search", device.free_bytes());
    return false;
  };
  if (needed > device.free_bytes()) return without_room();
  const std::uint64_t bytes_per_row = CudaMatrix::bytes_of(1, x.columns()) + (rows.lengths.empty() ? 0 : sizeof(float));
  const std::uint64_t fitting = (device.free_bytes() - needed) / bytes_per_row;
  const std::size_t rows_per_block = std::min<std::uint64_t>(fitting, x.rows());
  if (kept == nullptr) {
    if (rows_per_block < std::min(x.rows(), least_rows_per_block)) return without_room();
    if (rows_per_block == x.rows()) {
      auto made = std::make_shared<ResidentRows>();
      made->device = context.device_state();
      made->vectors = CudaMatrix(device, x.rows(), x.columns());
      upload_matrix(device, context.threads(), x, made->vectors.view());
      if (!rows.lengths.empty()) {
        made->lengths = DeviceArray<float>(device, x.rows());
        upload_lengths(device, context.threads(), rows.lengths, made->lengths);
      }
      kept = made.get();
      resident = std::move(made);
    }
  }
  Search search(context, device, rows, at_once, most);
  for (std::size_t first = 0; first < queries.size(); first += at_once) {
    search.run(queries.subspan(first, std::min(at_once, queries.size() - first)), kept, rows_per_block, results);
  }
  return true;
}

}  // namespace adjoin
