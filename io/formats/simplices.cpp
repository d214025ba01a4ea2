// The text files of ScHoLP (github.com/arbenson/ScHoLP-Data), a set in three: NAME-nverts.txt, the sizes of the
// simplices; NAME-simplices.txt, their nodes one after the other; NAME-times.txt, their times. A fourth,
// NAME-node-labels.txt, may give a label to a node on each line.
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/edge_list_dialect.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/node_table.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {
namespace {

constexpr std::array<std::string_view, 3> part_suffixes{"-nverts.txt", "-simplices.txt", "-times.txt"};
constexpr std::string_view labels_part = "-node-labels.txt";

/// The path up to the part. InvalidOption if it names none.
std::string base_of(const std::filesystem::path& path) {
  const std::string name = without_compression(path).string();
  for (const std::string_view part : part_suffixes) {
    if (name.ends_with(part)) return name.substr(0, name.size() - part.size());
  }
  throw InvalidOption(
      fmt::format("{}: simplices stand in three files; name one that ends in -nverts.txt, "
                  "-simplices.txt or -times.txt",
                  path.string()));
}

/// The part of the set, packed or not. Empty if there is none.
std::filesystem::path part_path(const std::string& base, std::string_view part) {
  for (const char* const packing : {"", ".gz", ".zst"}) {
    std::filesystem::path path = base + std::string(part) + packing;
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}

std::filesystem::path needed_part(const std::string& base, std::string_view part) {
  std::filesystem::path path = part_path(base, part);
  if (path.empty()) throw IoError(base + std::string(part), "open", ENOENT);
  return path;
}

/// Hands over every line that is not blank. The position is 1-based.
template <class Line>
std::size_t for_lines(RunContext& context, std::string_view text, const Line& line) {
  std::size_t count = 0;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = 0;
    const std::string_view content = line_at(text, at, next);
    at = next;
    ++number;
    if (number % (1 << 20) == 0) context.check_cancelled();
    if (is_blank(content)) continue;
    line(content, number);
    ++count;
  }
  return count;
}

/// A whole number a line, of at least `least`.
std::vector<std::uint64_t> read_numbers(RunContext& context, const InputFile& file, std::uint64_t least,
                                        const char* expected) {
  std::vector<std::uint64_t> numbers;
  numbers.reserve(count_character(file.bytes(), '\n') + 1);
  for_lines(context, file.bytes(), [&](std::string_view line, std::size_t number) {
    const auto value = parse_unsigned(line);
    if (!value || *value < least) throw ParseError({file.path(), number, 1}, quote_for_message(line), expected);
    numbers.push_back(*value);
  });
  return numbers;
}

struct Times {
  Array<Time> ticks;
  int decimals = 0;
};

Times read_times(RunContext& context, const InputFile& file) {
  Times times;
  const auto refuse = [&](std::string_view line, std::size_t number) {
    throw ParseError({file.path(), number, 1}, quote_for_message(line),
                     fmt::format("a time, which is a decimal number of at most {} decimals", max_time_decimals));
  };
  const std::size_t count = for_lines(context, file.bytes(), [&](std::string_view line, std::size_t number) {
    const auto decimals = decimals_of_time(line);
    if (!decimals) refuse(line, number);
    times.decimals = std::max(times.decimals, *decimals);
  });
  times.ticks = Array<Time>(count);
  std::size_t at = 0;
  for_lines(context, file.bytes(), [&](std::string_view line, std::size_t number) {
    const auto time = parse_time(line, times.decimals);
    if (!time) refuse(line, number);
    times.ticks[at++] = *time;
  });
  return times;
}

/// The nodes that are named, in order, and in place of each name its id.
NodeIndex index_numbers(RunContext& context, std::vector<std::uint64_t>& names, Array<NodeId>& ids) {
  std::vector<std::uint64_t> distinct = names;
  parallel_sort(context.threads(), std::span(distinct), std::less<>{});
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() > max_node_count) throw InvalidData("there are more nodes than 32 bits can count");
  context.threads().for_chunks(names.size(), std::size_t{1} << 16, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      ids[i] = node_id(static_cast<std::size_t>(std::ranges::lower_bound(distinct, names[i]) - distinct.begin()));
    }
  });
  Array<std::uint64_t> numbers(distinct.size());
  std::ranges::copy(distinct, numbers.begin());
  return NodeIndex::from_numbers(std::move(numbers));
}

std::uint64_t estimate_simplices(const std::filesystem::path& path, std::string_view, const ReadOptions&,
                                 const BuildOptions&) {
  RunContext context;
  const std::string base = base_of(path);
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  for (const std::string_view part : part_suffixes) {
    const std::filesystem::path found = part_path(base, part);
    if (found.empty()) continue;
    const InputFile file(context, found);
    bytes += file.bytes().size();
    lines += count_character(file.bytes(), '\n');
  }
  return bytes + lines * 2 * sizeof(std::uint64_t);
}

