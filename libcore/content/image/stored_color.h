#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace layercast::content {

/// A chromaticity, CIE 1931 x and y.
struct Chromaticity {
  double x = 0;
  double y = 0;
};

/// How stored values map to light.
enum class Transfer : uint8_t { kSrgb, kGamma, kLinear, kSmpte240, kSt428, kPq, kHlg };

/// The colour space of stored RGB values, as parameters instead of an ICC profile describe it.
/// The default is sRGB.
struct StoredColor {
  Chromaticity white{0.3127, 0.3290};
  Chromaticity red{0.64, 0.33};
  Chromaticity green{0.30, 0.60};
  Chromaticity blue{0.15, 0.06};
  Transfer transfer = Transfer::kSrgb;
  double gamma = 0;         ///< the exponent of kGamma
  double peak_nits = 1000;  ///< of kPq and kHlg: the brightest content
};

/// Whether it is sRGB, within the precision of its sources.
bool is_srgb(const StoredColor& color);

/// Code points of ITU-T H.273.
struct CodePoints {
  int primaries = 2;
  int transfer = 2;
};

/// How browsers read code points that leave a choice.
enum class CodePointRules : uint8_t {
  kPng,   ///< unspecified ones are invalid; the curves of BT.601, BT.709 and BT.2020 are gamma 2.4
  kHeif,  ///< unspecified ones, and the same curves, are sRGB
};

/// The colour space that code points name; empty when they name none or one that is not supported.
std::optional<StoredColor> color_of_code_points(CodePoints points, CodePointRules rules);

/// The memory layout of pixels: 3 or 4 interleaved bands, the fourth straight alpha.
struct PixelLayout {
  int bands = 3;
  int bytes_per_value = 1;  ///< 1, or 2 in the byte order of this machine
};

/// Converts pixels of a colour space to 8-bit sRGB, relative to white, clipped to its gamut. PQ and
/// HLG are tone-mapped as in browsers (tone_map.h).
/// Maximum error: 1 level. Thread: any.
class ToSrgb {
 public:
  /// Empty when the colour space is degenerate.
  static std::optional<ToSrgb> create(const StoredColor& color, PixelLayout layout);

  /// Shape: `from` and `to` have the bands of the layout. Alpha is copied.
  void convert(const void* from, uint8_t* to, int pixels) const {
    converter_->convert(from, to, pixels);
  }

  /// One way of converting.
  class Converter {
   public:
    virtual ~Converter() = default;
    virtual void convert(const void* from, uint8_t* to, int pixels) const = 0;
  };

 private:
  explicit ToSrgb(std::unique_ptr<const Converter> converter) : converter_(std::move(converter)) {}

  std::unique_ptr<const Converter> converter_;
};

}  // namespace layercast::content
