// What the subcommands of `adjoin simplices` share, a file each: how simplices are read and what is told of them.
#pragma once

#include <string>
#include <tuple>

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

/// A picture beside what a subcommand prints.
struct SimplicesPicture {
  std::string plot;

  bool wanted() const noexcept { return !plot.empty(); }

  static constexpr auto fields() {
    return std::tuple{
        option_field("plot", &SimplicesPicture::plot, "a picture of it to draw as well: .svg, .png, .pdf or .html")};
  }
};

/// InvalidOption, before the work, unless the picture's suffix can be drawn.
void check_picture(const SimplicesPicture& picture);

Command simplices_info_command();
Command simplices_closures_command();
Command simplices_lifecycle_command();
Command simplices_flag_command();
Command simplices_predict_command();

}  // namespace adjoin::cli