DatasetFile read_simplices(RunContext& context, InputFile& named, const ReadOptions& read, const BuildOptions& build) {
  const std::string base = base_of(named.path());
  const std::filesystem::path path = named.path();
  named.release();
  context.require_memory(resident_bytes() + estimate_simplices(path, {}, read, build), "raise --memory");
  context.begin_stage("read", "files", 1);
  const std::filesystem::path times_path = part_path(base, part_suffixes[2]);

  const InputFile sizes_file(context, needed_part(base, part_suffixes[0]));
  const std::vector<std::uint64_t> sizes = read_numbers(context, sizes_file, 1, "the number of nodes of a simplex");
  InputFile nodes_file(context, needed_part(base, part_suffixes[1]));
  std::vector<std::uint64_t> names = read_numbers(context, nodes_file, 0, "the whole number of a node");
  SimplexArrays arrays{Array<EdgeOffset>(sizes.size() + 1), Array<NodeId>(names.size()), {}, 0};
  std::uint64_t total = 0;
  arrays.offsets[0] = EdgeOffset{0};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    // What is declared is not summed beyond what is there, so that the sum cannot overflow.
    total = sizes[i] > names.size() - total ? names.size() + 1 : total + sizes[i];
    if (total > names.size()) break;
    arrays.offsets[i + 1] = EdgeOffset{total};
  }
  if (total != names.size()) {
    throw ParseError({nodes_file.path(), 0, 0}, fmt::format("{} nodes", format_count(names.size())),
                     fmt::format("the {} that {} adds up to", total > names.size() ? "more" : format_count(total),
                                 sizes_file.path().filename().string()));
  }
  if (!times_path.empty()) {
    const InputFile times_file(context, times_path);
    Times times = read_times(context, times_file);
    if (times.ticks.size() != sizes.size()) {
      throw ParseError({times_file.path(), 0, 0}, fmt::format("{} times", format_count(times.ticks.size())),
                       fmt::format("{}, one for each simplex", format_count(sizes.size())));
    }
    arrays.times = std::move(times.ticks);
    arrays.decimals = times.decimals;
  }
  nodes_file.release();
  auto nodes = std::make_shared<const NodeIndex>(index_numbers(context, names, arrays.nodes));
  names = {};
  DatasetFile result;
  result.data.simplices = SimplexLog(context, nodes->size(), std::move(arrays));
  result.data.nodes = std::move(nodes);
  result.read.numeric_names = true;
  result.read.details = fmt::format("{} of {}, {}", counted(sizes.size(), "simplex", "simplices"),
                                    counted(result.data.nodes->size(), "node", "nodes"),
                                    times_path.empty() ? "without times" : "with times");
  if (const std::filesystem::path labels = part_path(base, labels_part); !labels.empty()) {
    // A label is the rest of the line: "7 Smith, John".
    const NodeFileReport report = read_label_file(context, labels, Separator::space, UnknownNodes::drop, result.data);
    result.read.details += ", labels";
    if (report.nodes_dropped > 0) {
      result.read.details += fmt::format(" ({} of nodes in no simplex left out)", format_count(report.nodes_dropped));
    }
  }
  return result;
}

/// Blanks around a label do not count, so that nothing would be left of some names.
bool can_be_label(std::string_view name) {
  return name.find_first_not_of(" \t") != std::string_view::npos;
}

bool any_can_be_label(const NodeIndex& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (can_be_label(nodes.name(node_id(i)))) return true;
  }
  return false;
}

/// Nodes are their names if these are whole numbers; else they are numbered from 1, and their names are labels.
void write_simplices(RunContext& context, const Dataset& dataset, const std::filesystem::path& path) {
  const SimplexView simplices = simplices_to_write(dataset, path, simplices_format);
  const std::string base = base_of(path);
  const std::string packing = compression_of(path) == Compression::none ? "" : path.extension().string();
  const bool named = !dataset.nodes->name_offsets().empty();
  std::vector<OutputFile> files;
  for (const std::string_view part : part_suffixes) files.emplace_back(fmt::format("{}{}{}", base, part, packing));
  const bool labelled = named && any_can_be_label(*dataset.nodes);
  if (labelled) files.emplace_back(fmt::format("{}{}{}", base, labels_part, packing));
  std::vector<std::string> texts(files.size());
  constexpr std::size_t block_bytes = std::size_t{4} << 20;
  const auto flush = [&](std::size_t least) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (texts[i].size() < least) continue;
      context.check_cancelled();
      files[i].write(texts[i]);
      texts[i].clear();
    }
  };
  context.begin_stage("write", "simplices", simplices.size());
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    fmt::format_to(std::back_inserter(texts[0]), "{}\n", simplices.simplex(i).size());
    for (const NodeId node : simplices.simplex(i)) {
      texts[1] += named ? std::to_string(index(node) + 1) : dataset.nodes->name(node);
      texts[1] += '\n';
    }
    texts[2] += format_time(simplices.times[i], simplices.decimals) + '\n';
    flush(block_bytes);
  }
  for (std::size_t i = 0; labelled && i < dataset.nodes->size(); ++i) {
    const std::string name = dataset.nodes->name(node_id(i));
    if (can_be_label(name)) texts[3] += fmt::format("{} {}\n", i + 1, name);
    flush(block_bytes);
  }
  flush(1);
  context.end_stage();
  commit_together(files);
}

}  // namespace

constinit const Format simplices_format{FileFormat::simplices,
                                        "set of simplices",
                                        "-nverts.txt -simplices.txt -times.txt",
                                        nullptr,
                                        read_simplices,
                                        estimate_simplices,
                                        Holds::simplices,
                                        write_simplices,
                                        true};

}  // namespace adjoin::detail
