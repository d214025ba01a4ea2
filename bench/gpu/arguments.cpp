#include "arguments.hpp"

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>

namespace gpu_bench {

namespace {

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

}  // namespace

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
         settings.tasks = words_among(option, text,
                                      {"copy", "gather", "spmm", "spmv", "resident", "triangles", "pairs", "nearest",
                                       "spmm-cpu", "model", "none"});
       }},
      {"--devices", [&](const std::string& option,
                        const std::string& text) { settings.devices = words_among(option, text, {"cuda", "cpu"}); }},
      {"--call-runs", small_count(settings.calls.runs, 1)},
      {"--cpu-runs", small_count(settings.cpu_calls.runs, 1)},
      {"--call-seconds",
       [&](const std::string& option, const std::string& text) {
         const std::size_t seconds = number_of(option, text, 1, 3600);
         settings.calls.most_seconds = settings.cpu_calls.most_seconds = static_cast<double>(seconds);
       }},
      {"--pairs", count(settings.pairs, 1, 1'000'000'000)},
      {"--dim", count(settings.dim, 1, 65'536)},
      {"--vectors", count(settings.nearest.vectors, 1, std::size_t{1} << 30)},
      {"--width", count(settings.nearest.width, 1, 65'536)},
      {"--queries", count(settings.nearest.queries, 1, std::size_t{1} << 24)},
      {"--top", count(settings.nearest.top, 1, 4096)},
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
      {"--hot-slices",
       [&](const std::string& option, const std::string& text) {
         products.hot_slices.clear();
         for (const std::string& word : words_among(option, text, {"none", "64", "128", "256"})) {
           if (word != "none") products.hot_slices.push_back(number_of(option, word, 0, 256));
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
  if (!settings.on("cuda") && settings.has("resident")) throw WrongArgument("resident is of a GPU: --devices cuda");
  if (!settings.on("cpu") && settings.has("spmm-cpu"))
    throw WrongArgument("spmm-cpu is of the processor: --devices cpu");
  if (settings.needs_graph() && (settings.graph.empty() || settings.scale == 0)) {
    throw WrongArgument("no graph is named: --graph rmat --scale 20, or --graph uniform --scale 20");
  }
  return settings;
}

}  // namespace gpu_bench
