// What the GPU side reaches on a drawn graph: a JSON line for each thing measured (README.md, "On a GPU").
//
//   gpu_bench --graph rmat|uniform --scale S [--seed 1]   2^S nodes, 16 * 2^S edges drawn, both directions stored
//     --tasks copy,gather,spmm      or some of them; also model: what the cache can serve, for which no GPU is needed
//     --columns 128,256  --precisions float32,bf16
//     --slices 0                    bytes of a row that a slice of adjoin's product takes; 0: its own choice
//     --cache BYTES                 of the model; 0: the device's
//     --warmups 3  --runs 11        of what is timed; medians are told
//     --threads 0                   that make the graph
//     --write FOLDER                the graph as offsets.npy (int64) and targets.npy (int32), for peers.py
//     --store FILE.adjoin           the graph as a store, for the command
//
// copy:   4 GiB within the device, bytes read and written.
// gather: rows drawn from a matrix much larger than the cache: the ceiling of random gathers.
// spmm:   Y = A X, adjoin's and cuSPARSE's. gathered_bytes are those of X that non-zeros name; model_bytes what is left
//         to read and write if the cache held the most used rows; sliced_model_bytes the same where it holds slices of
//         128 bytes of them, one slice after the other. *_of_copy is their rate over the copy's of the same run.
//         difference is the largest relative one from the first result of adjoin's.
#include <algorithm>
#include <charconv>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/cuda/devices.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/io/dataset_file.hpp>

#include "cache_model.hpp"
#include "driver.hpp"
#include "memory_tasks.hpp"
#include "product_task.hpp"
#include "records.hpp"

namespace {

using namespace adjoin;
using namespace gpu_bench;

struct WrongArgument : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

struct Settings {
  std::string graph;
  std::size_t scale = 0;
  std::size_t seed = 1;
  std::vector<std::string> tasks{"copy", "gather", "spmm"};
  std::size_t cache = 0;
  std::size_t threads = 0;
  std::string write;
  std::string store;
  ProductSettings products;

  bool has(const std::string& task) const { return std::find(tasks.begin(), tasks.end(), task) != tasks.end(); }
  bool needs_graph() const { return has("spmm") || has("model") || !write.empty() || !store.empty(); }
  bool needs_device() const { return has("copy") || has("gather") || has("spmm") || (has("model") && cache == 0); }
};

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::size_t number_of(const std::string& option, const std::string& text, std::size_t least, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    throw WrongArgument(option + " = " + text + " is not a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most));
  }
  return value;
}

std::vector<std::string> words_among(const std::string& option, const std::string& text,
                                     const std::vector<std::string>& known) {
  std::vector<std::string> words = words_of(text);
  for (const std::string& word : words) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    std::string all;
    for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
    throw WrongArgument(option + " has no '" + word + "'; there are " + all);
  }
  return words;
}

