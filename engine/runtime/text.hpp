// Numbers and names as people read them, and numbers as they write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace adjoin {

/// "1.2 GiB", "640 B": binary units, three significant digits.
std::string format_bytes(std::uint64_t bytes);

/// "31,457,280": thousands separated by commas.
std::string format_count(std::uint64_t count);

/// "1 node", "2,708 nodes".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

/// "0.42 s", "3 min 12 s": for people; records keep seconds as numbers.
std::string format_seconds(double seconds);

/// A float in the fewest digits that read back to the same value; "nan" and "inf" as C writes them.
std::string format_number(double value);
std::string format_number(float value);

/// The whole text as a number, or nothing: no white space, no sign but '-', no trailing characters.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_number(std::string_view text);

/// Bytes with an optional unit: "8GiB", "500M", "1073741824" (K, M, G, T are binary, as in KiB).
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// A piece of untrusted text made fit for a message: quoted, control and non-ASCII bytes escaped, at most 40
/// characters.
std::string quote_for_message(std::string_view text);

/// Whether a byte is one that no line of text shows: below space, or delete.
bool has_control_character(std::string_view text) noexcept;

/// Whether the bytes are UTF-8 (RFC 3629), as XML and JSON are; U+FFFE and U+FFFF, which are no characters, are not.
bool is_utf8(std::string_view text) noexcept;

/// How often `wanted` occurs, at the speed of memory.
std::size_t count_character(std::string_view text, char wanted) noexcept;

/// The candidate nearest to `word` by edit distance, if it is near enough to be what was meant.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> candidates);

}  // namespace adjoin
