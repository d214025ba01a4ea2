#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/io/compression.hpp>

namespace adjoin::detail {
namespace {

/// Room for the next piece of what comes of `bytes`: a string clears the room that it grows by.
constexpr std::size_t step_for(std::size_t bytes) {
  return std::clamp(bytes, std::size_t{64} << 10, std::size_t{4} << 20);
}

constexpr int gzip_window = MAX_WBITS + 16;  // zlib's way to ask for a gzip header and trailer

/// A stream that unpacks: `in` and `out` are moved past what was read and written. `false`: the data are damaged.
class GzipUnpacker {
 public:
  GzipUnpacker() {
    if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  GzipUnpacker(const GzipUnpacker&) = delete;
  GzipUnpacker& operator=(const GzipUnpacker&) = delete;
  ~GzipUnpacker() { inflateEnd(&stream_); }

  bool step(std::string_view& in, char*& out, const char* out_end) {
    if (whole_) {  // another member begins
      if (inflateReset(&stream_) != Z_OK) return false;
      whole_ = false;
    }
    constexpr std::size_t limit = std::numeric_limits<uInt>::max();
    // zlib reads through a pointer to non-const that it does not write through.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(std::min(in.size(), limit));
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min(static_cast<std::size_t>(out_end - out), limit));
    const int status = inflate(&stream_, Z_NO_FLUSH);
    in.remove_prefix(static_cast<std::size_t>(reinterpret_cast<const char*>(stream_.next_in) - in.data()));
    out = reinterpret_cast<char*>(stream_.next_out);
    whole_ = status == Z_STREAM_END;
    return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
  }

  bool whole() const { return whole_; }

 private:
  z_stream stream_{};
  bool whole_ = false;  // a member has ended and no other has begun
};

class ZstdUnpacker {
 public:
  ZstdUnpacker() : stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ZstdUnpacker(const ZstdUnpacker&) = delete;
  ZstdUnpacker& operator=(const ZstdUnpacker&) = delete;
  ~ZstdUnpacker() { ZSTD_freeDStream(stream_); }

  bool step(std::string_view& in, char*& out, const char* out_end) {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out, static_cast<std::size_t>(out_end - out), 0};
    const std::size_t status = ZSTD_decompressStream(stream_, &output, &input);
    in.remove_prefix(input.pos);
    out += output.pos;
    whole_ = status == 0;
    return ZSTD_isError(status) == 0;
  }

  bool whole() const { return whole_; }

 private:
  ZSTD_DStream* stream_;
  bool whole_ = false;
};

/// What the last four bytes of a gzip file say, if it can be true (the size modulo 2^32), or what zstd's first frame
/// says; else a guess.
std::size_t expected_size(std::string_view packed, Compression compression) {
  constexpr std::size_t usual_ratio = 4;
  constexpr std::size_t highest_ratio = 1032;
  std::uint64_t size = 0;
  if (compression == Compression::gzip && packed.size() > 18) {
    std::uint32_t said = 0;
    std::memcpy(&said, packed.data() + packed.size() - sizeof(said), sizeof(said));
    size = said;
  } else if (compression == Compression::zstd) {
    size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  }
  const bool likely = size >= packed.size() && size / highest_ratio <= packed.size();
  return likely ? static_cast<std::size_t>(size) : usual_ratio * packed.size();
}

template <class Unpacker>
std::string unpack_with(Unpacker unpacker, RunContext& context, const std::filesystem::path& path,
                        std::string_view packed, Compression compression) {
  const auto damaged = [&] {
    throw ParseError({path, 0, 0}, fmt::format("{} data that are damaged or break off", name_of(compression)),
                     "a whole file", "make or fetch it again");
  };
  std::string content;
  const std::size_t step_bytes = step_for(4 * packed.size());
  grow(context, content, expected_size(packed, compression) + step_bytes);
  while (!packed.empty() || !unpacker.whole()) {
    grow(context, content, step_bytes);
    const std::size_t before = content.size();
    content.resize(before + step_bytes);
    const std::size_t packed_before = packed.size();
    char* out = content.data() + before;
    if (!unpacker.step(packed, out, content.data() + content.size())) damaged();
    const auto written = static_cast<std::size_t>(out - (content.data() + before));
    content.resize(before + written);
    if (written == 0 && packed.size() == packed_before) damaged();  // it wants more than there is
    context.advance(packed_before - packed.size());
  }
  return content;
}

}  // namespace

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::none:
      break;
  }
  return {};
}

