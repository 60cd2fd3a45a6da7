#include "content/image/png_chunks.h"

#include <algorithm>
#include <array>

namespace layercast::content {
namespace {

constexpr size_t kLengthBytes = 4;
constexpr size_t kTypeBytes = 4;
constexpr size_t kHeaderBytes = 13;
constexpr size_t kChunkFrame = 12;  // length, type and checksum around a chunk's body

constexpr std::array<uint32_t, 256> kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0xedb88320U : 0U);
    table[i] = value;
  }
  return table;
}();

}  // namespace

uint32_t png_number(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

uint32_t png_checksum(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (const char byte : bytes)
    crc = crc >> 8 ^ kCrcTable[(crc ^ static_cast<uint8_t>(byte)) & 255];
  return ~crc;
}

bool PngChunk::has_valid_checksum() const {
  return png_checksum(whole.substr(kLengthBytes, kTypeBytes + body.size())) ==
         png_number(whole, kLengthBytes + kTypeBytes + body.size());
}

std::optional<base::SizeI> png_size(std::string_view bytes) {
  std::string_view rest = bytes.substr(kPngSignature.size());
  const auto header = take_png_chunk(rest);
  if (!header || header->type != "IHDR" || header->body.size() != kHeaderBytes) return std::nullopt;
  const auto side = [&](size_t at) {
    return static_cast<int>(std::min<uint32_t>(png_number(header->body, at), INT32_MAX));
  };
  return base::SizeI{side(0), side(4)};
}

std::string_view unknown_critical_chunk(std::string_view bytes) {
  constexpr char kAncillary = 0x20;  // the bit that makes a letter lower case
  std::string_view rest = bytes.substr(kPngSignature.size());
  while (const auto chunk = take_png_chunk(rest)) {
    if (chunk->type == "IDAT" || chunk->type == "IEND") break;
    if (chunk->type == "IHDR" || chunk->type == "PLTE") continue;
    const bool is_text =
        std::ranges::all_of(chunk->type, [](char c) { return c >= 'A' && c <= 'z'; });
    if (is_text && (chunk->type[0] & kAncillary) == 0) return chunk->type;
  }
  return {};
}

std::optional<PngChunk> take_png_chunk(std::string_view& rest) {
  if (rest.size() < kChunkFrame) return std::nullopt;
  const size_t length = png_number(rest, 0);
  if (length > rest.size() - kChunkFrame) return std::nullopt;
  const PngChunk chunk{rest.substr(kLengthBytes, kTypeBytes),
                       rest.substr(kLengthBytes + kTypeBytes, length),
                       rest.substr(0, kChunkFrame + length)};
  rest.remove_prefix(chunk.whole.size());
  return chunk;
}

}  // namespace layercast::content
