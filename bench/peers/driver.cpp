#include "driver.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include <sys/resource.h>

namespace peers {
namespace {

static_assert(std::endian::native == std::endian::little, "the .npy arrays are little-endian");

[[noreturn]] void stop(const std::string& sentence) {
  std::cerr << "error: " << sentence << '\n';
  std::exit(2);
}

std::vector<float> numbers(const std::string& text) {
  std::vector<float> result;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) result.push_back(std::stof(part));
  return result;
}

/// The only form of .npy that write_array makes: version 1.0, one dimension, C order.
std::string header(const char* type, std::size_t size) {
  std::string text =
      std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (" + std::to_string(size) + ",), }";
  text.append(63 - (10 + text.size()) % 64, ' ');
  text.push_back('\n');
  std::string result("\x93NUMPY\x01\x00", 8);
  result.push_back(static_cast<char>(text.size() & 0xFF));
  result.push_back(static_cast<char>(text.size() >> 8));
  return result + text;
}

template <class Value>
void write_array(const std::string& path, const char* type, std::span<const Value> values) {
  std::ofstream file(path, std::ios::binary);
  const std::string head = header(type, values.size());
  file.write(head.data(), static_cast<std::streamsize>(head.size()));
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
  if (!file.flush()) throw std::runtime_error(path + " cannot be written");
}

template <class Value>
std::unique_ptr<Value[], Free> read_array(const std::string& path, const char* type, std::size_t& size) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file)
    throw std::runtime_error(path + " cannot be read; write the graph with bench_fastrp --scale N --export FOLDER");
  const auto file_bytes = static_cast<std::size_t>(file.tellg());
  file.seekg(8);
  unsigned char low = 0;
  unsigned char high = 0;
  file.read(reinterpret_cast<char*>(&low), 1).read(reinterpret_cast<char*>(&high), 1);
  const std::size_t head_bytes = 10 + low + 256U * high;
  if (!file || head_bytes > file_bytes) throw std::runtime_error(path + " is not an .npy file");
  size = (file_bytes - head_bytes) / sizeof(Value);
  const std::string expected = header(type, size);
  std::string found(head_bytes, '\0');
  file.seekg(0).read(found.data(), static_cast<std::streamsize>(head_bytes));
  if (found != expected)
    throw std::runtime_error(path + " is not an array of type " + type + " that bench_fastrp wrote");
  auto values = huge_array<Value>(size);
  file.read(reinterpret_cast<char*>(values.get()), static_cast<std::streamsize>(size * sizeof(Value)));
  if (!file) throw std::runtime_error(path + " ends too early");
  return values;
}

std::int64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{1024} * usage.ru_maxrss;
}

void print(const Settings& settings, const std::string& peer, const std::string& version, const std::string& task,
           double load_seconds, const std::vector<double>& seconds, const Measure& last) {
  std::string times;
  for (const double time : seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%s%.6f", times.empty() ? "" : ", ", time);
    times += text;
  }
  const std::size_t slash = settings.folder.find_last_of('/');
  std::printf(
      "{\"peer\": \"%s\", \"version\": \"%s\", \"task\": \"%s\", \"graph\": \"%s\", \"dim\": %zu, \"threads\": %d, "
      "\"load_seconds\": %.6f, \"seconds\": [%s], \"peak_bytes\": %lld, \"checksum\": %.9g%s}\n",
      peer.c_str(), version.c_str(), task.c_str(),
      settings.folder.substr(slash == std::string::npos ? 0 : slash + 1).c_str(), settings.dim, settings.threads,
      load_seconds, times.c_str(), static_cast<long long>(peak_bytes()), last.checksum, last.more.c_str());
  std::fflush(stdout);
}

const std::function<Measure()>& find_task(const Tasks& tasks, const std::string& name) {
  const auto found = tasks.find(name);
  if (found != tasks.end()) return found->second;
  std::string known;
  for (const auto& [task, run] : tasks) known += (known.empty() ? "" : ", ") + task;
  stop("there is no task '" + name + "' here; there are " + known);
}

}  // namespace

