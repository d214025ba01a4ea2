// Simplices as a reader meets them: named nodes, in any order, with times of any number of decimals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/io/formats/name_table.hpp>

namespace adjoin::detail {

/// A moment of ISO 8601 ("2001-12-10", "2001-12-10T08:30:00", with fractions of seconds, with Z or +01:00) as seconds
/// since 1970 in decimal digits; nothing if it is not one. Without a zone it is UTC.
std::optional<std::string> seconds_of_iso_time(std::string_view text);

class SimplexTable {
 public:
  void add_node(std::string_view node) { nodes_.number_of(node); }
  /// One that no node is added to is left out in the end.
  std::uint32_t simplex(std::string_view name) { return simplices_.number_of(name); }
  /// A new one, for formats whose simplices have no names. InvalidData if 32 bits cannot count them.
  std::uint32_t unnamed_simplex();
  void add_to_simplex(std::uint32_t simplex, std::string_view node) {
    members_.emplace_back(simplex, nodes_.number_of(node));
  }
  /// A decimal number or a moment of ISO 8601; false if it is neither.
  bool set_time(std::uint32_t simplex, std::string_view text);

  struct Result {
    Dataset data;
    std::size_t empty = 0;     // simplices left out
    std::size_t timeless = 0;  // simplices without a time though others have one; they are at time 0
    bool timed = false;

    /// "3 nodes, 2 simplices with times, 1 edge without nodes left out".
    std::string phrase() const;
  };
  /// In the order in which they were named, then of their times. InvalidData for times that 64 bits cannot hold.
  Result finish(RunContext& context) &&;

 private:
  struct Moment {
    Time ticks = 0;
    int decimals = -1;  // -1: none
  };

  NameTable nodes_;
  NameTable simplices_;
  std::uint32_t unnamed_ = 0;                                     // either these or those with names
  std::vector<std::pair<std::uint32_t, std::uint32_t>> members_;  // simplex, node
  std::vector<Moment> times_;
};

}  // namespace adjoin::detail
