#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/embedding/principal_components.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/bindings/cli/label_file.hpp>
#include <adjoin/bindings/cli/node_names.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace cli {
namespace {

enum class Picture : std::uint8_t { automatic, embedding, degrees, curves, training };
enum class Layout : std::uint8_t { pca, tsne };

}  // namespace
}  // namespace cli

template <>
struct EnumNames<cli::Picture> {
  static constexpr std::array<std::pair<cli::Picture, std::string_view>, 5> names{
      {{cli::Picture::automatic, "auto"},
       {cli::Picture::embedding, "embedding"},
       {cli::Picture::degrees, "degrees"},
       {cli::Picture::curves, "curves"},
       {cli::Picture::training, "training"}}};
};

template <>
struct EnumNames<cli::Layout> {
  static constexpr std::array<std::pair<cli::Layout, std::string_view>, 2> names{
      {{cli::Layout::pca, "pca"}, {cli::Layout::tsne, "tsne"}}};
};

namespace cli {
namespace {

struct PictureOptions {
  Picture what = Picture::automatic;
  std::string title;
  std::string output;

  static constexpr auto fields() {
    using O = PictureOptions;
    return std::tuple{
        option_field(
            "what", &O::what,
            "embedding: nodes as points; degrees: how many nodes of a graph have each degree; curves: ROC and "
            "precision-recall of results of adjoin linkpred --curves; training: the loss and the metric of a log "
            "of adjoin train by epoch; auto: curves of .json and .jsonl, else an embedding"),
        option_field("title", &O::title, "what stands above the picture"),
        option_field("output", &O::output,
                     "the picture: .svg, .png, .pdf, or .html, where names show under the pointer")};
  }
};

struct PointOptions {
  std::string labels;
  UnknownNodes unknown_nodes = UnknownNodes::error;
  Layout layout = Layout::pca;
  int most = 5000;
  std::string annotate;

