#pragma once

#include "frame/image.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <vips/vips8>

/// Small animations, made pixel by pixel: pictures are written as rows of letters between slashes,
/// `r`ed, `g`reen, `b`lue and `.` for what is transparent.
namespace layercast::content::testing_files {

struct Art {
  int width = 0;
  int height = 0;
  std::string pixels;  // row after row
};

inline Art art_of(std::string_view rows) {
  Art art;
  art.height = 1;
  for (const char c : rows) {
    if (c == '/') {
      ++art.height;
    } else {
      art.pixels += c;
    }
  }
  art.width = static_cast<int>(art.pixels.size()) / art.height;
  return art;
}

inline frame::PremulRgba8 color_of(char letter) {
  switch (letter) {
    case 'r':
      return {250, 20, 30, 255};
    case 'g':
      return {10, 200, 60, 255};
    case 'b':
      return {40, 50, 240, 255};
    default:
      return {};
  }
}

/// The letters of a picture; `?` for any other colour.
inline std::string letters_of(frame::ImageView<const frame::PremulRgba8> picture) {
  std::string rows;
  for (int y = 0; y < picture.height(); ++y) {
    if (y > 0) rows += '/';
    for (int x = 0; x < picture.width(); ++x) {
      char found = '?';
      for (const char letter : {'r', 'g', 'b', '.'}) {
        if (picture.at(x, y) == color_of(letter)) found = letter;
      }
      rows += found;
    }
  }
  return rows;
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A part of an animation: `rows` drawn at a place.
struct Piece {
  std::string rows;
  int left = 0;
  int top = 0;
  int disposal = 0;             ///< as its format numbers it
  int delay = 10;               ///< hundredths of a second
  bool is_source = true;        ///< APNG: it replaces what is under it, transparent pixels too
  bool has_transparent = true;  ///< GIF: whether `.` is transparent, instead of black
};

// ---- GIF ----------------------------------------------------------------------------------------

inline void append_short(std::string& bytes, int value) {
  bytes += static_cast<char>(value & 255);
  bytes += static_cast<char>(value >> 8);
}

// LZW that starts anew every two pixels, so that codes stay three bits wide.
inline std::string lzw_of(const Art& art) {
  std::string packed;
  uint32_t bits = 0;
  int count = 0;
  const auto put = [&](uint32_t code) {
    bits |= code << count;
    for (count += 3; count >= 8; count -= 8, bits >>= 8) packed += static_cast<char>(bits & 255U);
  };
  constexpr uint32_t kClear = 4;
  constexpr uint32_t kEnd = 5;
  for (size_t i = 0; i < art.pixels.size(); ++i) {
    if (i % 2 == 0) put(kClear);
    put(static_cast<uint32_t>(std::string_view("rgb.").find(art.pixels[i])));
  }
  put(kEnd);
  if (count > 0) packed += static_cast<char>(bits & 255U);
  std::string blocks = "\x02";
  for (size_t at = 0; at < packed.size(); at += 255) {
    const std::string block = packed.substr(at, 255);
    blocks += static_cast<char>(block.size());
    blocks += block;
  }
  return blocks + '\0';
}

/// `repeats`: of the NETSCAPE extension; absent: the file has none.
inline std::string gif_of(int width, int height, const std::vector<Piece>& pieces,
                          std::optional<int> repeats = 0) {
  std::string bytes = "GIF89a";
  append_short(bytes, width);
  append_short(bytes, height);
  bytes += std::string("\x81\0\0", 3);
  for (const char letter : {'r', 'g', 'b', '.'}) {
    const auto color = color_of(letter);
    bytes += {static_cast<char>(color.red), static_cast<char>(color.green),
              static_cast<char>(color.blue)};
  }
  if (repeats) {
    bytes += std::string("\x21\xff\x0bNETSCAPE2.0\x03\x01", 16);
    append_short(bytes, *repeats);
    bytes += '\0';
  }
  for (const Piece& piece : pieces) {
    const Art art = art_of(piece.rows);
    bytes += "\x21\xf9\x04";
    bytes += static_cast<char>(piece.disposal << 2 | (piece.has_transparent ? 1 : 0));
    append_short(bytes, piece.delay);
    bytes += std::string("\x03\0\x2c", 3);
    for (const int value : {piece.left, piece.top, art.width, art.height})
      append_short(bytes, value);
    bytes += '\0';
    bytes += lzw_of(art);
  }
  return bytes + ';';
}

// ---- PNG ----------------------------------------------------------------------------------------

inline vips::VImage image_of(const Art& art) {
  std::vector<uint8_t> bytes;
  for (const char letter : art.pixels) {
    const auto color = color_of(letter);
    bytes.insert(bytes.end(), {color.red, color.green, color.blue, color.alpha});
  }
  return vips::VImage(vips_image_new_from_memory_copy(bytes.data(), bytes.size(), art.width,
                                                      art.height, 4, VIPS_FORMAT_UCHAR))
      .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

inline std::string encoded(const vips::VImage& image, const char* suffix,
                           vips::VOption* options = nullptr) {
  void* memory = nullptr;
  size_t size = 0;
  image.write_to_buffer(suffix, &memory, &size, options);
  std::string bytes(static_cast<const char*>(memory), size);
  g_free(memory);
  return bytes;
}

inline std::string png_of(std::string_view rows) { return encoded(image_of(art_of(rows)), ".png"); }

inline std::string big_endian(uint32_t value, int bytes = 4) {
  std::string text;
  for (int shift = 8 * bytes - 8; shift >= 0; shift -= 8) {
    text += static_cast<char>(value >> shift & 255U);
  }
  return text;
}

inline uint32_t crc32_of(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

inline std::string png_chunk(const std::string& type, const std::string& body) {
  return big_endian(static_cast<uint32_t>(body.size())) + type + body +
         big_endian(crc32_of(type + body));
}

/// What the chunks of one type in a PNG file hold.
inline std::string chunk_bodies(std::string_view png, std::string_view type) {
  std::string bodies;
  for (size_t at = 8; at + 12 <= png.size();) {
    uint32_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<uint8_t>(png[at + i]);
    if (png.substr(at + 4, 4) == type) bodies += png.substr(at + 8, length);
    at += 12 + length;
  }
  return bodies;
}

/// Its first piece covers all of it. `hidden`: a picture for readers that know no animations,
/// which is not part of this one.
inline std::string apng_of(const std::vector<Piece>& pieces, uint32_t plays = 0,
                           std::string_view hidden = "") {
  const std::string first = png_of(hidden.empty() ? pieces.front().rows : hidden);
  std::string bytes =
      first.substr(0, 8) + png_chunk("IHDR", chunk_bodies(first, "IHDR")) +
      png_chunk("acTL", big_endian(static_cast<uint32_t>(pieces.size())) + big_endian(plays));
  uint32_t sequence = 0;
  if (!hidden.empty()) bytes += png_chunk("IDAT", chunk_bodies(first, "IDAT"));
  for (const Piece& piece : pieces) {
    const Art art = art_of(piece.rows);
    std::string control = big_endian(sequence++);
    for (const int value : {art.width, art.height, piece.left, piece.top}) {
      control += big_endian(static_cast<uint32_t>(value));
    }
    control += big_endian(static_cast<uint32_t>(piece.delay), 2) + big_endian(0, 2);
    control += static_cast<char>(piece.disposal);
    control += static_cast<char>(piece.is_source ? 0 : 1);
    bytes += png_chunk("fcTL", control);
    const std::string pixels = chunk_bodies(png_of(piece.rows), "IDAT");
    if (sequence == 1 && hidden.empty()) {
      bytes += png_chunk("IDAT", pixels);
    } else {
      // In two chunks, as large pictures come.
      bytes += png_chunk("fdAT", big_endian(sequence++) + pixels.substr(0, 3));
      bytes += png_chunk("fdAT", big_endian(sequence++) + pixels.substr(3));
    }
  }
  return bytes + png_chunk("IEND", "");
}

// ---- WebP ---------------------------------------------------------------------------------------

/// Lossless; whole pictures.
inline std::string webp_of(const std::vector<std::string>& pictures,
                           const std::vector<int>& delays_ms, int plays = 0) {
  std::vector<vips::VImage> images;
  for (const auto& rows : pictures) images.push_back(image_of(art_of(rows)));
  vips::VImage all = vips::VImage::arrayjoin(images, vips::VImage::option()->set("across", 1));
  all.set("page-height", images.front().height());
  all.set("delay", delays_ms);
  all.set("loop", plays);
  return encoded(all, ".webp",
                 vips::VImage::option()->set("lossless", true)->set("kmax", 2)->set("kmin", 1));
}

}  // namespace layercast::content::testing_files
