#include <fmt/format.h>

#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/graph/as_simplices.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

ReadSimplices read_simplices(Session& session, const std::string& path, const ReadOptions& read) {
  ReadSimplices result{read_dataset(session.context(), path, read, {}), {}};
  Dataset& data = result.file.data;
  tell_reading(session, path, result.file.read, result.file.build.remarks());
  if (data.simplices) {
    result.log = std::move(*data.simplices);
  } else {
    result.log = as_simplices(session.context(), data);
    session.note(fmt::format("{}: no simplices; each {} is seen as one", path, data.events ? "event" : "edge"));
  }
  return result;
}

void tell_remarks(Session& session, const std::string& path, const RunRecord& record) {
  for (const Remark& remark : record.remarks) {
    session.note(fmt::format("{}: {} {}", path, format_count(remark.count), remark.what));
  }
}

void check_picture(const SimplicesPicture& picture) {
  if (picture.wanted()) check_picture("--plot", picture.plot);
}

Command simplices_command() {
  Command command;
  command.name = "simplices";
  command.summary = "describe groups of nodes in time, and foretell which nodes will meet in one";
  command.description =
      "A simplex is a set of any number of nodes at a time: the authors of a paper, those who get a message. Its "
      "subcommands count what simplices make of three and four nodes, follow how they come about, make simplices of a "
      "graph's cliques, and foretell which three nodes will next be in one simplex.";
  command.subcommands = {simplices_info_command(), simplices_closures_command(), simplices_lifecycle_command(),
                         simplices_flag_command(), simplices_predict_command()};
  return command;
}

}  // namespace adjoin::cli
