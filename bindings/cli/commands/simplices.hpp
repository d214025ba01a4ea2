// What the subcommands of `adjoin simplices` share, a file each: how simplices are read and what is told of them.
#pragma once

#include <string>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/engine/graph/simplex_log.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin::cli {

/// What a file holds of simplices, or can be seen as some.
struct ReadSimplices {
  DatasetFile file;
  SimplexLog log;
};

/// Reads them, and says in a line each what was read, and what is seen as simplices where a file has none.
ReadSimplices read_simplices(Session& session, const std::string& path, const ReadOptions& read);

/// Says what a run left out.
void tell_remarks(Session& session, const std::string& path, const RunRecord& record);

Command simplices_info_command();
Command simplices_closures_command();
Command simplices_predict_command();

}  // namespace adjoin::cli
