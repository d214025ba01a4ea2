// Names beside a file whose format has none: NAME.names.txt, a name a line, in the order of rows.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::detail {

/// NAME.names.txt of NAME.npy, and of NAME.npy.gz too.
std::filesystem::path names_path(const std::filesystem::path& path);

void write_names(OutputFile& file, const NodeIndex& nodes);

/// Nothing if there is no such file. ParseError if it has not `rows` distinct names.
std::optional<std::vector<std::string>> read_names(const std::filesystem::path& path, std::size_t rows);

/// Whether the names are the numbers first .. first+n-1, which a reader gives to rows without names.
bool are_numbered(const NodeIndex& nodes, std::uint64_t first);

}  // namespace adjoin::detail
