#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <adjoin/engine/runtime/cpu_features.hpp>
#include <adjoin/engine/runtime/cuda/devices.hpp>
#include <adjoin/engine/runtime/device.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/runtime/text.hpp>

using namespace adjoin;

enum class Color { red, green };
template <>
struct adjoin::EnumNames<Color> {
  static constexpr std::array<std::pair<Color, std::string_view>, 2> names{
      {{Color::red, "red"}, {Color::green, "green"}}};
};

namespace {

struct PaintOptions {
  int layers = 3;
  std::uint64_t area = 10;
  float gloss = 0.5F;
  std::vector<float> mix{1, 2.5F};
  Color color = Color::red;
  bool dry = false;
  std::string label = "x";

  static constexpr auto fields() {
    using O = PaintOptions;
    return std::tuple{option_field("layers", &O::layers, {1, 9}, "coats"),
                      option_field("area", &O::area, {0, 1000}, "square metres"),
                      option_field("gloss", &O::gloss, {0.0F, 1.0F}, "shine", "Newton 1704"),
                      option_field("mix", &O::mix, {0.0F, 10.0F}, "parts"),
                      option_field("color", &O::color, "hue"),
                      option_field("dry", &O::dry, "wait"),
                      option_field("label", &O::label, "words")};
  }
};

Option& find(std::vector<Option>& options, const std::string& name) {
  return *std::ranges::find(options, name, &Option::name);
}

}  // namespace

TEST_CASE("values are read, checked and shown through the table") {
  PaintOptions paint;
  std::vector<Option> options = bind_options(paint);
  REQUIRE(options.size() == 7);
  find(options, "layers").assign("7");
  find(options, "area").assign("1000");
  find(options, "gloss").assign("0.25");
  find(options, "mix").assign("3,4,0.5");
  find(options, "color").assign("green");
  find(options, "dry").assign("true");
  find(options, "label").assign("a b");
  CHECK(paint.layers == 7);
  CHECK(paint.area == 1000);
  CHECK(paint.gloss == 0.25F);
  CHECK(paint.mix == std::vector<float>{3, 4, 0.5F});
  CHECK(paint.color == Color::green);
  CHECK(paint.dry);
  CHECK(paint.label == "a b");
  CHECK(find(options, "mix").text() == "3,4,0.5");
  CHECK(find(options, "mix").default_text == "1,2.5");
  CHECK(find(options, "layers").range == "1 to 9");
  CHECK(find(options, "color").choices == std::vector<std::string>{"red", "green"});
  CHECK(find(options, "gloss").source == "Newton 1704");
  validate(paint);
}

TEST_CASE("values that do not fit are refused by name, with what is allowed, and nothing is stored") {
  PaintOptions paint;
  std::vector<Option> options = bind_options(paint);
  struct Case {
    const char* option;
    const char* text;
    const char* message;
  };
  for (const Case& test :
       {Case{"layers", "0", "layers = 0 is outside 1 to 9"},
        Case{"layers", "99999999999", "layers = 99999999999 is outside 1 to 9"},
        Case{"layers", "2.5", "layers = '2.5' is not a whole number"},
        Case{"layers", "", "layers = '' is not a whole number"},
        Case{"area", "-1", "area = '-1' is not a whole number of 0 or more that fits 64 bits"},
        Case{"gloss", "nan", "gloss = nan is outside 0 to 1"}, Case{"gloss", "x", "gloss = 'x' is not a number"},
        Case{"mix", "1,,2", "mix = '' is not a number"}, Case{"mix", "1,", "mix = '' is not a number"},
        Case{"mix", "1,11", "mix = 11 is outside 0 to 10"},
        Case{"color", "gren", "color = 'gren' is not one of red, green; did you mean green?"},
        Case{"dry", "yes", "dry = 'yes' is not true or false"}}) {
    CHECK_THROWS_WITH_AS(find(options, test.option).assign(test.text), test.message, InvalidOption);
  }
  CHECK(paint.layers == 3);
  CHECK(paint.mix == std::vector<float>{1, 2.5F});
  paint.gloss = std::nanf("");
  CHECK_THROWS_AS(validate(paint), InvalidOption);
  paint.gloss = 0;
  paint.color = static_cast<Color>(9);
  CHECK_THROWS_AS(validate(paint), InvalidOption);
}

TEST_CASE("a record holds options, stages and version as JSON") {
  RunContext context;
  context.begin_stage("mix", "litres", 3);
  context.add_input("tin", "paint, red");
  RunRecord record = context.record("paint", option_values(PaintOptions{}));
  record.remarks.push_back({"spilled", 2});
  const auto json = nlohmann::json::parse(to_json(record));
  CHECK(json["algorithm"] == "paint");
  CHECK(json["inputs"] == nlohmann::json::parse(R"([{"file": "tin", "read_as": "paint, red"}])"));
  CHECK(json["options"]["layers"] == 3);
  CHECK(json["options"]["mix"] == std::vector<double>{1, 2.5});
  CHECK(json["options"]["color"] == "red");
  CHECK(json["options"]["dry"] == false);
  CHECK(json["seed"] == 42);
  CHECK(json["stages"][0]["name"] == "mix");
  CHECK(json["remarks"][0]["count"] == 2);
  CHECK(json["cpu_level"] == cpu_level());
  CHECK(json["version"] == "0.1.0");
}

