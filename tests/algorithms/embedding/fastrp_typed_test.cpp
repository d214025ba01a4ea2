#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/fastrp_typed.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/memory.hpp>

#include "embedding_support.hpp"
#include "with_threads.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

/// Edges of two types over the karate club, as the golden script has them: some pairs have both.
std::vector<EdgeType> typed_karate(bool without_far = false) {
  std::vector<Edge> edges;
  std::vector<std::string_view> names;
  std::vector<std::string> all;
  for (int i = 1; i <= 34; ++i) all.push_back(std::to_string(i));
  const auto nodes = std::make_shared<const NodeIndex>(NodeIndex::from_names(all));
  for (const NamedLine& line : karate()) {
    const int place = std::stoi(line.source) + std::stoi(line.target);
    const Edge edge{*nodes->find(line.source), *nodes->find(line.target)};
    const auto add = [&](std::string_view type) {
      edges.push_back(edge);
      names.push_back(type);
    };
    if (place % 3 == 0) add("near");
    if ((place % 3 != 0 || place % 2 == 0) && !(without_far && place % 4 == 0)) add("far");
  }
  RunContext context = with_threads(2);
  return build_edge_types(context, edges, {}, number_types(names), nodes, {});
}

const std::vector<FastRPRegion> golden_regions{{"near", 3}, {"far", 5, 0.5F}};

Matrix run_typed(const std::vector<EdgeType>& types, const FastRPOptions& options, int threads = 2,
                 const std::vector<FastRPRegion>& regions = golden_regions) {
  RunContext context = with_threads(threads);
  return fastrp_typed(context, types, regions, options).embedding;
}

}  // namespace

TEST_CASE("types of edges fill the columns that an independent program gives them") {
  const std::vector<EdgeType> types = typed_karate();
  CHECK(types[0].name == "far");
  CHECK(types[0].graph.view().edge_count() + types[1].graph.view().edge_count() > 78);  // pairs with both
  check_golden(run_typed(types, {.weights = {0, 1, 2}, .beta = -0.5F}), "fastrp_typed", 2e-5);
  check_golden(run_typed(types, {.weights = {1, 2, 4}, .beta = -0.5F, .dialect = FastRPDialect::tigergraph}),
               "fastrp_typed_tigergraph", 2e-5);
}

TEST_CASE("a type's columns do not change with edges of other types, nor any column with threads") {
  const std::vector<EdgeType> types = typed_karate();
  const std::vector<EdgeType> other = typed_karate(true);
  for (const FastRPDialect dialect : {FastRPDialect::adjoin, FastRPDialect::gds, FastRPDialect::tigergraph}) {
    const FastRPOptions options{.weights = {1, 1}, .dialect = dialect};
    const Matrix embedding = run_typed(types, options);
    for (const int threads : {1, 3, 8}) CHECK(same_bits(embedding, run_typed(types, options, threads)));
    const Matrix changed = run_typed(other, options);
    CHECK_FALSE(same_bits(embedding, changed));
    if (dialect == FastRPDialect::tigergraph) continue;  // there hops go along all edges
    for (std::size_t v = 0; v < 34; ++v) {
      CHECK(std::ranges::equal(embedding.row(v).first(3), changed.row(v).first(3)));
    }
  }
}

TEST_CASE("one type of edge is a graph without types, from the random matrix of its name") {
  const std::vector<EdgeType> types = typed_karate();
  RunContext context = with_threads(2);
  const std::uint64_t projection = hash_name(
      "\x01"
      "edge type far");
  for (const FastRPDialect dialect : {FastRPDialect::adjoin, FastRPDialect::paper, FastRPDialect::tigergraph}) {
    const FastRPOptions options{.dim = 32, .weights = {1, 2}, .dialect = dialect};
    const Matrix typed = run_typed(types, options, 2, {{"far", 32}});
    const Matrix whole = fastrp(context, types[0].graph, options, {.projection = projection}).embedding;
    float largest = 0;
    for (std::size_t v = 0; v < 34; ++v) {
      for (std::size_t j = 0; j < 32; ++j) largest = std::max(largest, std::abs(typed(v, j) - whole(v, j)));
    }
    CHECK(largest < 1e-6F);
    CHECK_FALSE(same_bits(whole, fastrp(context, types[0].graph, options).embedding));
  }
}

