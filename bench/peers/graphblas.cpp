// SuiteSparse:GraphBLAS at its best here: C += A X with A sparse by row and X, C full by row, which it multiplies in
// place; the plain product C = A X takes four times as long. A holds one value for all entries (iso), X and C lie on
// huge pages, and setting C to zero is not timed.
//   --semiring second   (default) the product of two entries is that of X: the values of A are not read
//   --semiring times    the ordinary product
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>

extern "C" {
#include <GraphBLAS.h>
}

#include "driver.hpp"

namespace {

using peers::Measure;

void require(GrB_Info info) {
  if (info != GrB_SUCCESS) throw std::runtime_error("GraphBLAS returned " + std::to_string(info));
}

GrB_Matrix new_matrix(std::size_t rows, std::size_t columns) {
  GrB_Matrix matrix = nullptr;
  require(GrB_Matrix_new(&matrix, GrB_FP32, rows, columns));
  require(GxB_Matrix_Option_set(matrix, GxB_FORMAT, GxB_BY_ROW));
  return matrix;
}

/// A full matrix of the values; the matrix owns them afterwards.
GrB_Matrix full_matrix(std::unique_ptr<float[], peers::Free> values, std::size_t rows, std::size_t columns) {
  GrB_Matrix matrix = new_matrix(rows, columns);
  require(GxB_Matrix_Option_set(matrix, GxB_SPARSITY_CONTROL, GxB_FULL));
  void* memory = values.release();
  require(GxB_Matrix_pack_FullR(matrix, &memory, rows * columns * sizeof(float), false, nullptr));
  return matrix;
}

GrB_Matrix sparse_matrix(const peers::GraphArrays& graph) {
  auto offsets = peers::huge_array<GrB_Index>(graph.row_count + 1);
  auto targets = peers::huge_array<GrB_Index>(graph.entry_count);
  auto one = peers::huge_array<float>(1);
  for (std::size_t i = 0; i <= graph.row_count; ++i) offsets[i] = static_cast<GrB_Index>(graph.offsets[i]);
  for (std::size_t e = 0; e < graph.entry_count; ++e) targets[e] = static_cast<GrB_Index>(graph.targets[e]);
  one[0] = 1;
  GrB_Matrix matrix = new_matrix(graph.row_count, graph.row_count);
  require(GxB_Matrix_Option_set(matrix, GxB_SPARSITY_CONTROL, GxB_SPARSE));
  GrB_Index* rows = offsets.release();
  GrB_Index* columns = targets.release();
  void* values = one.release();
  require(GxB_Matrix_pack_CSR(matrix, &rows, &columns, &values, (graph.row_count + 1) * sizeof(GrB_Index),
                              graph.entry_count * sizeof(GrB_Index), sizeof(float), true, false, nullptr));
  return matrix;
}

class Product {
 public:
  Product(const peers::Settings& settings, const peers::GraphArrays& graph)
      : rows_(graph.row_count), columns_(settings.dim) {
    const auto chosen = settings.extra.find("--semiring");
    const std::string name = chosen == settings.extra.end() ? "second" : chosen->second;
    if (name != "second" && name != "times") throw std::runtime_error("--semiring is second or times, not " + name);
    semiring_ = name == "second" ? GxB_PLUS_SECOND_FP32 : GxB_PLUS_TIMES_FP32;
    a_ = sparse_matrix(graph);
    auto x = peers::huge_array<float>(rows_ * columns_);
    peers::fill_input(x.get(), rows_, columns_);
    x_ = full_matrix(std::move(x), rows_, columns_);
    c_ = full_matrix(zeros(), rows_, columns_);
  }

  Measure run() {
    set_to_zero();
    const peers::Stopwatch watch;
    require(GrB_mxm(c_, nullptr, GrB_PLUS_FP32, semiring_, a_, x_, nullptr));
    require(GrB_Matrix_wait(c_, GrB_MATERIALIZE));
    const double seconds = watch.seconds();
    float* values = open();
    const double checksum = peers::product_checksum(values, rows_, columns_);
    close(values);
    return {seconds, checksum, ""};
  }

 private:
  std::unique_ptr<float[], peers::Free> zeros() const {
    auto values = peers::huge_array<float>(rows_ * columns_);
    std::memset(values.get(), 0, rows_ * columns_ * sizeof(float));
    return values;
  }

  /// The values of C, without a copy; close gives them back.
  float* open() {
    void* values = nullptr;
    GrB_Index bytes = 0;
    bool iso = false;
    require(GxB_Matrix_unpack_FullR(c_, &values, &bytes, &iso, nullptr));
    if (iso || bytes < rows_ * columns_ * sizeof(float)) throw std::runtime_error("GraphBLAS changed the form of C");
    return static_cast<float*>(values);
  }

  void close(float* values) {
    void* memory = values;
    require(GxB_Matrix_pack_FullR(c_, &memory, rows_ * columns_ * sizeof(float), false, nullptr));
  }

  void set_to_zero() {
    float* values = open();
    std::memset(values, 0, rows_ * columns_ * sizeof(float));
    close(values);
  }

  std::size_t rows_;
  std::size_t columns_;
  GrB_Semiring semiring_ = nullptr;
  GrB_Matrix a_ = nullptr;
  GrB_Matrix x_ = nullptr;
  GrB_Matrix c_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    const peers::Settings settings = peers::parse_arguments(argc, argv, {"--semiring"});
    require(GrB_init(GrB_NONBLOCKING));
    require(GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, settings.threads));
    const peers::GraphArrays graph = peers::read_graph(settings.folder);
    Product product(settings, graph);
    int version[3] = {0, 0, 0};
    require(GxB_Global_Option_get(GxB_LIBRARY_VERSION, version));
    const std::string text =
        std::to_string(version[0]) + "." + std::to_string(version[1]) + "." + std::to_string(version[2]);
    // The matrices live as long as the process: its end gives them back.
    return peers::drive(settings, "graphblas", text, {{"spmm", [&] { return product.run(); }}});
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << '\n';
    return 1;
  }
}