  static constexpr auto fields() {
    using O = PointOptions;
    return std::tuple{
        option_field("labels", &O::labels, "a file with a node and a label a line, which colours the points"),
        option_field("unknown-nodes", &O::unknown_nodes,
                     "labels of nodes that have no vector: drop them, or refuse the file; they cannot be added"),
        option_field("layout", &O::layout,
                     "pca: the two directions in which vectors differ most; tsne: neighbours near one another, by "
                     "scikit-learn, which has to be installed"),
        option_field("most", &O::most, {3, 1'000'000}, "points at most; of more nodes, a random sample is drawn"),
        option_field("annotate", &O::annotate, "names to write beside their points, with commas between")};
  }
};

struct PlotState {
  std::vector<std::string> input;
  PictureOptions picture;
  PointOptions points;
  ReadOptions read;
  BuildOptions build;
};

/// Of t-SNE, which is given this many principal components in place of whole vectors, as its author does.
constexpr std::size_t components_for_tsne = 50;

Picture picture_of(const PlotState& state) {
  if (state.picture.what != Picture::automatic) return state.picture.what;
  const std::string suffix = std::filesystem::path(state.input.front()).extension().string();
  return suffix == ".json" || suffix == ".jsonl" ? Picture::curves : Picture::embedding;
}

/// Rows to draw, in their order: all, or a sample that the seed chooses, with those that are named.
std::vector<std::size_t> rows_to_draw(const NodeIndex& nodes, std::size_t most, std::uint64_t seed,
                                      const std::vector<NodeId>& named) {
  std::vector<std::size_t> rows(nodes.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (rows.size() <= most) return rows;
  std::vector<std::uint64_t> order(rows.size());
  for (const std::size_t row : rows) {
    order[row] = RandomSequence(seed, RandomStream::plot_sample, nodes.name_hash(node_id(row))).next_word64();
  }
  for (const NodeId node : named) order[index(node)] = 0;
  std::ranges::nth_element(rows, rows.begin() + static_cast<std::ptrdiff_t>(most), {},
                           [&](std::size_t row) { return std::pair(order[row], row); });
  rows.resize(most);
  std::ranges::sort(rows);
  return rows;
}

/// One label a node, the first in the file if there are several; null where there is none.
Json labels_json(Session& session, const PlotState& state, const NamedRows& rows,
                 const std::vector<std::size_t>& drawn) {
  const NodeLabels labels = read_row_labels(session, state.points.labels, {state.points.unknown_nodes}, rows);
  const CsrView of_node = labels.of_node.view();
  std::size_t several = 0;
  Json json = Json::array();
  for (const std::size_t row : drawn) {
    if (of_node.row_size(row) > 1) ++several;
    json.push_back(of_node.row_size(row) == 0 ? Json(nullptr)
                                              : Json(labels.names.name(of_node.row_targets(row).front())));
  }
  if (several > 0) {
    session.note(fmt::format("{} of several labels: a point has the colour of one", counted(several, "node", "nodes")));
  }
  return json;
}

/// Nothing if only the estimate is wanted.
std::optional<Json> embedding_drawing(Session& session, const PlotState& state) {
  const std::string& path = state.input.front();
  NamedRows rows = read_named_rows(session, path);
  constexpr std::size_t fewest = 3;
  if (rows.values.rows() < fewest) {
    throw InvalidData(
        fmt::format("{}: {} too few for a picture", path, counted(rows.values.rows(), "vector is", "vectors are")));
  }
  std::vector<std::string> names;
  if (!state.points.annotate.empty()) names = names_in(state.points.annotate, *rows.nodes);
  std::vector<NodeId> named;
  for (const std::string& name : names) named.push_back(find_node(name, *rows.nodes, path));
  const std::vector<std::size_t> drawn =
      rows_to_draw(*rows.nodes, static_cast<std::size_t>(state.points.most), session.options().run.seed, named);
  const std::size_t wanted = state.points.layout == Layout::tsne ? components_for_tsne : 2;
  const int components = static_cast<int>(std::min(wanted, rows.values.columns()));
  RunContext& context = session.context();
  const std::uint64_t peak =
      resident_bytes() + estimate_principal_components_memory(rows.values.rows(), rows.values.columns(), components,
                                                              context.threads().count());
  if (session.only_estimate(peak)) return std::nullopt;
  context.require_memory(peak, "raise --memory");
  context.begin_stage("components", "nodes", rows.values.rows());
  normalize_rows(context, rows.values.view());  // adjoin's vectors are compared by their angle
  const PrincipalComponents found = principal_components(context, rows.values.view(), components);
  context.end_stage();
  Json points = Json::array();
  Json point_names = Json::array();
  for (const std::size_t row : drawn) {
    points.push_back(std::vector<float>(found.coordinates.row(row).begin(), found.coordinates.row(row).end()));
    point_names.push_back(rows.nodes->name(node_id(row)));
  }
  if (drawn.size() < rows.values.rows()) {
    session.note(
        fmt::format("{} of {} drawn", format_count(drawn.size()), counted(rows.values.rows(), "node", "nodes")));
  }
  return Json{{"kind", "embedding"},
              {"layout", detail::value_text(state.points.layout)},
              {"points", points},
              {"names", point_names},
              {"labels", state.points.labels.empty() ? Json(nullptr) : labels_json(session, state, rows, drawn)},
              {"shares", found.shares},
              {"nodes", rows.values.rows()},
              {"annotate", names}};
}

/// How many nodes have each degree that any has.
Json degree_series(const std::string& name, CsrView a) {
  std::map<std::size_t, std::size_t> counts;
  for (std::size_t row = 0; row < a.row_count(); ++row) ++counts[a.row_size(row)];
  Json degrees = Json::array();
  Json nodes = Json::array();
  for (const auto& [degree, count] : counts) {
    degrees.push_back(degree);
    nodes.push_back(count);
  }
  return Json{{"name", name}, {"degrees", degrees}, {"nodes", nodes}};
}

std::optional<Json> degree_drawing(Session& session, const PlotState& state) {
  const GraphFile file = read_graph_and_tell(session, state.input.front(), state.read, state.build);
  if (session.only_estimate(peak_resident_bytes())) return std::nullopt;
  const GraphView graph = file.graph.view();
  Json series = Json::array({degree_series(graph.directed() ? "out-degree" : "degree", graph.out())});
  if (graph.directed()) series.push_back(degree_series("in-degree", graph.in(session.context())));
  return Json{{"kind", "degrees"}, {"series", series}, {"graph", graph_phrase(graph)}};
}

void check(const PlotState& state, Picture picture) {
  if (state.picture.output.empty()) throw InvalidOption("-o is needed: a picture to write, .svg, .png, .pdf or .html");
  check_picture("-o", state.picture.output);
  if (picture != Picture::embedding && (!state.points.labels.empty() || !state.points.annotate.empty())) {
    throw InvalidOption("--labels and --annotate are of points, which only an embedding has");
  }
}

void run_plot(Session& session, const PlotState& state) {
  const Picture picture = picture_of(state);
  check(state, picture);
  if (picture == Picture::curves || picture == Picture::training) {
    if (session.only_estimate(peak_resident_bytes())) return;
    run_drawing_program({detail::value_text(picture), state.input.front(), "--title", state.picture.title},
                        state.picture.output);
  } else {
    std::optional<Json> drawing =
        picture == Picture::embedding ? embedding_drawing(session, state) : degree_drawing(session, state);
    if (!drawing) return;
    (*drawing)["title"] = state.picture.title;
    draw(*drawing, state.picture.output);
  }
  if (session.options().json) {
    session.print(Json{{"output", state.picture.output}, {"what", detail::value_text(picture)}}.dump(2) + "\n");
    return;
  }
  session.note(fmt::format("wrote {}", state.picture.output));
}

}  // namespace

Command plot_command() {
  const auto state = std::make_shared<PlotState>();
  Command command;
  command.name = "plot";
  command.summary = "draw an embedding, a graph's degrees, the curves of linkpred or a training";
  command.description =
      "Draws the vectors of nodes as points of the plane, coloured by labels if there are some; or how many nodes of a "
      "graph have each degree; or the ROC and precision-recall curves of what adjoin linkpred --curves kept; or the "
      "course of a training. The "
      "drawing itself is done by Matplotlib, which Python 3 has to have; ADJOIN_PYTHON names another Python.";
  command.positionals = {
      {"INPUT", "an embedding, a graph, results of adjoin linkpred or a log of adjoin train", &state->input}};
  command.groups = {{"Picture", bind_options(state->picture)},
                    {"Points", bind_options(state->points)},
                    {"Reading a graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {
      {"plot borders.npy --labels data/borders/regions.tsv -o borders.svg", "places, coloured by region"},
      {"plot data/karate/edges.txt --what degrees -o degrees.png", "how many nodes have each degree"},
      {"plot results.jsonl -o curves.html", "after adjoin linkpred GRAPH --curves 200 -o results.jsonl"}};
  command.run = [state](Session& session) { run_plot(session, *state); };
  return command;
}

}  // namespace cli
}  // namespace adjoin