TEST_CASE("what is left out of the regions is told, and so are nodes without edges of a type") {
  const std::vector<EdgeType> types = typed_karate();
  RunContext context = with_threads(2);
  const FastRPResult result = fastrp_typed(context, types, std::vector<FastRPRegion>{{"near", 4}}, {.weights = {1}});
  CHECK(result.embedding.columns() == 4);
  const CsrView near = types[1].graph.view().out();
  std::size_t isolated = 0;
  for (std::size_t v = 0; v < 34; ++v) {
    const bool none = near.row_size(v) == 0;
    if (none) ++isolated;
    CHECK(all_zero(result.embedding.row(v)) == none);
  }
  REQUIRE(isolated > 0);
  REQUIRE(result.record.remarks.size() == 2);
  CHECK(result.record.remarks[0].what == "nodes without edges of type near, whose columns are zero");
  CHECK(result.record.remarks[0].count == isolated);
  CHECK(result.record.remarks[1].what == "edges of types without a region, which are not used");
  CHECK(result.record.remarks[1].count == types[0].graph.view().edge_count());
}

TEST_CASE("regions are written as they are read") {
  const std::vector<FastRPRegion> regions = parse_regions("follows=64,a=b:c=32:0.5,x=1:-2");
  REQUIRE(regions.size() == 3);
  CHECK(regions[1].type == "a=b:c");
  CHECK(regions[1].columns == 32);
  CHECK(regions[1].weight == 0.5F);
  CHECK(regions[2].weight == -2);
  CHECK(format_regions(regions) == "follows=64,a=b:c=32:0.5,x=1:-2");
  for (const char* wrong : {"", "follows", "=3", "a=", "a=0", "a=-1", "a=65537", "a=1:", "a=1:0", "a=1:x", "a=1:nan",
                            "a=1,", ",a=1", "a=1:1e99", "a=40000,b=40000"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_regions(wrong), InvalidOption);
  }
  const std::vector<EdgeType> types = typed_karate();
  CHECK(format_regions(equal_regions(types, 9)) == "far=5,near=4");
  CHECK_THROWS_WITH_AS(equal_regions(types, 1),
                       "there are 2 types of edges for 1 column; raise dim, or name regions for some", InvalidOption);
}

TEST_CASE("regions and options that do not fit are refused") {
  const std::vector<EdgeType> types = typed_karate();
  const auto refused = [&](const std::vector<FastRPRegion>& regions, const FastRPOptions& options,
                           const char* message) {
    RunContext context = with_threads(2);
    CHECK_THROWS_WITH_AS(fastrp_typed(context, types, regions, options), message, InvalidOption);
  };
  refused({}, {}, "there are no regions; name a type of edges and its columns");
  refused({{"neer", 3}}, {}, "there are no edges of type 'neer'; did you mean 'near'?");
  refused({{"near", 3}, {"near", 3}}, {}, "the type 'near' has two regions");
  refused({{"near", 0}}, {}, "the region of type near has no columns");
  refused({{"near", 3}}, {.concatenate = true}, "concatenate cannot be combined with types of edges");
  refused({{"near", 3}}, {.property_ratio = 0.5F}, "property-ratio cannot be combined with types of edges");
  refused({{"near", 3}}, {.dialect = FastRPDialect::tigergraph, .self_influence = 1},
          "self-influence in the dialect tigergraph cannot be combined with types of edges");
}

TEST_CASE("what memory regions take is foretold") {
  RunContext build = with_threads(2);
  std::vector<EdgeType> types;
  types.push_back({"a", rmat(15)});
  for (const FastRPDialect dialect : {FastRPDialect::adjoin, FastRPDialect::tigergraph}) {
    const FastRPOptions options{.weights = {1, 1}, .dialect = dialect};
    const std::vector<FastRPRegion> regions{{"a", 192}};
    const std::uint64_t foretold = estimate_fastrp_typed_memory(types, regions, options);
    RunSettings settings;
    settings.memory_budget = resident_bytes() + foretold - (1 << 20);
    RunContext context(settings);
    CHECK_THROWS_AS(fastrp_typed(context, types, regions, options), BudgetExceeded);
    CHECK(foretold > (std::uint64_t{1} << 15) * 192 * 4 * 2);
  }
}

TEST_CASE("too many types are no types") {
  std::vector<std::string> words;
  for (std::size_t i = 0; i <= max_edge_types; ++i) words.push_back(std::to_string(i));
  std::vector<std::string_view> names(words.begin(), words.end());
  CHECK_THROWS_WITH_AS(number_types(names), "more than 1,000 types of edges; is this the column of types?",
                       InvalidData);
  names.pop_back();
  const TypedEdges types = number_types(names);
  CHECK(std::ranges::is_sorted(types.names));
  for (std::size_t i = 0; i < names.size(); ++i) CHECK(types.names[types.type_of[i]] == names[i]);
}
