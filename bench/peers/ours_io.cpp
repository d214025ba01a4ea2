// adjoin's reading and writing, measured like a peer's: one step a process, one JSON line.
//
//   bench_io read FILE [THREADS]             into a graph, as read_graph does
//   bench_io convert FILE OUTPUT [THREADS]   into a dataset, and from there into the format of OUTPUT's suffix
//   bench_io open STORE                      the header of a store
// "seconds" go from the start of the step to its end, with its threads made and without the start of the process.
// Memory: what reading was foretold to take on top of what the process held before, and its peak after each step.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <span>
#include <string>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/store.hpp>

namespace {

using namespace adjoin;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

RunSettings settings_with(const std::string& threads) {
  RunSettings settings;
  settings.threads = std::stoi(threads);
  return settings;
}

void print(const std::string& members) {
  std::cout << "{" << members << "}\n";
}

std::string member(const char* name, auto value) {
  return "\"" + std::string(name) + "\": " + std::to_string(value);
}

void read(const std::string& path, const std::string& threads) {
  const std::uint64_t told = resident_bytes() + estimate_read_memory(path, {}, {});
  const auto begin = Clock::now();
  RunContext context(settings_with(threads));
  const GraphFile file = read_graph(context, path, {}, {});
  print(member("seconds", seconds_since(begin)) + ", " + member("nodes", file.graph.view().node_count()) + ", " +
        member("edges", file.graph.view().edge_count()) + ", " + member("told_bytes", told) + ", " +
        member("peak_bytes", peak_resident_bytes()));
}

void convert(const std::string& path, const std::string& output, const std::string& threads) {
  const std::uint64_t told = resident_bytes() + estimate_read_memory(path, {}, {});
  const auto begin = Clock::now();
  RunContext context(settings_with(threads));
  const DatasetFile file = read_dataset(context, path, {}, {});
  const double read_seconds = seconds_since(begin);
  const std::uint64_t read_peak = peak_resident_bytes();
  write_dataset(context, file.data, output);
  print(member("seconds", seconds_since(begin)) + ", " + member("read_seconds", read_seconds) + ", " +
        member("nodes", file.data.nodes->size()) + ", " +
        member("edges", file.data.graph ? file.data.graph->view().edge_count() : 0) + ", " +
        member("told_bytes", told) + ", " + member("read_peak_bytes", read_peak) + ", " +
        member("peak_bytes", peak_resident_bytes()));
}

void open(const std::string& path) {
  const std::uint64_t before = resident_bytes();
  const auto begin = Clock::now();
  const Store store(path);
  const std::uint64_t edges = store.summary().edges;
  const double seconds = seconds_since(begin);
  print(member("seconds", seconds) + ", " + member("edges", edges) + ", " + member("bytes", store.summary().bytes) +
        ", " + member("resident_growth_bytes", resident_bytes() - before));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    const std::string step = argc > 2 ? arguments[1] : "";
    const auto argument = [&](std::size_t i) { return i < arguments.size() ? std::string(arguments[i]) : "0"; };
    if (step == "read") {
      read(argument(2), argument(3));
    } else if (step == "convert" && argc > 3) {
      convert(argument(2), argument(3), argument(4));
    } else if (step == "open") {
      open(argument(2));
    } else {
      std::cerr << "usage: bench_io read FILE [THREADS] | convert FILE OUTPUT [THREADS] | open STORE\n";
      return 2;
    }
    return 0;
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << '\n';
    return 1;
  }
}
