#pragma once

#include "base/geometry.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace layercast::content {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

/// The big-endian number at `at`. Range: it is inside `bytes`.
uint32_t png_number(std::string_view bytes, size_t at);

/// The checksum of the type and body of a chunk. Source: PNG Specification, third edition, annex D.
uint32_t png_checksum(std::string_view bytes);

struct PngChunk {
  std::string_view type;
  std::string_view body;
  std::string_view whole;  ///< with length and checksum

  bool has_valid_checksum() const;
};

/// The size in the header of a PNG file; empty when it has none. Shape: `bytes` is a PNG file.
std::optional<base::SizeI> png_size(std::string_view bytes);

/// The type of the first chunk before the pixels that is critical and not in the standard, such as
/// `CgBI` in Apple's variant; empty when there is none. Shape: `bytes` is a PNG file.
std::string_view unknown_critical_chunk(std::string_view bytes);

/// Removes the first chunk from `rest`; empty when `rest` holds no whole chunk.
std::optional<PngChunk> take_png_chunk(std::string_view& rest);

}  // namespace layercast::content
