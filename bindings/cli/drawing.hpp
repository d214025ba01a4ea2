// Pictures and pages. What is drawn is computed here; Matplotlib draws it, in a Python program that lies in
// share/adjoin.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <adjoin/bindings/cli/report.hpp>

namespace adjoin::cli {

/// Runs the program, which makes `output`, with these arguments, and waits for it. Python is python3, or what
/// ADJOIN_PYTHON names.
/// InvalidOption with its sentence if it ends with 2, or if there is no Python or no program; IoError(while_running)
/// with its sentence if it fails otherwise.
void run_drawing_program(const std::vector<std::string>& arguments, const std::filesystem::path& output);

/// The same with one argument more: a file, gone afterwards, that holds `what`.
void run_drawing_program_on(std::vector<std::string> arguments, const Json& what, const std::filesystem::path& output);

/// InvalidOption unless the suffix is one that draw knows. option: "-o", "--plot", for the sentence.
void check_picture(const std::string& option, const std::string& output);

/// Has `what` drawn: an object whose member "kind" says how. The suffix chooses .svg, .png, .pdf or .html. As
/// run_drawing_program.
void draw(const Json& what, const std::filesystem::path& output);

}  // namespace adjoin::cli
