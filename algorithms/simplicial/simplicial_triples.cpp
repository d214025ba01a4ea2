#include <algorithm>
#include <memory>
#include <string>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/algorithms/simplicial/simplicial_pagerank.hpp>
#include <adjoin/algorithms/simplicial/simplicial_triples.hpp>

namespace adjoin {
namespace {

struct ScoredTriangles {
  Array<NodeTriple> triples;  // in_order, sorted
  std::vector<Array<double>> scores;
};

bool wants_more_than_whole(const std::vector<SimplicialPart>& parts) noexcept {
  return std::ranges::any_of(parts, [](SimplicialPart part) { return part != SimplicialPart::whole; });
}

Array<NodeTriple> sorted_open_triangles(RunContext& context, const TripleTraining& training) {
  const Time last = training.eighths.back();
  const Incidence nothing = incidence_of(context, simplices_between(training.simplices, last, last), training.max_size);
  Array<NodeTriple> triples = std::move(open_triangles(context, *training.projection, nothing).triples);
  for (NodeTriple& triple : triples) triple = in_order(triple);
  std::ranges::sort(triples);
  return triples;
}

Array<double> scores_of(const SimplicialPageRank& all, SimplicialPart part) {
  switch (part) {
    case SimplicialPart::gradient:
      return all.gradient.copy();
    case SimplicialPart::curl:
      return all.curl.copy();
    case SimplicialPart::harmonic:
      return all.harmonic.copy();
    case SimplicialPart::whole:
      break;
  }
  return all.combined.copy();
}

ScoredTriangles score_all(RunContext& context, const TripleTraining& training,
                          const std::vector<SimplicialPart>& parts) {
  ScoredTriangles scored{sorted_open_triangles(context, training), {}};
  SimplicialPageRankOptions options;
  options.parts = wants_more_than_whole(parts);
  const SimplicialPageRank all =
      simplicial_pagerank_scores(context, *training.projection, scored.triples.span(), options);
  for (const SimplicialPart part : parts) scored.scores.push_back(scores_of(all, part));
  return scored;
}

/// As many triangles as there are triples of nodes in simplices, at most.
ComplexSize largest_complex(const Projection& projection) {
  ComplexSize size{projection.incidence.node_count(), projection.graph.view().edge_count(), 0};
  const CsrView simplices = projection.incidence.nodes_of.view();
  for (std::size_t i = 0; i < simplices.row_count(); ++i) {
    const std::uint64_t k = simplices.row_size(i);
    if (k > 2) size.triangles += k * (k - 1) * (k - 2) / 6;
  }
  return size;
}

/// Every triangle is found from its three edges, and from none more often than its less linked end has other
/// neighbours.
std::uint64_t most_triangles(GraphView graph) {
  const CsrView a = graph.out();
  std::uint64_t found = 0;
  for (std::size_t u = 0; u < a.row_count(); ++u) {
    for (const NodeId v : a.row_targets(u)) {
      if (index(v) > u) found += std::min(a.row_size(u), a.row_size(index(v))) - 1;
    }
  }
  return found / 3;
}

}  // namespace

TripleScoringMaker simplicial_triple_maker(std::vector<SimplicialPart> parts) {
  TripleScoringMaker maker;
  for (const SimplicialPart part : parts) maker.names.emplace_back(detail::value_text(part));
  maker.estimate = [parts](const Projection& projection, std::uint64_t open_triangles, int threads) {
    open_triangles = std::min(open_triangles, most_triangles(projection.graph));
    const std::uint64_t kept = open_triangles * (sizeof(NodeTriple) + parts.size() * sizeof(double));
    return ScoringMemory{kept + estimate_simplicial_pagerank_memory(largest_complex(projection), open_triangles,
                                                                    wants_more_than_whole(parts), threads),
                         kept};
  };
  maker.make = [names = maker.names, parts = std::move(parts)](RunContext& context, const TripleTraining& training) {
    TripleScoring scoring;
    scoring.names = names;
    scoring.score = [scored = std::make_shared<const ScoredTriangles>(score_all(context, training, parts))](
                        std::span<const NodeTriple> triples, std::span<double> scores) {
      for (std::size_t i = 0; i < triples.size(); ++i) {
        const NodeTriple triple = in_order(triples[i]);
        const auto* const found = std::ranges::lower_bound(scored->triples, triple);
        const bool known = found != scored->triples.end() && *found == triple;
        const auto place = static_cast<std::size_t>(found - scored->triples.begin());
        for (std::size_t k = 0; k < scored->scores.size(); ++k) {
          scores[k * triples.size() + i] = known ? scored->scores[k][place] : 0;
        }
      }
    };
    return scoring;
  };
  return maker;
}

}  // namespace adjoin