Settings parse(int argc, char** argv) {
  Settings settings;
  ProductSettings& products = settings.products;
  const std::size_t any = SIZE_MAX;
  const auto count = [](std::size_t& to, std::size_t least, std::size_t most) {
    return [&to, least, most](const std::string& option, const std::string& text) {
      to = number_of(option, text, least, most);
    };
  };
  const auto small_count = [](int& to, std::size_t least) {
    return [&to, least](const std::string& option, const std::string& text) {
      to = static_cast<int>(number_of(option, text, least, 10'000));
    };
  };
  const auto text_into = [](std::string& to) {
    return [&to](const std::string&, const std::string& text) { to = text; };
  };
  const std::map<std::string, std::function<void(const std::string&, const std::string&)>> options{
      {"--graph",
       [&](const std::string& option, const std::string& text) {
         settings.graph = words_among(option, text, {"rmat", "uniform"}).front();
       }},
      {"--scale", count(settings.scale, 1, 27)},
      {"--seed", count(settings.seed, 0, any)},
      {"--cache", count(settings.cache, 0, any)},
      {"--threads", count(settings.threads, 0, 4096)},
      {"--warmups", small_count(products.repeats.warmups, 0)},
      {"--runs", small_count(products.repeats.runs, 1)},
      {"--write", text_into(settings.write)},
      {"--store", text_into(settings.store)},
      {"--tasks",
       [&](const std::string& option, const std::string& text) {
         settings.tasks = words_among(option, text, {"copy", "gather", "spmm", "model", "none"});
       }},
      {"--precisions",
       [&](const std::string& option, const std::string& text) {
         products.precisions = words_among(option, text, {"float32", "bf16"});
       }},
      {"--slices",
       [&](const std::string& option, const std::string& text) {
         products.slices.clear();
         for (const std::string& word : words_among(option, text, {"0", "128", "256", "512"})) {
           products.slices.push_back(number_of(option, word, 0, 512));
         }
       }},
      {"--columns", [&](const std::string& option, const std::string& text) {
         products.columns.clear();
         for (const std::string& word : words_of(text)) products.columns.push_back(number_of(option, word, 1, 65'536));
       }}};
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto option = options.find(name);
    if (option == options.end()) {
      std::string all;
      for (const auto& [known, unused] : options) all += (all.empty() ? "" : " ") + known;
      throw WrongArgument("there is no option '" + name + "'; there are " + all);
    }
    if (++i == argc) throw WrongArgument("option " + name + " needs a value");
    option->second(name, argv[i]);
  }
  if (settings.needs_graph() && (settings.graph.empty() || settings.scale == 0)) {
    throw WrongArgument("no graph is named: --graph rmat --scale 20, or --graph uniform --scale 20");
  }
  return settings;
}

RunSettings run_settings(const Settings& settings) {
  RunSettings run;
  run.device = {settings.needs_device() ? DeviceKind::cuda : DeviceKind::cpu, 0};
  run.seed = settings.seed;
  run.threads = static_cast<int>(settings.threads);
  return run;
}

Dataset drawn_graph(RunContext& context, const Settings& settings) {
  Dataset dataset;
  if (settings.graph == "rmat") {
    RmatOptions options;
    options.scale = static_cast<int>(settings.scale);
    dataset.graph = generate_rmat(context, options).graph;
  } else {
    ErdosRenyiOptions options;
    options.nodes = std::uint64_t{1} << settings.scale;
    options.edges = 16 * options.nodes;
    dataset.graph = generate_erdos_renyi(context, options).graph;
  }
  dataset.nodes = dataset.graph->view().shared_nodes();
  return dataset;
}

void write_arrays(const Threads& threads, const CsrView& a, const std::string& folder) {
  std::filesystem::create_directories(folder);
  Array<std::int64_t> offsets(a.offsets.size());
  Array<std::int32_t> targets(a.targets.size());
  const std::size_t grain = std::size_t{1} << 18;
  threads.for_chunks(offsets.size(), grain, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) offsets[i] = static_cast<std::int64_t>(index(a.offsets[i]));
  });
  threads.for_chunks(targets.size(), grain, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) targets[e] = static_cast<std::int32_t>(index(a.targets[e]));
  });
  peers::write_graph(folder, offsets.span(), targets.span());
}

void tell_device(const CudaContext& device) {
  const auto info = cuda::devices()[static_cast<std::size_t>(device.ordinal())];
  print({{"task", "device"},
         {"name", info.name},
         {"compute_capability", info.compute_capability},
         {"memory_bytes", info.memory_bytes},
         {"multiprocessors", device.multiprocessors()},
         {"cache_bytes", device.cache_bytes()}});
}

void run(const Settings& settings) {
  RunContext context(run_settings(settings));
  CudaContext* const device = settings.needs_device() ? &CudaContext::of(context) : nullptr;
  ProductSettings products = settings.products;
  if (device != nullptr) tell_device(*device);
  // Shares of a copy want one of the same run, whether or not it was asked for.
  if (settings.has("copy") || settings.has("spmm")) {
    products.copy_bytes_per_second = copy_task(*device, products.repeats);
  }
  if (settings.has("gather")) gather_task(*device, products.repeats);
  if (!settings.needs_graph()) return;

  const peers::Stopwatch watch;
  const Dataset dataset = drawn_graph(context, settings);
  const CsrView a = dataset.graph->view().out();
  products.graph = {{"graph", settings.graph + "-" + std::to_string(settings.scale)},
                    {"nodes", a.row_count()},
                    {"nonzeros", a.nonzero_count()}};
  Json made = products.graph;
  made["task"] = "graph";
  made["seed"] = settings.seed;
  made["seconds"] = watch.seconds();
  print(made);
  if (!settings.write.empty()) write_arrays(context.threads(), a, settings.write);
  if (!settings.store.empty()) write_dataset(context, dataset, settings.store);
  if (!settings.has("spmm") && !settings.has("model")) return;

  const CacheModel model(a);
  products.cache_bytes = settings.cache != 0 ? settings.cache : device->cache_bytes();
  if (settings.has("model")) model_task(model, products);
  if (settings.has("spmm")) product_task(*device, context.threads(), a, model, products);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const WrongArgument& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