Compression compression_of(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b")) return Compression::gzip;
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  return Compression::none;
}

Compression compression_of(const std::filesystem::path& path) {
  if (path.extension() == ".gz") return Compression::gzip;
  if (path.extension() == ".zst") return Compression::zstd;
  return Compression::none;
}

std::filesystem::path without_compression(const std::filesystem::path& path) {
  return compression_of(path) == Compression::none ? path : path.parent_path() / path.stem();
}

void grow(RunContext& context, std::string& content, std::size_t bytes) {
  if (content.capacity() - content.size() >= bytes) return;
  const std::size_t wanted = std::max(content.size() + bytes, 2 * content.size());
  context.require_memory(resident_bytes() + wanted, "raise --memory");
  content.reserve(wanted);
}

std::string unpack(RunContext& context, const std::filesystem::path& path, std::string_view packed) {
  const Compression compression = compression_of(packed);
  context.begin_stage("unpack", "bytes", packed.size());
  std::string content = compression == Compression::gzip
                            ? unpack_with<GzipUnpacker>({}, context, path, packed, compression)
                            : unpack_with<ZstdUnpacker>({}, context, path, packed, compression);
  context.end_stage();
  if (compression_of(std::string_view(content)) != Compression::none) {
    throw ParseError(
        {path, 0, 0},
        fmt::format("{} data inside {} data", name_of(compression_of(std::string_view(content))), name_of(compression)),
        "a file packed once", "unpack it once");
  }
  return content;
}

struct Packer::State {
  z_stream gzip{};
  ZSTD_CStream* zstd = nullptr;
  std::string buffer;

  ~State() {
    if (zstd != nullptr) {
      ZSTD_freeCStream(zstd);
    } else {
      deflateEnd(&gzip);
    }
  }

  void pack_gzip(std::string_view bytes, int flush) {
    gzip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    const std::size_t step_bytes = step_for(bytes.size());
    std::size_t left = bytes.size();
    int status = Z_OK;
    do {
      const std::size_t part = std::min<std::size_t>(left, std::numeric_limits<uInt>::max());
      gzip.avail_in = static_cast<uInt>(part);
      left -= part;
      do {
        const std::size_t before = buffer.size();
        buffer.resize(before + step_bytes);
        gzip.next_out = reinterpret_cast<Bytef*>(buffer.data() + before);
        gzip.avail_out = static_cast<uInt>(step_bytes);
        status = deflate(&gzip, left == 0 ? flush : Z_NO_FLUSH);
        buffer.resize(before + step_bytes - gzip.avail_out);
      } while (gzip.avail_out == 0 && status == Z_OK);
    } while (left > 0);
  }

  void pack_zstd(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    const std::size_t step_bytes = step_for(bytes.size());
    std::size_t rest = 0;
    do {
      const std::size_t before = buffer.size();
      buffer.resize(before + step_bytes);
      ZSTD_outBuffer output{buffer.data() + before, step_bytes, 0};
      rest = ZSTD_compressStream2(zstd, &output, &input, directive);
      buffer.resize(before + output.pos);
      if (ZSTD_isError(rest) != 0) throw std::bad_alloc();  // the only way it fails here
    } while (directive == ZSTD_e_end ? rest != 0 : input.pos < input.size);
  }
};

Packer::Packer(Compression compression) : state_(std::make_unique<State>()) {
  if (compression == Compression::zstd) {
    state_->zstd = ZSTD_createCStream();
    if (state_->zstd == nullptr) throw std::bad_alloc();
  } else if (deflateInit2(&state_->gzip, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

Packer::~Packer() = default;
Packer::Packer(Packer&&) noexcept = default;
Packer& Packer::operator=(Packer&&) noexcept = default;

std::string_view Packer::pack(std::string_view bytes) {
  state_->buffer.clear();
  if (state_->zstd != nullptr) {
    state_->pack_zstd(bytes, ZSTD_e_continue);
  } else {
    state_->pack_gzip(bytes, Z_NO_FLUSH);
  }
  return state_->buffer;
}

std::string_view Packer::finish() {
  state_->buffer.clear();
  if (state_->zstd != nullptr) {
    state_->pack_zstd({}, ZSTD_e_end);
  } else {
    state_->pack_gzip({}, Z_FINISH);
  }
  return state_->buffer;
}

}  // namespace adjoin::detail
