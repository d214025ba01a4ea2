#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/pair_table.hpp>

#include "temporary_folder.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

PairTable read_scores(const std::string& text, LastColumn last = LastColumn::score,
                      Separator separator = Separator::automatic) {
  const TemporaryFolder folder;
  RunContext context;
  return read_pair_scores(context, folder.write("scores.tsv", text), separator, last);
}

PairTable read_labels(const std::string& text) {
  const TemporaryFolder folder;
  RunContext context;
  return read_pair_labels(context, folder.write("labels.tsv", text), Separator::automatic);
}

/// "a b 0.5 1": the pair, the scores and the label of a row.
std::string row_text(const PairTable& table, std::size_t row) {
  std::vector<std::string> words;
  if (!table.pairs.empty()) {
    words.push_back(table.nodes.name(table.pairs[row].source));
    words.push_back(table.nodes.name(table.pairs[row].target));
  }
  for (const ScoreColumn& column : table.scores) words.push_back(fmt::format("{}", column.values[row]));
  if (!table.labels.empty()) words.push_back(fmt::format("{}", table.labels[row]));
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> rows_of(const PairTable& table) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < table.row_count(); ++row) rows.push_back(row_text(table, row));
  return rows;
}

std::vector<std::string> columns_of(const PairTable& table) {
  std::vector<std::string> names;
  for (const ScoreColumn& column : table.scores) names.push_back(column.name);
  return names;
}

using Words = std::vector<std::string>;

/// The message with the files' names and no folder.
template <class Body>
std::string complaint(const TemporaryFolder& folder, const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    std::string message = error.what();
    const std::string place = folder.path().string() + "/";
    for (std::size_t at = message.find(place); at != std::string::npos; at = message.find(place)) {
      message.erase(at, place.size());
    }
    return message;
  }
  return "no complaint";
}

std::string scores_refusal(const std::string& text, LastColumn last = LastColumn::score) {
  const TemporaryFolder folder;
  RunContext context;
  return complaint(folder,
                   [&] { read_pair_scores(context, folder.write("scores.tsv", text), Separator::automatic, last); });
}

std::string labels_refusal(const std::string& text) {
  const TemporaryFolder folder;
  RunContext context;
  return complaint(folder, [&] { read_pair_labels(context, folder.write("labels.tsv", text), Separator::automatic); });
}

/// The labels of the scores' rows, "101", or what is complained of.
std::string match(const std::string& scores, const std::string& labels, bool directed = false) {
  const TemporaryFolder folder;
  RunContext context;
  std::string matched;
  const std::string refused = complaint(folder, [&] {
    const PairTable table =
        read_pair_scores(context, folder.write("scores.tsv", scores), Separator::automatic, LastColumn::score);
    const PairTable truth = read_pair_labels(context, folder.write("labels.tsv", labels), Separator::automatic);
    for (const std::uint8_t label : match_labels(context, table, truth, directed)) matched += label == 1 ? '1' : '0';
  });
  return matched.empty() ? refused : matched;
}

}  // namespace

TEST_CASE("a table of scores has a column for each method, by the name in its header") {
  const PairTable table = read_scores(
      "# by adjoin score\nsource\ttarget\tcommon-neighbors\tadamic-adar\n"
      "Ada\tGrace\t2\t1.25\n\nGrace\tAlan\t-1e3\tinf\n");
  CHECK(columns_of(table) == Words{"common-neighbors", "adamic-adar"});
  CHECK(rows_of(table) == Words{"Ada Grace 2 1.25", "Grace Alan -1000 inf"});
  CHECK(std::vector<std::uint64_t>(table.lines.begin(), table.lines.end()) == std::vector<std::uint64_t>{3, 5});
  CHECK(table.labels.empty());
  CHECK(table.read_as == "a table of pairs, header, 2 lines");
}

TEST_CASE("columns are separated by tabs, commas, semicolons or spaces, with a header or without") {
  const Words expected{"a b 0.5", "b c 2"};
  for (const std::string text : {"a\tb\t0.5\nb\tc\t2\n", "a,b,0.5\r\nb,c,2\r\n", "a;b;0.5\nb;c;2", "a b   0.5\nb c 2\n",
                                 "\xef\xbb\xbfsource,target,score\na,b,.5\nb,c,2\n", "u v s\na b 0.5\nb c 2\n"}) {
    CAPTURE(text);
    CHECK(rows_of(read_scores(text)) == expected);
  }
  CHECK(columns_of(read_scores("a b 1\n")) == Words{"score"});
  CHECK(columns_of(read_scores("a b 1 2\n")) == Words{"score 1", "score 2"});
  CHECK(rows_of(read_scores("New York\t\"X\"\t1\n")) == Words{"New York \"X\" 1"});
  CHECK(rows_of(read_scores("\"New, York\",x,1\n")) == Words{"New, York x 1"});
  CHECK(rows_of(read_scores("a,b c,d 1\n", LastColumn::score, Separator::space)) == Words{"a,b c,d 1"});
}

