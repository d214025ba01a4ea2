#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/store.hpp>

namespace adjoin::cli {
namespace {

void run_verify(Session& session, const std::string& path) {
  const Store store(path);
  if (session.only_estimate(resident_bytes() + store.summary().bytes)) return;
  store.verify(session.context());
  const RunRecord record = session.context().record("verify", {});
  if (session.options().json) {
    Json sections = Json::array();
    for (const StoreSection& section : store.sections()) {
      sections.push_back({{"name", section.name},
                          {"offset", section.offset},
                          {"bytes", section.bytes},
                          {"xxh3", fmt::format("{:016x}", section.checksum)}});
    }
    session.print(Json{{"good", true},
                       {"version", store.summary().version},
                       {"written_by", store.summary().written_by},
                       {"bytes", store.summary().bytes},
                       {"sections", sections},
                       {"seconds", record.seconds}}
                      .dump(2, ' ', false, Json::error_handler_t::replace) +
                  "\n");
    return;
  }
  std::vector<std::pair<std::string, std::string>> rows;
  for (const StoreSection& section : store.sections()) {
    rows.emplace_back(section.name, fmt::format("{:016x}  {}", section.checksum, format_bytes(section.bytes)));
  }
  session.print(two_columns(rows));
  session.print(fmt::format("{}: good; version {}, written by {}, {} in {} sections, checked in {}\n", path,
                            store.summary().version, store.summary().written_by, format_bytes(store.summary().bytes),
                            store.sections().size(), format_seconds(record.seconds)));
}

}  // namespace

Command verify_command() {
  const auto state = std::make_shared<std::vector<std::string>>();
  Command command;
  command.name = "verify";
  command.summary = "check every byte of a store";
  command.description =
      "Reads a store whole, compares the checksum of every section, and checks that every part is what it says: rows "
      "in order, names distinct, both halves of undirected edges there. Ends with 2 and a sentence at the first that "
      "is not.";
  command.positionals = {{"STORE", "a file that adjoin convert wrote", state.get()}};
  command.examples = {{"verify karate.adjoin", "list the sections and their checksums"}};
  command.run = [state](Session& session) { run_verify(session, state->front()); };
  return command;
}

}  // namespace adjoin::cli
