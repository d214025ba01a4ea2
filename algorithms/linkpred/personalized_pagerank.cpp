#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/pagerank_walks.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/algorithms/linkpred/source_groups.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

using detail::PairEnds;
using detail::PowerWalk;
using detail::PushWalk;
using detail::SourceGroups;
using detail::Transitions;

std::uint64_t walk_bytes(std::size_t n, const PageRankOptions& options) {
  return options.method == PageRankMethod::push ? PushWalk::bytes(n) : PowerWalk::bytes(n);
}

PairEnds ends_of(const PageRankOptions& options) {
  return options.symmetric ? PairEnds::both : PairEnds::source;
}

/// Calls after(walk, group) once the walk from the group's source is done.
template <class Walk, class After>
void walk_from_each(RunContext& context, const Transitions& transitions, const SourceGroups& groups,
                    const PageRankOptions& options, After&& after) {
  detail::ScratchPool<Walk> pool;
  context.for_tasks(groups.count(), [&](std::size_t group) {
    pool.borrow([&] { return Walk(transitions, options); },
                [&](Walk& walk) {
                  walk.run(context, groups.source(group));
                  after(walk, group);
                  walk.clear();
                });
  });
}

}  // namespace

PersonalizedPageRank personalized_pagerank(RunContext& context, GraphView graph, NodeId root,
                                           const PageRankOptions& options) {
  validate(options);
  if (index(root) >= graph.node_count()) {
    throw InvalidData(fmt::format("the root has the node id {}, but the graph's ids are those below {}", index(root),
                                  graph.node_count()));
  }
  context.require_memory(resident_bytes() + estimate_personalized_pagerank_memory(graph, options), "raise --memory");
  const Transitions transitions = detail::transitions(context, graph, options);
  context.begin_stage("pagerank", "root nodes", 1);
  PersonalizedPageRank result{Array<double>(graph.node_count())};
  const auto take_values = [&](const auto& walk) {
    for (std::size_t node = 0; node < result.values.size(); ++node) result.values[node] = walk.value(node_id(node));
  };
  if (options.method == PageRankMethod::push) {
    PushWalk walk(transitions, options);
    walk.run(context, root);
    take_values(walk);
  } else {
    PowerWalk walk(transitions, options);
    walk.run(context, root);
    take_values(walk);
    result.last_change = walk.last_change();
    result.iterations = walk.iterations();
    result.converged = walk.converged();
  }
  context.end_stage();
  return result;
}

RootedPageRank rooted_pagerank_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                      const PageRankOptions& options) {
  validate(options);
  context.require_memory(
      resident_bytes() + estimate_rooted_pagerank_memory(graph, pairs.size(), options, context.threads().count()),
      "give fewer pairs or --threads, or raise --memory");
  const SourceGroups groups(context, graph, pairs, ends_of(options));
  const Transitions transitions = detail::transitions(context, graph, options);
  context.begin_stage("pagerank", "root nodes", groups.count());
  Array<double> values(groups.question_count());
  Array<std::uint8_t> not_converged(groups.count(), 0);
  const auto take_values = [&](const auto& walk, std::size_t group) {
    groups.for_questions(group, [&](std::size_t question, NodeId target) { values[question] = walk.value(target); });
  };
  if (options.method == PageRankMethod::push) {
    walk_from_each<PushWalk>(context, transitions, groups, options, take_values);
  } else {
    walk_from_each<PowerWalk>(context, transitions, groups, options, [&](const PowerWalk& walk, std::size_t group) {
      take_values(walk, group);
      not_converged[group] = walk.converged() ? 0 : 1;
    });
  }
  RootedPageRank result{Array<float>(pairs.size())};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    result.scores[i] = static_cast<float>(options.symmetric ? values[2 * i] + values[2 * i + 1] : values[i]);
  }
  for (const std::uint8_t flag : not_converged) result.not_converged += flag;
  context.end_stage();
  return result;
}

std::uint64_t estimate_rooted_pagerank_memory(GraphView graph, std::size_t pair_count, const PageRankOptions& options,
                                              int threads) {
  const PairEnds ends = ends_of(options);
  const std::uint64_t questions = (ends == PairEnds::both ? 2 : 1) * std::uint64_t{pair_count};
  return pair_count * sizeof(float) + questions * (sizeof(double) + sizeof(std::uint8_t)) +
         SourceGroups::bytes(pair_count, ends) + detail::estimate_transitions_memory(graph, options.direction) +
         static_cast<std::uint64_t>(threads) * walk_bytes(graph.node_count(), options);
}

std::uint64_t estimate_personalized_pagerank_memory(GraphView graph, const PageRankOptions& options) {
  return graph.node_count() * sizeof(double) + detail::estimate_transitions_memory(graph, options.direction) +
         walk_bytes(graph.node_count(), options);
}

}  // namespace adjoin