TEST_CASE("labels are a column named label, the fourth column where that is meant, or a file of their own") {
  const Words expected{"a b 0.5 1", "b c 2 0"};
  CHECK(rows_of(read_scores("source target score label\na b 0.5 1\nb c 2 0\n")) == expected);
  CHECK(rows_of(read_scores("a b 0.5 1\nb c 2 0\n", LastColumn::label)) == expected);
  CHECK(rows_of(read_scores("source target LABEL cn\na b 1 0.5\nb c 0 2\n")) == expected);
  CHECK(rows_of(read_scores("a b 0.5 1\nb c 2 0\n")) == expected);  // two columns of scores
  CHECK(read_scores("a b 0.5 1\nb c 2 0\n").labels.empty());
  CHECK(rows_of(read_labels("a b 1\nb c 0.0\n")) == Words{"a b 1", "b c 0"});
  CHECK(rows_of(read_labels("source target class\na b 1\n")) == Words{"a b 1"});
  CHECK(rows_of(read_labels("source target time label\na b yesterday 1\n")) == Words{"a b 1"});
}

TEST_CASE("one column is a list, with a name or without") {
  CHECK(rows_of(read_scores("0.5\n-1\n")) == Words{"0.5", "-1"});
  CHECK(columns_of(read_scores("my-method\n0.5\n")) == Words{"my-method"});
  CHECK(rows_of(read_labels("y\n1\n0\n")) == Words{"1", "0"});
  CHECK(read_scores("1\n").read_as == "a list, 1 line");
}

TEST_CASE("files of scores that are not as they should be are refused with the place") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "scores.tsv: found an empty file, expected one pair a line"},
      {"# only\n\n", "scores.tsv: found nothing but comments, expected one pair a line"},
      {"source target cn\n", "scores.tsv:1:1: found nothing after the header, expected one pair a line"},
      {"a b\n", "scores.tsv:1:1: found 2 columns, expected source, target and score, or one column of scores"},
      {"a b 1\na c\n", "scores.tsv:2:1: found 2 columns, expected 3 as in the first line"},
      {"a b 1\na c 1 2\n", "scores.tsv:2:1: found 4 columns, expected 3 as in the first line"},
      {"a b 1\n\na c nan\n", "scores.tsv:3:5: found 'nan', expected a score, which is a number and not NaN"},
      {"a b nan\n", "scores.tsv:1:5: found 'nan', expected a score, which is a number and not NaN"},
      {"a b 1\na c high\n", "scores.tsv:2:5: found 'high', expected a score, which is a number and not NaN"},
      {"a b 1\na c 1e999\n", "scores.tsv:2:5: found '1e999', expected a score, which is a number and not NaN"},
      {"a,b,1\na,c,\n", "scores.tsv:2:5: found '', expected a score, which is a number and not NaN"},
      {"a,b,1\n,c,2\n", "scores.tsv:2:1: found '', expected the name of a node"},
      {"a\tb\x01\t1\n", "scores.tsv:1:3: found 'b\\x01', expected the name of a node"},
      {"\"a,b,1\n\"a,b,1\n",
       "scores.tsv:1:1: found a quote that is not closed, expected a closing quote on the same line"},
      {"a,b,1\n\"a\"\"b\",c,1\n", "scores.tsv:2:1: found a quote inside a quoted name"},
      {"u v cn cn\na b 1 2\n", "scores.tsv:1:8: found the column 'cn' again, expected each column once"},
      {"u v label\na b 1\n", "scores.tsv:1:1: found no column of scores, expected source, target and score"},
      {"u v cn label label\na b 1 1 1\n", "scores.tsv:1:1: found two columns of labels, expected one column label"},
      {"u v cn label\na b 1 2\n", "scores.tsv:2:7: found '2', expected a label, which is 0 or 1"},
      {"u v cn\na b 1\nu v cn\n", "scores.tsv:3:5: found 'cn', expected a score, which is a number and not NaN"},
      {"a b x 1\n", "scores.tsv:1:5: found 'x', expected a score, which is a number and not NaN"},
      {std::string("a b 1\n\0 c 1\n", 12),
       "scores.tsv: found binary data (a zero byte), expected a text file with one"},
      {"PK\x03\x04", "scores.tsv: found zip-compressed data, expected a text file with one pair a line; decompress"},
      {"\x1f\x8b\x08xyz", "scores.tsv: found gzip data that are damaged or break off"},
      {"0.1\n0.2 0.3\n", "scores.tsv:2:1: found 2 columns, expected 1 as in the first line"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    const std::string found = scores_refusal(text);
    CHECK_MESSAGE(found.starts_with(message), found);
  }
  CHECK(scores_refusal("a b 1 0\na b 1 0.5\n", LastColumn::label) ==
        "scores.tsv:2:7: found '0.5', expected a label, which is 0 or 1");
}

