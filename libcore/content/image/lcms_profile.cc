#include "content/image/lcms_profile.h"

#include <cmath>
#include <cstddef>

namespace layercast::content {
namespace {

using Column = std::array<double, 3>;

std::optional<Column> colorant(const LcmsProfile& profile, cmsTagSignature tag) {
  const auto* xyz = static_cast<const cmsCIEXYZ*>(cmsReadTag(profile.get(), tag));
  if (xyz == nullptr) return std::nullopt;
  return Column{xyz->X, xyz->Y, xyz->Z};
}

// Linear RGB to XYZ under D50.
std::optional<Matrix3> matrix_of(const StoredColor& color) {
  const LcmsProfile profile = lcms_profile(color, LcmsCurve(cmsBuildGamma(nullptr, 1)));
  if (profile == nullptr) return std::nullopt;
  const auto red = colorant(profile, cmsSigRedColorantTag);
  const auto green = colorant(profile, cmsSigGreenColorantTag);
  const auto blue = colorant(profile, cmsSigBlueColorantTag);
  if (!red || !green || !blue) return std::nullopt;
  Matrix3 matrix;
  for (size_t i = 0; i < 3; ++i) matrix[i] = {(*red)[i], (*green)[i], (*blue)[i]};
  return matrix;
}

std::optional<Matrix3> inverse(const Matrix3& m) {
  const auto cofactor = [&](size_t row, size_t column) {
    const size_t r1 = (row + 1) % 3;
    const size_t r2 = (row + 2) % 3;
    const size_t c1 = (column + 1) % 3;
    const size_t c2 = (column + 2) % 3;
    return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
  };
  const double determinant =
      m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
  if (std::abs(determinant) < 1e-9) return std::nullopt;
  Matrix3 result;
  for (size_t i = 0; i < 3; ++i) {
    for (size_t k = 0; k < 3; ++k) result[i][k] = cofactor(k, i) / determinant;
  }
  return result;
}

Matrix3 product(const Matrix3& a, const Matrix3& b) {
  Matrix3 result;
  for (size_t i = 0; i < 3; ++i) {
    for (size_t k = 0; k < 3; ++k) {
      result[i][k] = a[i][0] * b[0][k] + a[i][1] * b[1][k] + a[i][2] * b[2][k];
    }
  }
  return result;
}

}  // namespace

LcmsProfile lcms_profile(const StoredColor& color, const LcmsCurve& curve) {
  if (curve == nullptr) return nullptr;
  const auto point = [](Chromaticity at) { return cmsCIExyY{at.x, at.y, 1}; };
  const cmsCIExyY white = point(color.white);
  const cmsCIExyYTRIPLE primaries{point(color.red), point(color.green), point(color.blue)};
  std::array<cmsToneCurve*, 3> curves = {curve.get(), curve.get(), curve.get()};
  return LcmsProfile(cmsCreateRGBProfile(&white, &primaries, curves.data()));
}

std::optional<Matrix3> matrix_between(const StoredColor& from, const StoredColor& to) {
  const auto to_xyz = matrix_of(from);
  const auto target = matrix_of(to);
  const auto from_xyz = target ? inverse(*target) : std::nullopt;
  if (!to_xyz || !from_xyz) return std::nullopt;
  return product(*from_xyz, *to_xyz);
}

}  // namespace layercast::content
