#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

/// The formulas of BT.709 limited range as integers, and as the weights of multiply-add
/// instructions. static_asserts prove every table exact.
/// Source: ITU-R BT.709-6, items 3.2 to 3.5.
namespace layercast::frame {

/// Red, green, blue: Y' = 0.2126 R' + 0.7152 G' + 0.0722 B', here in ten-thousandths.
inline constexpr std::array<int64_t, 3> kLumaWeights = {2126, 7152, 722};
inline constexpr int64_t kLumaWeightSum = 10000;
inline constexpr int64_t kLumaSteps = 219;    ///< levels from black to white
inline constexpr int64_t kChromaSteps = 224;  ///< levels from -½ to ½
inline constexpr int64_t kBlack = 16;
inline constexpr int64_t kNeutral = 128;

/// The formula of a sample: numerator · (weights · colours) ÷ denominator + offset, rounded half
/// up. All weights are even, so their halves are integers.
struct SampleFormula {
  std::array<int64_t, 3> weights;
  int64_t numerator;
  int64_t denominator;
  int64_t offset;
  int64_t color_max;  ///< each colour is a sum of at most this
};

inline constexpr SampleFormula kLumaFormula = {kLumaWeights, kLumaSteps, 255 * kLumaWeightSum,
                                               kBlack, 255};

/// A chroma component; its value is the index of its colour in kLumaWeights.
enum class ChromaOf : uint8_t { kRed = 0, kBlue = 2 };

/// The formula of a chroma sample from a weighted sum of colours whose weights add up to `pixels`.
constexpr SampleFormula chroma_formula(ChromaOf color, int64_t pixels) {
  const auto index = static_cast<size_t>(color);
  SampleFormula formula = {{-kLumaWeights[0], -kLumaWeights[1], -kLumaWeights[2]},
                           kChromaSteps,
                           255 * pixels * 2 * (kLumaWeightSum - kLumaWeights[index]),
                           kNeutral,
                           255 * pixels};
  formula.weights[index] += kLumaWeightSum;
  return formula;
}

/// Weights in units of 2⁻³², each split into two halves of 16 bits: high · 2¹⁶ + low. A sample is
/// (high · colours + (low · colours >> 16)) >> 16, where both products include the bias.
struct FixedWeights {
  std::array<int16_t, 3> high;
  std::array<int16_t, 3> low;
  int16_t high_bias;  ///< times kBiasFactor
  int16_t low_bias;   ///< times kBiasFactor
};

/// A constant factor, so that the bias of chroma is one more product: 128.5 · 2¹⁶ = 2¹⁴ · 514.
inline constexpr int64_t kBiasFactor = 514;

constexpr int64_t rounded_quotient(int64_t numerator, int64_t denominator) {
  const int64_t half = numerator < 0 ? -denominator / 2 : denominator / 2;
  return (numerator + half) / denominator;
}

constexpr int16_t high_half(int64_t value) {
  return static_cast<int16_t>((value - static_cast<int16_t>(value & 0xFFFF)) >> 16);
}
constexpr int16_t low_half(int64_t value) { return static_cast<int16_t>(value & 0xFFFF); }

constexpr FixedWeights fixed_weights(const SampleFormula& formula) {
  FixedWeights fixed{};
  int64_t error = 0;  // of the sum of all weights, in units of 2⁻³² ÷ denominator
  for (size_t i = 0; i < 3; ++i) {
    const int64_t exact = (formula.numerator << 32) * formula.weights[i];
    const int64_t weight = rounded_quotient(exact, formula.denominator);
    error += weight * formula.denominator - exact;
    fixed.high[i] = high_half(weight);
    fixed.low[i] = low_half(weight);
  }
  // The bias makes the errors of dark and of bright pixels equally large.
  fixed.high_bias = static_cast<int16_t>((2 * formula.offset + 1) * 65536 / 2 / kBiasFactor);
  fixed.low_bias = static_cast<int16_t>(
      rounded_quotient(-error * formula.color_max / 2, formula.denominator * kBiasFactor));
  return fixed;
}

/// Whether `fixed` gives the exact sample for all colours. A sample before rounding is a multiple
/// of gap ÷ (2 · denominator) and never a half, so a smaller error moves no sample across a half.
constexpr bool is_exact(const FixedWeights& fixed, const SampleFormula& formula) {
  const int64_t gap = std::gcd(4 * formula.numerator, formula.denominator);
  if (formula.denominator / gap % 2 == 0 || 4 * formula.numerator / gap % 2 != 0) return false;
  if (fixed.high_bias * kBiasFactor * 2 != (2 * formula.offset + 1) * 65536) return false;
  int64_t least = fixed.low_bias * kBiasFactor * formula.denominator;
  int64_t most = least;
  for (size_t i = 0; i < 3; ++i) {
    const int64_t weight = int64_t{fixed.high[i]} * 65536 + fixed.low[i];
    const int64_t error =
        weight * formula.denominator - (formula.numerator << 32) * formula.weights[i];
    (error < 0 ? least : most) += error * formula.color_max;
  }
  return -(gap << 31) < least && most < gap << 31;
}

/// FixedWeights for luma, in units of 2⁻³¹, since the weight of green is larger than a half. A
/// sample is (high · colours + high_bias + (low · colours + low_bias >> 16)) >> 15.
struct FixedLumaWeights {
  std::array<int16_t, 3> high;
  std::array<int16_t, 3> low;
  int32_t high_bias;
  int32_t low_bias;
};

/// Luma before rounding is a multiple of this ÷ (255 · 10000), halves included.
inline constexpr int64_t kLumaGap = std::gcd(2 * kLumaSteps, 255 * kLumaWeightSum / 2);

constexpr FixedLumaWeights fixed_luma_weights() {
  FixedLumaWeights fixed{};
  for (size_t i = 0; i < 3; ++i) {
    const int64_t weight =
        rounded_quotient((kLumaSteps << 31) * kLumaWeights[i], kLumaFormula.denominator);
    fixed.high[i] = high_half(weight);
    fixed.low[i] = low_half(weight);
  }
  fixed.high_bias = static_cast<int32_t>((2 * kBlack + 1) << 14);
  // Half a gap: halves are rounded up in spite of the errors of the weights.
  fixed.low_bias = static_cast<int32_t>((kLumaGap << 30) / kLumaFormula.denominator);
  return fixed;
}

constexpr bool is_exact(const FixedLumaWeights& fixed) {
  int64_t least = fixed.low_bias * kLumaFormula.denominator - (kLumaGap << 30);
  int64_t most = least;
  for (size_t i = 0; i < 3; ++i) {
    const int64_t weight = int64_t{fixed.high[i]} * 65536 + fixed.low[i];
    const int64_t error = weight * kLumaFormula.denominator - (kLumaSteps << 31) * kLumaWeights[i];
    (error < 0 ? least : most) += error * kLumaFormula.color_max;
  }
  return fixed.high_bias == (2 * kBlack + 1) << 14 && -(kLumaGap << 30) < least &&
         most < kLumaGap << 30;
}

/// Weights for a sum that is converted to float and then scaled and rounded by one fused
/// multiply-add: scale · (weights · colours) + 2²³ + offset is exact up to its one rounding.
struct FloatWeights {
  std::array<int16_t, 3> weights;  ///< that of green is halved, since green is added twice
  float scale;
};

/// `factor` multiplies the halved weights; the caller chooses it so that the scale is an exact
/// float.
constexpr FloatWeights float_weights(const SampleFormula& formula, int64_t factor) {
  const auto scaled = [&](size_t i, int64_t divisor) {
    return static_cast<int16_t>(formula.weights[i] / divisor * factor);
  };
  return {{scaled(0, 2), scaled(1, 4), scaled(2, 2)},
          static_cast<float>(2 * static_cast<double>(formula.numerator) /
                             static_cast<double>(formula.denominator * factor))};
}

/// Whether `floats` gives the exact sample for all colours: tests the sums next to each half.
constexpr bool is_exact(const FloatWeights& floats, const SampleFormula& formula) {
  std::array<int64_t, 3> weights = {floats.weights[0], 2 * floats.weights[1], floats.weights[2]};
  int64_t least = 0;
  int64_t most = 0;
  for (const int64_t weight : weights) (weight < 0 ? least : most) += weight * formula.color_max;
  if (-least >= int64_t{1} << 24 || most >= int64_t{1} << 24) return false;  // not exact as floats
  const int64_t factor = weights[0] * 2 / formula.weights[0];
  for (size_t i = 0; i < 3; ++i) {
    if (weights[i] * 2 != formula.weights[i] * factor) return false;
  }
  constexpr int kScaleBits = 42;
  const auto scale = static_cast<int64_t>(static_cast<double>(floats.scale) *
                                          static_cast<double>(int64_t{1} << kScaleBits));
  if (static_cast<double>(scale) !=
      static_cast<double>(floats.scale) * static_cast<double>(int64_t{1} << kScaleBits)) {
    return false;
  }
  // Halves k + ½; the first sum at or above one is ⌈(2k + 1) · denominator · factor ÷ …⌉.
  for (int64_t k = -formula.offset - 1; k < 256 - formula.offset; ++k) {
    const int64_t half = (2 * k + 1) * formula.denominator;
    int64_t above = half / (4 * formula.numerator);  // in halved weights, not yet times factor
    while (above * 4 * formula.numerator >= half) --above;
    while (above * 4 * formula.numerator < half) ++above;
    const int64_t threshold = (2 * k + 1) * (int64_t{1} << (kScaleBits - 1));
    if (above * factor <= most && above * factor >= least && scale * above * factor <= threshold) {
      return false;
    }
    const int64_t below = (above - 1) * factor;
    if (below <= most && below >= least && scale * below >= threshold) return false;
  }
  return true;
}

}  // namespace layercast::frame