TEST_CASE("progress never falls, ends at the total, and comes from the calling thread") {
  std::vector<Progress> seen;
  const auto caller = std::this_thread::get_id();
  bool other_thread = false;
  RunSettings settings;
  settings.threads = 4;
  settings.on_progress = [&](const Progress& progress) {
    other_thread = other_thread || std::this_thread::get_id() != caller;
    seen.push_back(progress);
  };
  RunContext context(settings);
  context.begin_stage("work", "items", 1000);
  context.for_chunks(1000, 10, [](Chunk) {});
  context.end_stage();
  CHECK_FALSE(other_thread);
  REQUIRE(seen.size() >= 2);
  CHECK(seen.front().done == 0);
  CHECK(seen.back().done == 1000);
  CHECK(std::ranges::is_sorted(seen, {}, &Progress::done));
}

TEST_CASE("a run that is asked to stop leaves its loop and throws") {
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext context(settings);
  std::atomic<int> ran = 0;
  CHECK_THROWS_AS(context.for_chunks(100'000, 1,
                                     [&](Chunk) {
                                       if (++ran == 10) stop.request_stop();
                                     }),
                  Cancelled);
  CHECK(ran < 1000);
  CHECK_THROWS_AS(context.begin_stage("next", "items", 1), Cancelled);
}

TEST_CASE("memory over the budget is refused with both amounts and the way out") {
  RunSettings settings;
  settings.memory_budget = 1 << 30;
  RunContext context(settings);
  context.require_memory(1 << 30, "lower it");
  CHECK_THROWS_WITH_AS(context.require_memory((std::uint64_t{1} << 30) * 3, "lower --dim"),
                       "this run needs 3.00 GiB of memory and may use 1.00 GiB; lower --dim", BudgetExceeded);
}

TEST_CASE("devices and threads that do not exist are refused") {
  CHECK(parse_device("cuda:3") == Device{DeviceKind::cuda, 3});
  CHECK(parse_device("auto").kind == DeviceKind::automatic);
  CHECK_THROWS_AS(parse_device("gpu"), InvalidOption);
  CHECK_THROWS_AS(parse_device("cuda:x"), InvalidOption);
  RunSettings none;
  none.device = {DeviceKind::cuda, 900};
  const std::string reason = cuda::devices().empty()
                                 ? cuda::why_no_devices() + "; use --device cpu"
                                 : "this machine has " + std::to_string(cuda::devices().size()) + " GPU";
  CHECK_THROWS_WITH_AS(RunContext{none}, doctest::Contains(("device cuda:900: " + reason).c_str()), DeviceError);
  RunSettings threads;
  threads.threads = -1;
  CHECK_THROWS_AS(RunContext{threads}, InvalidOption);
}

TEST_CASE("work for the processor alone goes on there unless a GPU was asked for by name") {
  RunContext automatic;
  automatic.use_cpu("this is for the processor");
  CHECK(automatic.device() == Device{DeviceKind::cpu, 0});
  CHECK(automatic.record("nothing", {}).device == "cpu");
}

TEST_CASE("a character is counted at any length and place") {
  std::string text;
  for (std::size_t size = 0; size < 400; ++size) {
    for (const std::size_t skipped : {0UL, 1UL, 7UL}) {
      const std::string_view part = std::string_view(text).substr(std::min(skipped, size));
      CHECK(count_character(part, '\n') == static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n')));
    }
    text += size % 3 == 0 || size % 7 == 0 ? '\n' : static_cast<char>(size);
  }
}

TEST_CASE("numbers and amounts read and write as people expect") {
  CHECK(format_bytes(0) == "0 B");
  CHECK(format_bytes(1023) == "1023 B");
  CHECK(format_bytes(1024) == "1.00 KiB");
  CHECK(format_bytes(1023 * 1024) == "1.00 MiB");
  CHECK(format_bytes(123'456'789) == "118 MiB");
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1'234'567) == "1,234,567");
  CHECK(format_seconds(0.5) == "0.50 s");
  CHECK(format_seconds(75) == "1 min 15 s");
  CHECK(format_seconds(7300) == "2 h 1 min");
  CHECK(parse_bytes("8GiB") == std::uint64_t{8} << 30);
  CHECK(parse_bytes("1.5K") == 1536);
  CHECK(parse_bytes("500") == 500);
  for (const char* text : {"", "x", "1X", "-1", "1GiBs", "GiB", "5i"}) CHECK_FALSE(parse_bytes(text).has_value());
  CHECK(parse_number("1e-3") == 0.001);
  for (const char* text : {"", " 1", "1 ", "1e", "+1", "0x1"}) CHECK_FALSE(parse_number(text).has_value());
  CHECK(quote_for_message("a\x01"
                          "b") == "'a\\x01b'");
  CHECK(quote_for_message(std::string(50, 'z')) == "'" + std::string(40, 'z') + "...'");
  const std::vector<std::string> words{"embed", "info", "similar"};
  CHECK(nearest_word("embd", words) == "embed");
  CHECK(nearest_word("simlar", words) == "similar");
  CHECK_FALSE(nearest_word("zzzzz", words).has_value());
}
