// adjoin in one include: what VERSIONING.md promises for #include <adjoin/adjoin.hpp> is what this file includes.
//
// It stands at the root because <adjoin/...> is the root: one spelling and one include path, built or installed.
#pragma once

// A graph: by name, from edges, drawn at random; its names, its numbers.
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/graph/as_simplices.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/edge_type.hpp>
#include <adjoin/engine/graph/event_log.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/graph/renumber.hpp>
#include <adjoin/engine/graph/simplex_log.hpp>
#include <adjoin/engine/graph/summary.hpp>
#include <adjoin/engine/graph/triangles.hpp>

// Files in and out: any format of a graph, embeddings, the store.
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/embedding_columns.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/node_table.hpp>
#include <adjoin/io/pair_table.hpp>
#include <adjoin/io/read_options.hpp>
#include <adjoin/io/store.hpp>

// Algorithms.
#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/fastrp_blocks.hpp>
#include <adjoin/algorithms/embedding/fastrp_typed.hpp>
#include <adjoin/algorithms/embedding/fastrp_update.hpp>
#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/algorithms/embedding/nearest_index.hpp>
#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/algorithms/embedding/tune_fastrp.hpp>
#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/classify_nodes.hpp>
#include <adjoin/algorithms/evaluate/clustering_scores.hpp>
#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/algorithms/evaluate/kmeans.hpp>
#include <adjoin/algorithms/evaluate/link_comparison.hpp>
#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/algorithms/evaluate/mean_sd.hpp>
#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/algorithms/evaluate/negative_sampling.hpp>
#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/evaluate/split_events.hpp>
#include <adjoin/algorithms/evaluate/split_given.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/algorithms/gnn/prepared_features.hpp>
#include <adjoin/algorithms/gnn/training_loop.hpp>
#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/best_path_links.hpp>
#include <adjoin/algorithms/linkpred/embedding_scores.hpp>
#include <adjoin/algorithms/linkpred/explain_links.hpp>
#include <adjoin/algorithms/linkpred/feature_cosine.hpp>
#include <adjoin/algorithms/linkpred/heart_negatives.hpp>
#include <adjoin/algorithms/linkpred/katz.hpp>
#include <adjoin/algorithms/linkpred/link_candidates.hpp>
#include <adjoin/algorithms/linkpred/link_classifier.hpp>
#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/algorithms/linkpred/local_path.hpp>
#include <adjoin/algorithms/linkpred/matrix_factorization.hpp>
#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/predict_links.hpp>
#include <adjoin/algorithms/linkpred/resistance_distance.hpp>
#include <adjoin/algorithms/linkpred/shortest_path.hpp>
#include <adjoin/algorithms/linkpred/simrank.hpp>
#include <adjoin/algorithms/linkpred/spectral.hpp>
#include <adjoin/algorithms/linkpred/structural_features.hpp>
#include <adjoin/algorithms/simplicial/best_triples.hpp>
#include <adjoin/algorithms/simplicial/configurations.hpp>
#include <adjoin/algorithms/simplicial/edge_walk_scores.hpp>
#include <adjoin/algorithms/simplicial/evaluate_quadruples.hpp>
#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/algorithms/simplicial/flag_complex.hpp>
#include <adjoin/algorithms/simplicial/four_node_configurations.hpp>
#include <adjoin/algorithms/simplicial/group_scores.hpp>
#include <adjoin/algorithms/simplicial/hodge_decomposition.hpp>
#include <adjoin/algorithms/simplicial/homology.hpp>
#include <adjoin/algorithms/simplicial/learned_triples.hpp>
#include <adjoin/algorithms/simplicial/lifecycles.hpp>
#include <adjoin/algorithms/simplicial/projection.hpp>
#include <adjoin/algorithms/simplicial/simplex_statistics.hpp>
#include <adjoin/algorithms/simplicial/simplicial_complex.hpp>
#include <adjoin/algorithms/simplicial/simplicial_pagerank.hpp>
#include <adjoin/algorithms/simplicial/simplicial_triples.hpp>
#include <adjoin/algorithms/simplicial/star_expansion.hpp>
#include <adjoin/algorithms/simplicial/vector_triples.hpp>

// What every call takes, returns or throws.
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/runtime/run_record.hpp>
#include <adjoin/engine/runtime/version.hpp>
