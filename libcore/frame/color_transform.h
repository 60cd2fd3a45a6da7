#pragma once

#include "base/geometry.h"
#include "frame/yuv_picture.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace layercast::frame {

/// The curve from light to signal. Source: ITU-T H.273, table 3.
enum class Transfer : uint8_t {
  /// All SDR video: BT.709, BT.601, BT.2020 and sRGB. As in browsers, all of them are displayed by
  /// the curve of sRGB, so that graphics and video of the same code look the same.
  kSrgb,
  kGamma22,
  kGamma26,  ///< SMPTE ST 428-1; its white is at 48 of 52.37
  kGamma28,
  kLinear,
  kPq,   ///< SMPTE ST 2084, BT.2100
  kHlg,  ///< ARIB STD-B67, BT.2100
};

/// CIE 1931 chromaticities.
struct Primaries {
  base::PointF red;
  base::PointF green;
  base::PointF blue;
  base::PointF white;
  bool operator==(const Primaries&) const = default;
};
inline constexpr Primaries kBt709Primaries = {
    {0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}};

/// Three rows and three columns.
using Matrix3 = std::array<std::array<double, 3>, 3>;

/// The interpretation of three planes of samples that are not in the colours of the canvas.
struct VideoColors {
  /// R'G'B' from the three samples of a pixel, each minus its offset; range 0 to 1.
  Matrix3 rgb_from_samples{};
  std::array<double, 3> offsets{};
  Transfer transfer = Transfer::kSrgb;
  Primaries primaries = kBt709Primaries;
  bool operator==(const VideoColors&) const = default;
};

/// The samples of Y'CbCr with the luma weights of red and blue, `bits` each.
VideoColors yuv_colors(double red_weight, double blue_weight, YuvRange range, int bits);
/// The samples of R'G'B', full range, in the order of `planes`: plane i has component planes[i].
VideoColors rgb_colors(const std::array<int, 3>& planes, int bits);

/// R'G'B' of one pixel, in 1/64 of an 8-bit level: 0 to 16320.
inline constexpr int kLevelParts = 64;

/// Pointers to the rows of three planes.
struct SampleRows {
  std::array<const uint16_t*, 3> samples;
};
struct RgbRows {
  std::array<uint16_t*, 3> levels;  ///< red, green and blue
};

struct YuvRows {
  std::array<uint8_t*, 3> samples;
};

/// Converts the colours of a video to sRGB.
/// Steps: R'G'B' from the samples, clipped to 0 to 1; linear light; BT.709 primaries (with the
/// Bradford adaptation if the white differs); the curve of sRGB. What is outside the gamut or above
/// white is clipped in each component.
/// HDR: the reference white of BT.2408-7 (203 cd/m²) becomes white, and everything below keeps its
/// ratio to it. PQ is absolute. HLG is displayed at 1000 cd/m² with the OOTF of BT.2100-2,
/// gamma 1.2. Maximum error against the formulas: 1.5 levels of 8 bits, at the edge of the gamut.
/// Exact: the same on every machine. Thread: any.
class ColorTransform {
 public:
  explicit ColorTransform(const VideoColors& source);

  /// Converts a row of `count` pixels to R'G'B'. Shape: the rows do not overlap.
  void convert(const SampleRows& source, const RgbRows& target, int count) const;
  /// Converts a row to BT.709 Y'CbCr of limited range, 8 bits, 4:4:4.
  /// Maximum error of this step: 0.51 of a code, of which 0.5 is the rounding itself.
  void convert(const SampleRows& source, const YuvRows& target, int count) const;
  /// The reference implementations, one pixel at a time, that the kernels must equal.
  void convert_scalar(const SampleRows& source, const RgbRows& target, int count) const;
  void convert_scalar(const SampleRows& source, const YuvRows& target, int count) const;

  /// What the kernel reads. The tables have an entry for both ends; those from light are indexed by
  /// its square root.
  static constexpr int kSteps = 4096;
  static constexpr int kYuvShift = 22;
  static constexpr int kSignalSteps =
      16384;  ///< near black, a step of PQ is several levels of sRGB
  struct Tables {
    std::array<std::array<float, 3>, 3> rgb_from_samples{};
    std::array<float, 3> offsets{};
    std::array<float, kSignalSteps + 1> light{};  ///< from R'G'B'; 1 is SDR white
    std::array<std::array<float, 3>, 3> to_bt709{};
    bool has_ootf = false;                     ///< HLG: light depends on the luminance of the scene
    std::array<float, 3> luminance{};          ///< the weights of the components
    std::array<float, kSteps + 1> ootf{};      ///< from the luminance: the factor of all components
    std::array<int32_t, kSteps + 1> levels{};  ///< from light: sRGB in 1/kLevelParts
    /// Y'CbCr from levels: (the weighted sum plus the addend) shifted right by kYuvShift.
    std::array<std::array<int32_t, 3>, 3> yuv_weights{};
    std::array<int32_t, 3> yuv_addends{};
  };

 private:
  Tables tables_;
};

}  // namespace layercast::frame
