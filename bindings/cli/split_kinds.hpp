// The splits that `adjoin split` makes, at random, by time or of files, and the negatives that go with them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/evaluate/split_events.hpp>
#include <adjoin/algorithms/evaluate/split_given.hpp>
#include <adjoin/algorithms/linkpred/heart_negatives.hpp>
#include <adjoin/bindings/cli/method_options.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin::cli {

enum class SplitBy : std::uint8_t { random, time, files };

}  // namespace adjoin::cli

namespace adjoin {
template <>
struct EnumNames<cli::SplitBy> {
  static constexpr std::array<std::pair<cli::SplitBy, std::string_view>, 3> names{
      {{cli::SplitBy::random, "random"}, {cli::SplitBy::time, "time"}, {cli::SplitBy::files, "files"}}};
};
}  // namespace adjoin

namespace adjoin::cli {

struct SplitKind {
  SplitBy by = SplitBy::random;

  static constexpr auto fields() {
    return std::tuple{option_field(
        "by", &SplitKind::by,
        "random: edges drawn by their share; time: the events that came last; files: GRAPH is what to train "
        "on, and what is held out stands in files")};
  }
};

struct GivenSplitOptions {
  std::string validation_edges;
  std::string test_edges;
  std::string validation_negatives;
  std::string test_negatives;
  int round = 0;
  NegativeSampler negatives = NegativeSampler::uniform;

  static constexpr auto fields() {
    using O = GivenSplitOptions;
    return std::tuple{
        option_field(
            "validation-edges", &O::validation_edges,
            "a table of the pairs held out to choose by; with a column label, also of the negatives, of label 0"),
        option_field("test-edges", &O::test_edges, "the same to judge by"),
        option_field("validation-negatives", &O::validation_negatives,
                     "a table of pairs without an edge, instead of drawing them"),
        option_field("test-negatives", &O::test_negatives, "the same for the test"),
        option_field("round", &O::round, {0, 1'000'000}, "which of the independent draws of negatives"),
        option_field("negatives", &O::negatives, negatives_help)};
  }
};

struct HeartFeatures {
  std::string features;

  static constexpr auto fields() {
    return std::tuple{option_field("features", &HeartFeatures::features,
                                   "a matrix of features in .npy, .npz or .mtx, as adjoin convert takes it; else those "
                                   "that GRAPH holds, if any")};
  }
};

/// What the command line chose.
struct SplitChoice {
  SplitChoice();

  /// One flag a name, over all kinds of splits.
  std::vector<Option> split_flags();
  std::vector<Option> heart_flags();
  /// Gives the flags to the kind that was chosen. InvalidOption for those that mean nothing to it; features may have
  /// another use than hard negatives.
  void settle(bool features_have_a_use = false);
  /// As run.
  std::vector<OptionValue> values() const;

  SplitKind kind;
  EdgeSplitOptions random;
  EventSplitOptions time;
  GivenSplitOptions files;
  std::optional<HeartMode> heart_mode;  // in the place of the split's own negatives
  HeartOptions heart;
  HeartFeatures features;

 private:
  std::vector<Option> with_heart(std::vector<Option> options);

  MethodOptions flags_;
};

/// Negatives of each positive's own stand in the order of the positives, as many for each.
struct MadeSplit {
  EdgeSplit edges;
  std::optional<EventSplit> events;  // without its edges: what else is known of a split by time
  std::optional<HeartNegatives> heart;
};

/// The dataset, with a graph unless a split by time takes its events. Says how it was read.
DatasetFile read_to_split(Session& session, const SplitChoice& choice, const std::string& path, const ReadOptions& read,
                          const BuildOptions& build);

/// Splits of one dataset, as chosen.
class SplitMaker {
 public:
  /// Reads what else the choice names: held-out pairs, and features, which it takes out of the dataset, for hard
  /// negatives or if they are wanted. The dataset and the others must outlive this.
  SplitMaker(Session& session, const SplitChoice& choice, DatasetFile& file, const BuildOptions& build,
             bool features_wanted = false);

  /// Peak bytes of a split beyond what the process holds.
  std::uint64_t estimate() const;

  /// About how many pairs the test has, negatives among them.
  std::size_t test_pairs() const;

  /// How many splits differ from one another: folds; 1 of files; any number else.
  std::optional<int> count() const;

  /// The split of that number, from 0, which is the one that the options name. Checked. A split of files takes the
  /// training graph out of the dataset.
  MadeSplit make(int number);

  /// "random 0.8/0.1/0.1, keep-connected".
  std::string phrase() const;
  /// "uniform", "heart-intended".
  std::string negatives_phrase() const;
  /// A row a node, or none.
  CsrView features() const { return features_.view(); }

 private:
  MadeSplit of_random(int number);
  MadeSplit of_time(int number);
  MadeSplit of_files();

  RunContext& context_;
  const SplitChoice& choice_;
  Dataset& data_;
  const BuildOptions& build_;
  GivenPairs given_;
  bool negatives_given_ = false;  // of the test
  Csr features_;
};

}  // namespace adjoin::cli
