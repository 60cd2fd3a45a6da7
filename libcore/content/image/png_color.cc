#include "content/image/png_color.h"

#include "content/image/png_chunks.h"

#include <cmath>

namespace layercast::content {
namespace {

constexpr double kUnit = 100'000;  // of gAMA and cHRM

/// The colour chunks of a file; empty: absent.
struct ColorChunks {
  std::string_view cicp;
  std::string_view srgb;
  std::string_view gama;
  std::string_view chrm;
  std::string_view clli;
  std::string_view mdcv;

  std::string_view* body_of(std::string_view type) {
    if (type == "cICP") return &cicp;
    if (type == "sRGB") return &srgb;
    if (type == "gAMA") return &gama;
    if (type == "cHRM") return &chrm;
    if (type == "cLLI") return &clli;
    if (type == "mDCV") return &mdcv;
    return nullptr;
  }
};

ColorChunks color_chunks(std::string_view bytes) {
  ColorChunks chunks;
  std::string_view rest = bytes.substr(kPngSignature.size());
  while (const auto chunk = take_png_chunk(rest)) {
    // Chunks after these do not describe the colours of the pixels.
    if (chunk->type == "PLTE" || chunk->type == "IDAT" || chunk->type == "IEND") break;
    std::string_view* body = chunks.body_of(chunk->type);
    if (body != nullptr && body->empty() && chunk->has_valid_checksum()) *body = chunk->body;
  }
  return chunks;
}

// The brightest content, in nits; 0: unknown.
double peak_nits(const ColorChunks& chunks) {
  constexpr double kLuminanceUnit = 10'000;
  constexpr size_t kMdcvPeak = 16;
  if (chunks.clli.size() == 8) return png_number(chunks.clli, 0) / kLuminanceUnit;
  if (chunks.mdcv.size() == 24) return png_number(chunks.mdcv, kMdcvPeak) / kLuminanceUnit;
  return 0;
}

std::optional<StoredColor> color_of_cicp(const ColorChunks& chunks) {
  constexpr int kRgb = 0;
  constexpr int kFullRange = 1;
  const std::string_view body = chunks.cicp;
  if (body.size() != 4 || body[2] != kRgb || body[3] != kFullRange) return std::nullopt;
  auto color = color_of_code_points({static_cast<uint8_t>(body[0]), static_cast<uint8_t>(body[1])},
                                    CodePointRules::kPng);
  if (const double peak = peak_nits(chunks); color && peak > 0) color->peak_nits = peak;
  return color;
}

bool set_gamma(std::string_view body, StoredColor& color) {
  if (body.size() != 4) return false;
  const double encoding = png_number(body, 0) / kUnit;
  if (encoding < 0.01 || encoding > 100) return false;
  color.transfer = Transfer::kGamma;
  color.gamma = 1 / encoding;
  return true;
}

// Nearly the gamma of sRGB, which many programs write for sRGB itself.
bool is_near_srgb(double gamma) {
  constexpr double kSrgbGamma = 2.2;
  return std::abs(kSrgbGamma / gamma - 1) < 0.05;
}

bool set_chromaticities(std::string_view body, StoredColor& color) {
  if (body.size() != 32) return false;
  size_t at = 0;
  for (Chromaticity* point : {&color.white, &color.red, &color.green, &color.blue}) {
    *point = {png_number(body, at) / kUnit, png_number(body, at + 4) / kUnit};
    if (point->x > 1 || point->y > 1) return false;
    at += 8;
  }
  // Points on a line span no colours.
  const double area = (color.green.x - color.red.x) * (color.blue.y - color.red.y) -
                      (color.blue.x - color.red.x) * (color.green.y - color.red.y);
  return color.white.y > 0 && std::abs(area) > 0.0001;
}

}  // namespace

ColorHint png_color(std::string_view bytes) {
  const ColorChunks chunks = color_chunks(bytes);
  if (auto color = color_of_cicp(chunks)) return {color, true};
  constexpr uint8_t kLastIntent = 3;
  if (chunks.srgb.size() == 1 && static_cast<uint8_t>(chunks.srgb[0]) <= kLastIntent) return {};
  StoredColor color;
  const bool has_chromaticities = !chunks.chrm.empty();
  if (has_chromaticities && !set_chromaticities(chunks.chrm, color)) return {};
  if (!set_gamma(chunks.gama, color)) return {};
  if (!has_chromaticities && is_near_srgb(color.gamma)) return {};
  return {color, false};
}

}  // namespace layercast::content
