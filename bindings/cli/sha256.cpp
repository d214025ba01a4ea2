#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <adjoin/bindings/cli/sha256.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cli {
namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// libcrypto refuses SHA-256 only where it is out of memory or set up in a strange way.
void require(int outcome) {
  if (outcome != 1) throw Error("SHA-256 cannot be computed: OpenSSL refuses it on this machine");
}

}  // namespace

std::string sha256_of_file(RunContext& context, const std::filesystem::path& path) {
  constexpr std::size_t block_bytes = std::size_t{1} << 20;
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(path, "open", errno);
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  require(digest == nullptr ? 0 : EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr));
  context.begin_stage("checksum", "bytes", std::filesystem::file_size(path));
  std::vector<char> block(block_bytes);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    require(EVP_DigestUpdate(digest.get(), block.data(), count));
    context.advance(count);
  }
  if (file.bad()) throw IoError(path, "read", errno == 0 ? EIO : errno);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(digest.get(), bytes.data(), &size));
  context.end_stage();
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

}  // namespace adjoin::cli