TEST_CASE("files of labels that are not as they should be are refused with the place") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a b\n", "labels.tsv:1:1: found 2 columns, expected source, target and label, or one column of labels"},
      {"a b 2\n", "labels.tsv:1:5: found '2', expected a label, which is 0 or 1"},
      {"a b 1\nb c -1\n", "labels.tsv:2:5: found '-1', expected a label, which is 0 or 1"},
      {"a b 1\nb c yes\n", "labels.tsv:2:5: found 'yes', expected a label, which is 0 or 1"},
      {"a b nan\n", "labels.tsv:1:5: found 'nan', expected a label, which is 0 or 1"},
      {"a b 0.3 1\n",
       "labels.tsv:1:9: found 4 columns and no header, expected source, target and label, or one column "
       "of labels; a header that names a column label lets there be more"},
      {"u v score class\na b 0.3 1\n", "labels.tsv:1:5: found a header without a column label"},
      {"u v label label\na b 1 1\n", "labels.tsv:1:1: found two columns of labels"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    const std::string found = labels_refusal(text);
    CHECK_MESSAGE(found.starts_with(message), found);
  }
}

TEST_CASE("labels are matched by the names of pairs, in either direction unless directions count") {
  CHECK(match("a b 1\nb c 2\nc a 3\n", "c b 0\na b 1\na c 1\n") == "101");
  CHECK(match("a b 1\nb a 2\n", "b a 0\na b 1\n", true) == "10");
  CHECK(match("10 9 1\n9 8 1\n007 7 1\n", "7 007 1\n8 9 0\n9 10 0\n") == "001");  // ids differ, names do not
  CHECK(match("0.3\n0.4\n0.4\n", "1\n0\n1\n") == "101");
}

TEST_CASE("a pair that stands in one file only, or twice in one, is refused with its place") {
  CHECK(match("a b 1\nb c 2\n", "a b 1\n") ==
        "scores.tsv:2:1: found the pair 'b' 'c', expected pairs that labels.tsv has too");
  CHECK(match("a b 1\n", "# labels\na b 1\nb z 0\na z 0\n") ==
        "labels.tsv:3:1: found the pair 'b' 'z', expected pairs that scores.tsv has too");
  CHECK(match("a b 1\nb c 1\n", "a b 1\nc b 0\na c 0\n") ==
        "labels.tsv:3:1: found the pair 'a' 'c', expected pairs that scores.tsv has too");
  CHECK(match("a b 1\n", "b a 1\n", true) ==
        "scores.tsv:1:1: found the pair 'a' 'b', expected pairs that labels.tsv has too");
  CHECK(match("x y 1\na b 1\nx y 2\na b 2\n", "a b 1\nx y 0\n") ==
        "scores.tsv:3:1: found the pair 'x' 'y' again, expected each pair once; line 1 has it");
  CHECK(match("a b 1\nx x 1\n", "a b 1\nx x 1\nb a 0\nx x 0\n") ==
        "labels.tsv:3:1: found the pair 'b' 'a' again, expected each pair once; line 1 has it the other way round; "
        "--directed tells the two apart");
  CHECK(match("x x 1\nx x 1\n", "x x 1\n", true) ==
        "scores.tsv:2:1: found the pair 'x' 'x' again, expected each pair once; line 1 has it");
  CHECK(match("0.3\n0.4\n", "1\n") == "scores.tsv has 2 scores and labels.tsv has 1 label; each score has a label");
  CHECK(match("0.3\n0.4\n", "a b 1\n") ==
        "scores.tsv is a list and labels.tsv is a table of pairs; both are to be the same");
}

