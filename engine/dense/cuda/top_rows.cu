#include <algorithm>
#include <bit>
#include <cfloat>

#include <adjoin/engine/dense/cuda/cublas_inl.hpp>
#include <adjoin/engine/dense/cuda/top_rows.hpp>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>

namespace adjoin {
namespace {

constexpr unsigned block_threads = 256;
constexpr unsigned per_thread = 8;  // products that a thread has in flight

/// Products of a tile: 32 MiB, which the cache of a large GPU holds until they are read.
constexpr std::size_t products_per_tile = std::size_t{1} << 23;
constexpr std::size_t most_queries_per_tile = 1024;
constexpr std::size_t least_rows_per_tile = products_per_tile / most_queries_per_tile;
/// A block of threads wants so many products to be worth its list.
constexpr std::size_t least_rows_per_part = 4096;
constexpr std::size_t blocks_per_multiprocessor = 4;
/// Lists have at least so much room beyond `top`, because a list is sorted whenever it is full.
constexpr std::size_t room = 1024;
constexpr std::size_t least_capacity = 2048;
/// Of all lists of a set of vectors.
constexpr std::size_t list_bytes = std::size_t{64} << 20;
constexpr std::size_t most_queries_at_once = 4096;
/// Operations after which the host waits and says how far it is: around 10 ms.
constexpr double operations_per_wait = 4e11;

constexpr std::size_t capacity_of(std::size_t top) noexcept {
  return std::max(least_capacity, std::bit_ceil(top + room));
}

/// A similarity and its row as one number: the nearer, the greater. No key is 0. -0 and 0 are the same similarity.
__device__ inline std::uint64_t key_of(float similarity, std::uint32_t row) {
  const std::uint32_t bits = __float_as_uint(similarity == 0.0F ? 0.0F : similarity);
  const std::uint32_t ordered = (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
  return static_cast<std::uint64_t>(ordered) << 32 | static_cast<std::uint32_t>(~row);
}
__device__ inline float similarity_of(std::uint64_t key) {
  const auto ordered = static_cast<std::uint32_t>(key >> 32);
  return __uint_as_float((ordered & 0x80000000U) != 0 ? ordered & 0x7fffffffU : ~ordered);
}
__device__ inline std::uint32_t row_of(std::uint64_t key) {
  return ~static_cast<std::uint32_t>(key);
}

/// What a product is compared with before it is divided by its row's length: a little low, because the division rounds.
__device__ inline float cautious_bound(std::uint64_t bound) {
  if (bound == 0) return -FLT_MAX;  // not infinite: times a length of 0 it must be 0
  const float similarity = similarity_of(bound);
  return similarity - fmaxf(fabsf(similarity) * 0x1p-20F, FLT_MIN);
}

/// A list of keys in shared memory that a block of threads fills; the same variables in every thread but for what is
/// pointed at.
struct List {
  std::uint64_t* keys;
  std::uint32_t* count;
  std::uint32_t capacity;
  std::uint32_t top;
  std::uint64_t bound;         // no key up to it is wanted: 0, or the top-th greatest seen so far
  const std::uint64_t* saved;  // in global memory, the keys 0 .. absent-1, which have not been fetched
  std::uint32_t absent;
};

/// Keeps the `top` greatest keys, in falling order. Called by all threads, after a barrier; ends with one.
__device__ void settle(List& list) {
  const std::uint32_t held = min(*list.count, list.capacity);
  for (std::uint32_t i = threadIdx.x; i < list.absent; i += block_threads) list.keys[i] = list.saved[i];
  list.absent = 0;
  std::uint32_t size = 1;
  while (size < held) size *= 2;
  for (std::uint32_t i = held + threadIdx.x; i < size; i += block_threads) list.keys[i] = 0;
  __syncthreads();
  // Bitonic: runs of `run` keys fall and rise in turn.
  for (std::uint32_t run = 2; run <= size; run *= 2) {
    for (std::uint32_t distance = run / 2; distance > 0; distance /= 2) {
      for (std::uint32_t i = threadIdx.x; i < size / 2; i += block_threads) {
        const std::uint32_t one = 2 * i - (i & (distance - 1));
        const std::uint32_t other = one + distance;
        const std::uint64_t a = list.keys[one];
        const std::uint64_t b = list.keys[other];
        if ((a < b) == ((one & run) == 0)) {
          list.keys[one] = b;
          list.keys[other] = a;
        }
      }
      __syncthreads();
    }
  }
  if (held >= list.top) list.bound = list.keys[list.top - 1];
  if (threadIdx.x == 0) *list.count = min(held, list.top);
  __syncthreads();
}

/// Puts a thread's keys whose bits are set into the list. Called by all threads; ends with a barrier. Which key gets
/// which place depends on timing; the greatest keys do not.
__device__ void offer(List& list, const std::uint64_t (&keys)[per_thread], unsigned wanted) {
  while (__syncthreads_or(wanted != 0) != 0) {
    if (wanted != 0) {
      std::uint32_t place = atomicAdd(list.count, static_cast<std::uint32_t>(__popc(wanted)));
#pragma unroll
      for (unsigned k = 0; k < per_thread; ++k) {
        if ((wanted >> k & 1U) == 0) continue;
        if (place < list.capacity) {
          list.keys[place] = keys[k];
          wanted &= ~(1U << k);
        }
        ++place;
      }
    }
    __syncthreads();
    if (*list.count > list.capacity) {  // some have not found a place
      settle(list);
#pragma unroll
      for (unsigned k = 0; k < per_thread; ++k) {
        if (keys[k] <= list.bound) wanted &= ~(1U << k);
      }
    }
  }
}

/// Block (q, p) goes through part p of the columns begin .. end-1 of row q of products; column c is row first_row + c.
__global__ void __launch_bounds__(block_threads)
    keep_top(const float* __restrict__ products, std::size_t product_stride, const float* __restrict__ lengths,
             std::uint32_t first_row, std::uint32_t begin, std::uint32_t end, const std::uint32_t* left_out,
             std::uint32_t top, std::uint32_t capacity, std::uint64_t* kept, std::uint32_t* counts,
             std::uint64_t* bounds) {
  extern __shared__ std::uint64_t shared_keys[];
  __shared__ std::uint32_t shared_count;
  const std::size_t place = static_cast<std::size_t>(blockIdx.x) * gridDim.y + blockIdx.y;
  std::uint64_t* const saved = kept + place * capacity;
  List list{shared_keys, &shared_count, capacity, top, bounds[place], saved, counts[place]};
  if (threadIdx.x == 0) shared_count = list.absent;
  __syncthreads();

  const std::uint32_t per_part = (end - begin + gridDim.y - 1) / gridDim.y;
  const std::uint32_t from = begin + blockIdx.y * per_part;
  const std::uint32_t to = min(end, from + per_part);
  const float* const mine = products + blockIdx.x * product_stride;
  const std::uint32_t own = left_out[blockIdx.x];
  for (std::uint32_t base = from; base < to; base += block_threads * per_thread) {
    const std::uint32_t at = base + threadIdx.x;
    float product[per_thread];
    float length[per_thread];
#pragma unroll
    for (unsigned k = 0; k < per_thread; ++k) {
      const std::uint32_t c = at + k * block_threads;
      product[k] = c < to ? mine[c] : 0.0F;
      length[k] = c < to && lengths != nullptr ? lengths[c] : 1.0F;
    }
    const float bound = cautious_bound(list.bound);
    std::uint64_t keys[per_thread];
    unsigned wanted = 0;
#pragma unroll
    for (unsigned k = 0; k < per_thread; ++k) {
      keys[k] = 0;
      const std::uint32_t c = at + k * block_threads;
      if (c >= to || !(product[k] >= bound * length[k])) continue;
      float similarity = product[k];
      if (lengths != nullptr) {
        similarity = length[k] > 0.0F ? fminf(fmaxf(product[k] / length[k], -1.0F), 1.0F) : 0.0F;
      }
      keys[k] = key_of(similarity, first_row + c);
      if (keys[k] > list.bound && first_row + c != own) wanted |= 1U << k;
    }
    offer(list, keys, wanted);
  }

  const std::uint32_t held = shared_count;
  for (std::uint32_t i = list.absent + threadIdx.x; i < held; i += block_threads) saved[i] = shared_keys[i];
  if (threadIdx.x == 0) {
    counts[place] = held;
    bounds[place] = list.bound;
  }
}

/// Block q joins the lists of vector q.
__global__ void __launch_bounds__(block_threads)
    join_lists(const std::uint64_t* __restrict__ kept, const std::uint32_t* __restrict__ counts, std::uint32_t parts,
               std::uint32_t top, std::uint32_t capacity, std::uint32_t* rows, float* similarities) {
  extern __shared__ std::uint64_t shared_keys[];
  __shared__ std::uint32_t shared_count;
  List list{shared_keys, &shared_count, capacity, top, 0, nullptr, 0};
  if (threadIdx.x == 0) shared_count = 0;
  __syncthreads();

  for (std::uint32_t part = 0; part < parts; ++part) {
    const std::size_t place = static_cast<std::size_t>(blockIdx.x) * parts + part;
    const std::uint64_t* const from = kept + place * capacity;
    const std::uint32_t count = counts[place];
    for (std::uint32_t base = 0; base < count; base += block_threads * per_thread) {
      std::uint64_t keys[per_thread];
      unsigned wanted = 0;
#pragma unroll
      for (unsigned k = 0; k < per_thread; ++k) {
        const std::uint32_t i = base + threadIdx.x + k * block_threads;
        keys[k] = i < count ? from[i] : 0;
        if (keys[k] > list.bound) wanted |= 1U << k;
      }
      offer(list, keys, wanted);
    }
  }
  settle(list);

  const std::uint32_t held = shared_count;
  const std::size_t out = static_cast<std::size_t>(blockIdx.x) * top;
  for (std::uint32_t i = threadIdx.x; i < top; i += block_threads) {
    rows[out + i] = i < held ? row_of(shared_keys[i]) : ~0U;
    similarities[out + i] = i < held ? similarity_of(shared_keys[i]) : 0.0F;
  }
}

}  // namespace

std::size_t TopRows::queries_at_once(std::size_t top) noexcept {
  const std::size_t lists = list_bytes / (capacity_of(top) * sizeof(std::uint64_t));
  return std::clamp<std::size_t>(lists, 1, most_queries_at_once);
}

TopRows::Shape::Shape(const CudaContext& context, std::size_t rows, std::size_t queries, std::size_t top) noexcept
    : capacity(capacity_of(top)) {
  const std::size_t tiles = std::max<std::size_t>(1, chunk_count(queries, most_queries_per_tile));
  queries_per_tile = std::max<std::size_t>(1, chunk_count(queries, tiles));
  rows_per_tile = std::min(rows, std::max(least_rows_per_tile, products_per_tile / queries_per_tile / 1024 * 1024));
  product_stride = chunk_count(rows_per_tile, 32) * 32;
  const auto blocks = static_cast<std::size_t>(context.multiprocessors()) * blocks_per_multiprocessor;
  const std::size_t most_parts = std::max<std::size_t>(1, chunk_count(rows_per_tile, least_rows_per_part));
  parts = std::clamp<std::size_t>(blocks / queries_per_tile, 1, most_parts);
  lists = std::max<std::size_t>(1, queries) * parts;
}

TopRows::TopRows(CudaContext& context, std::size_t rows, std::size_t queries, std::size_t top)
    : context_(context),
      shape_(context, rows, queries, top),
      top_(top),
      products_(context, shape_.queries_per_tile * shape_.product_stride),
      kept_(context, shape_.lists * shape_.capacity),
      counts_(context, shape_.lists),
      bounds_(context, shape_.lists),
      found_rows_(context, queries * top),
      found_similarities_(context, queries * top) {
  // What the longest list takes, whatever this one does: the setting is the program's.
  constexpr int bytes = capacity_of(most_top) * sizeof(std::uint64_t);
  cuda::check("cudaFuncSetAttribute",
              cudaFuncSetAttribute(keep_top, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes));
  cuda::check("cudaFuncSetAttribute",
              cudaFuncSetAttribute(join_lists, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes));
}

std::uint64_t TopRows::bytes_of(const CudaContext& context, std::size_t rows, std::size_t queries, std::size_t top) {
  const Shape shape(context, rows, queries, top);
  return std::uint64_t{shape.queries_per_tile} * shape.product_stride * sizeof(float) +
         std::uint64_t{shape.lists} *
             (shape.capacity * sizeof(std::uint64_t) + sizeof(std::uint32_t) + sizeof(std::uint64_t)) +
         std::uint64_t{queries} * top * (sizeof(std::uint32_t) + sizeof(float));
}

void TopRows::begin() {
  cuda::check("cudaMemsetAsync", cudaMemsetAsync(counts_.data(), 0, counts_.bytes(), context_.stream()));
  cuda::check("cudaMemsetAsync", cudaMemsetAsync(bounds_.data(), 0, bounds_.bytes(), context_.stream()));
}

/// Row-major products of vectors (their rows) with rows (their columns), which is what cuBLAS calls rows^T * queries,
/// column by column.
void TopRows::multiply(MatrixView<const float, Cuda> queries, MatrixView<const float, Cuda> rows) {
  const float one = 1.0F;
  const float zero = 0.0F;
  cuda::check("cublasSgemm", cuda::cublas().sgemm(
                                 cuda::cublas_handle(context_), CUBLAS_OP_T, CUBLAS_OP_N, static_cast<int>(rows.rows()),
                                 static_cast<int>(queries.rows()), static_cast<int>(rows.columns()), &one, rows.data(),
                                 static_cast<int>(rows.stride()), queries.data(), static_cast<int>(queries.stride()),
                                 &zero, products_.data(), static_cast<int>(shape_.product_stride)));
}

void TopRows::add(const Queries& queries, const Rows& rows, FunctionRef<void(std::uint64_t)> done) {
  const MatrixView<const float, Cuda> q = queries.vectors;
  const MatrixView<const float, Cuda> x = rows.vectors;
  const std::size_t tile = std::min(shape_.rows_per_tile, x.rows());
  const std::size_t shared_bytes = shape_.capacity * sizeof(std::uint64_t);
  std::uint64_t pairs = 0;  // not yet reported
  for (std::size_t begin = rows.known; begin < x.rows(); begin += tile) {
    // The last tile reaches back, so that all have one shape and equal rows have equal products, whatever cuBLAS does.
    const std::size_t from = std::min(begin, x.rows() - tile);
    const MatrixView<const float, Cuda> some_rows(x.data() + from * x.stride(), tile, x.columns(), x.stride());
    for (std::size_t first = 0; first < q.rows(); first += shape_.queries_per_tile) {
      const std::size_t count = std::min(shape_.queries_per_tile, q.rows() - first);
      multiply({q.data() + first * q.stride(), count, q.columns(), q.stride()}, some_rows);
      const std::size_t list = first * shape_.parts;
      const dim3 grid(static_cast<unsigned>(count), static_cast<unsigned>(shape_.parts));
      keep_top<<<grid, block_threads, shared_bytes, context_.stream()>>>(
          products_.data(), shape_.product_stride, rows.lengths == nullptr ? nullptr : rows.lengths + from,
          static_cast<std::uint32_t>(rows.first + from), static_cast<std::uint32_t>(begin - from),
          static_cast<std::uint32_t>(tile), queries.left_out + first, static_cast<std::uint32_t>(top_),
          static_cast<std::uint32_t>(shape_.capacity), kept_.data() + list * shape_.capacity, counts_.data() + list,
          bounds_.data() + list);
      cuda::check_launch("keep_top");
      pairs += std::uint64_t{count} * (tile - (begin - from));
      if (2.0 * static_cast<double>(pairs) * static_cast<double>(x.columns()) < operations_per_wait) continue;
      context_.wait();
      done(pairs);
      pairs = 0;
    }
  }
  if (pairs == 0) return;
  context_.wait();
  done(pairs);
}

void TopRows::finish(const Threads& threads, std::span<std::uint32_t> rows, std::span<float> similarities) {
  const std::size_t queries = rows.size() / top_;
  if (queries == 0) return;
  join_lists<<<static_cast<unsigned>(queries), block_threads, shape_.capacity * sizeof(std::uint64_t),
               context_.stream()>>>(kept_.data(), counts_.data(), static_cast<std::uint32_t>(shape_.parts),
                                    static_cast<std::uint32_t>(top_), static_cast<std::uint32_t>(shape_.capacity),
                                    found_rows_.data(), found_similarities_.data());
  cuda::check_launch("join_lists");
  context_.download(threads, found_rows_.data(), rows.data(), 1, rows.size_bytes(), rows.size_bytes());
  context_.download(threads, found_similarities_.data(), similarities.data(), 1, similarities.size_bytes(),
                    similarities.size_bytes());
}

}  // namespace adjoin
