// Where the checkout and the data sets lie. Only repository.cpp is compiled with a path, so that every other source
// comes out of the compiler's cache in every checkout.
#pragma once

#include <filesystem>

namespace adjoin::test {

std::filesystem::path repository();

/// The folder that ADJOIN_DATA names, or the one beside the checkout. It need not be there.
std::filesystem::path data_folder();

}  // namespace adjoin::test