TEST_CASE("shuffled lines and turned pairs get the same labels, for any number of threads") {
  CHECK(rc::check([] {
    const int nodes = *rc::gen::inRange(2, 12);
    std::vector<std::pair<int, int>> pairs;
    for (int a = 0; a < nodes; ++a) {
      for (int b = a; b < nodes; ++b) pairs.emplace_back(a, b);
    }
    const auto order = [&] {
      std::vector<std::pair<int, int>> shuffled = pairs;
      for (std::size_t i = shuffled.size(); i > 1; --i)
        std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
      return shuffled;
    };
    const auto label = [](int a, int b) { return (a * 5 + b * 3) % 7 < 3 ? 1 : 0; };
    std::string scores;
    std::string expected;
    for (const auto& [a, b] : order()) {
      scores += fmt::format("n{} n{} {}\n", a, b, a - b);
      expected += fmt::format("{}", label(a, b));
    }
    std::string labels;
    for (const auto& [a, b] : order()) {
      const bool turned = *rc::gen::arbitrary<bool>();
      labels += fmt::format("n{} n{} {}\n", turned ? b : a, turned ? a : b, label(a, b));
    }
    RC_ASSERT(match(scores, labels) == expected);
  }));
}

TEST_CASE("a table with pairs twice is refused by itself too, and a list has no pairs") {
  RunContext context;
  CHECK_NOTHROW(refuse_repeated_pairs(context, read_scores("1\n1\n"), false));
  CHECK_NOTHROW(refuse_repeated_pairs(context, read_scores("a b 1\nb a 1\n"), true));
  CHECK_THROWS_AS(refuse_repeated_pairs(context, read_scores("a b 1\nb a 1\n"), false), ParseError);
}

TEST_CASE("a table of pairs is refused before it takes more memory than it may") {
  const TemporaryFolder folder;
  std::string text = "source,target,score\n";
  for (int i = 0; i < 100'000; ++i) text += "1,2,3\n";
  const auto path = folder.write("scores.csv", text);
  RunSettings settings;
  settings.memory_budget = 1 << 20;
  RunContext context(settings);
  CHECK_THROWS_AS(read_pair_scores(context, path, Separator::automatic, LastColumn::score), BudgetExceeded);
}

TEST_CASE("a column group says which negatives are whose, and is a score where there are no labels") {
  const PairTable table = read_labels("source\ttarget\tlabel\tgroup\na\tb\t1\t1\na\tc\t0\t1\na\tc\t1\t2\nb\tc\t0\t2\n");
  CHECK(std::ranges::equal(table.groups, std::vector<std::uint64_t>{1, 1, 2, 2}));
  CHECK(std::ranges::equal(table.labels, std::vector<std::uint8_t>{1, 0, 1, 0}));
  CHECK(table.scores.empty());
  const PairTable scored = read_scores("source,target,Group,label,cn\na,b,7,1,0.5\nb,c,7,0,0.25\n", LastColumn::label);
  CHECK(std::ranges::equal(scored.groups, std::vector<std::uint64_t>{7, 7}));
  CHECK(columns_of(scored) == Words{"cn"});
  const PairTable plain = read_scores("source,target,group\na,b,7\n");
  CHECK(plain.groups.empty());
  CHECK(columns_of(plain) == Words{"group"});
  for (const std::string group : {"-1", "1.5", "x", "nan", "1e300"}) {
    CHECK_THROWS_AS(read_labels("source,target,label,group\na,b,1," + group + "\n"), ParseError);
  }
  CHECK_THROWS_AS(read_labels("source,target,label,group,group\na,b,1,1,1\n"), ParseError);
}

TEST_CASE("lines of scores and of grouped labels are of the same pairs, or the first that is not is named") {
  const PairTable labels = read_labels("source,target,label,group\na,b,1,1\na,c,0,1\na,c,1,2\nb,c,0,2\n");
  check_same_lines(read_scores("source,target,cn\na,b,1\na,c,2\na,c,2\nb,c,0\n"), labels);
  const auto complaint_of = [&](const std::string& scores) {
    try {
      check_same_lines(read_scores(scores), labels);
    } catch (const InvalidData& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(complaint_of("source,target,cn\na,b,1\na,c,2\nb,c,2\nb,c,0\n").find("labels.tsv:4:1: found the pair 'a' 'c'") !=
        std::string::npos);
  CHECK(complaint_of("source,target,cn\na,b,1\n").find("1 pair and") != std::string::npos);
  CHECK(complaint_of("1\n2\n3\n4\n").find("both are to be the same") != std::string::npos);
}