Settings parse_arguments(int argc, char** argv, const std::vector<std::string>& own) {
  Settings settings;
  const std::map<std::string, std::function<void(const std::string&)>> options{
      {"--graph", [&](const std::string& value) { settings.folder = value; }},
      {"--task", [&](const std::string& value) { settings.task = value; }},
      {"--dim", [&](const std::string& value) { settings.dim = std::stoul(value); }},
      {"--threads", [&](const std::string& value) { settings.threads = std::stoi(value); }},
      {"--repeats", [&](const std::string& value) { settings.repeats = std::stoi(value); }},
      {"--warmup", [&](const std::string& value) { settings.warmup = std::stoi(value); }},
      {"--weights", [&](const std::string& value) { settings.weights = numbers(value); }},
      {"--beta", [&](const std::string& value) { settings.beta = std::stof(value); }}};
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--serve") {
      settings.serve = true;
      continue;
    }
    const auto option = options.find(name);
    const bool is_own = std::find(own.begin(), own.end(), name) != own.end();
    if (option == options.end() && !is_own) stop("there is no option '" + name + "'");
    if (++i == argc) stop("option " + name + " needs a value");
    try {
      if (is_own) {
        settings.extra[name] = argv[i];
      } else {
        option->second(argv[i]);
      }
    } catch (const std::exception&) {
      stop(name + " = " + argv[i] + " is not a number");
    }
  }
  if (settings.dim == 0 || settings.threads < 1 || settings.repeats < 1 || settings.weights.empty()) {
    stop("--dim, --threads, --repeats and the number of --weights must be at least 1");
  }
  return settings;
}

GraphArrays read_graph(const std::string& folder) {
  if (folder.empty()) stop("no graph is named; add --graph FOLDER");
  GraphArrays graph;
  std::size_t offset_count = 0;
  graph.offsets = read_array<std::int64_t>(folder + "/offsets.npy", "<i8", offset_count);
  graph.targets = read_array<std::int32_t>(folder + "/targets.npy", "<i4", graph.entry_count);
  if (offset_count == 0 || static_cast<std::size_t>(graph.offsets[offset_count - 1]) != graph.entry_count) {
    throw std::runtime_error(folder + " holds offsets and targets of different graphs");
  }
  graph.row_count = offset_count - 1;
  return graph;
}

void write_graph(const std::string& folder, std::span<const std::int64_t> offsets,
                 std::span<const std::int32_t> targets) {
  write_array(folder + "/offsets.npy", "<i8", offsets);
  write_array(folder + "/targets.npy", "<i4", targets);
}

void fill_input(float* x, std::size_t rows, std::size_t columns) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      const auto hash = static_cast<std::uint32_t>(i * 2654435761U + j * 2246822519U);
      x[i * columns + j] = static_cast<float>(hash >> 16) / 65536.0F - 0.5F;
    }
  }
}

double product_checksum(const float* y, std::size_t rows, std::size_t columns) {
  double sum = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      sum += static_cast<double>(std::fabs(y[i * columns + j])) * static_cast<double>(1 + (i + 3 * j) % 7);
    }
  }
  return sum;
}

double neighbor_cosine(const GraphArrays& graph, const float* z, std::size_t columns) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < graph.row_count; ++i) {
    if (graph.degree(i) == 0) continue;
    const auto middle = static_cast<std::size_t>(graph.offsets[i]) + graph.degree(i) / 2;
    const float* a = z + i * columns;
    const float* b = z + static_cast<std::size_t>(graph.targets[middle]) * columns;
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      dot += static_cast<double>(a[j] * b[j]);
      aa += static_cast<double>(a[j] * a[j]);
      bb += static_cast<double>(b[j] * b[j]);
    }
    if (aa > 0 && bb > 0) sum += dot / std::sqrt(aa * bb);
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

Stopwatch::Stopwatch() : began_(std::chrono::steady_clock::now().time_since_epoch().count()) {}

double Stopwatch::seconds() const {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch() - Clock::duration(began_)).count();
}

int drive(const Settings& settings, const std::string& peer, const std::string& version, const Tasks& tasks) {
  const double load_seconds = settings.started.seconds();
  if (settings.serve) {
    for (std::string line; std::getline(std::cin, line);) {
      const Measure measure = find_task(tasks, line)();
      print(settings, peer, version, line, load_seconds, {measure.seconds}, measure);
    }
    return 0;
  }
  const auto& run = find_task(tasks, settings.task);
  for (int i = 0; i < settings.warmup; ++i) run();
  Measure last;
  std::vector<double> seconds;
  for (int repeat = 0; repeat < settings.repeats; ++repeat) {
    last = run();
    seconds.push_back(last.seconds);
  }
  print(settings, peer, version, settings.task, load_seconds, seconds, last);
  return 0;
}

}  // namespace peers
