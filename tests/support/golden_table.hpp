// Tables of numbers under tests/golden.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "repository.hpp"

namespace adjoin::test {

/// The rows of tests/golden/NAME.tsv.
inline std::vector<std::vector<double>> golden_table(const std::string& name) {
  std::ifstream file(test::repository() / "tests/golden" / (name + ".tsv"));
  REQUIRE(file);
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    rows.emplace_back();
    for (double value = 0; fields >> value;) rows.back().push_back(value);
  }
  return rows;
}

}  // namespace adjoin::test
