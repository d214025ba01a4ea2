// Golden values: make_simplicial_golden.py, by inverses of dense matrices.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/algorithms/simplicial/simplicial_triples.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;

namespace {

/// Method and figure, in the order of the file.
using Improvements = std::vector<std::pair<std::string, double>>;

/// The figures of a set under labels.
Improvements golden(const std::string& set, const std::string& labels) {
  std::ifstream file(test::repository() / "tests/golden/simplicial/long_range.tsv");
  REQUIRE(file);
  Improvements rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string of_set;
    std::string of_labels;
    std::string method;
    double value = 0;
    REQUIRE((fields >> of_set >> of_labels >> method >> value));
    if (of_set == set && of_labels == labels) rows.emplace_back(method, value);
  }
  return rows;
}

}  // namespace

TEST_CASE("long-range scores of public sets are as far above random as dense inverses make them" *
          doctest::test_suite("accuracy")) {
  for (const std::string set :
       {"email-Enron", "contact-high-school", "contact-primary-school", "NDC-classes", "tags-ask-ubuntu"}) {
    const auto data = test::public_set(set);
    if (!data) continue;
    for (const ClosureLabels labels : {ClosureLabels::correct, ClosureLabels::reference}) {
      // Of the largest set one labelling will do, for the time that it takes.
      if (set == "tags-ask-ubuntu" && labels == ClosureLabels::reference) continue;
      const Improvements expected = golden(set, labels == ClosureLabels::correct ? "correct" : "reference");
      REQUIRE(expected.size() == (set == "email-Enron" ? 8 : 4));
      std::vector<TripleScoringMaker> makers{triple_method_maker(walk_triple_methods())};
      if (expected.size() == 8) {
        makers.push_back(simplicial_triple_maker(
            {SimplicialPart::whole, SimplicialPart::gradient, SimplicialPart::curl, SimplicialPart::harmonic}));
      }
      TripleEvaluationOptions options;
      options.labels = labels;
      RunContext context = test::with_threads(2);
      const SimplexView simplices = data->simplices->view();
      const TripleEvaluation result =
          evaluate_triples(context, simplices, test::names_of(simplices.node_count), makers, options);
      REQUIRE(result.methods.size() == expected.size());
      for (const auto& row : result.methods) {
        const auto wanted = std::ranges::find(expected, row.name, &std::pair<std::string, double>::first);
        REQUIRE(wanted != expected.end());
        CAPTURE(set);
        CAPTURE(static_cast<int>(labels));
        CAPTURE(row.name);
        CAPTURE(row.improvement);
        CHECK(std::abs(row.improvement / wanted->second - 1) < 1e-4);
      }
    }
  }
}
