#pragma once

#include "content/image/stored_color.h"

#include <array>
#include <lcms2.h>
#include <memory>
#include <optional>

namespace layercast::content {

struct LcmsProfileClose {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using LcmsProfile = std::unique_ptr<void, LcmsProfileClose>;

struct LcmsCurveFree {
  void operator()(cmsToneCurve* curve) const { cmsFreeToneCurve(curve); }
};
using LcmsCurve = std::unique_ptr<cmsToneCurve, LcmsCurveFree>;

/// An RGB profile of the primaries and the white of `color`, with `curve` for each component. Null
/// when the primaries are degenerate.
LcmsProfile lcms_profile(const StoredColor& color, const LcmsCurve& curve);

/// A 3 × 3 matrix, by rows.
using Matrix3 = std::array<std::array<double, 3>, 3>;

/// Converts linear RGB of the primaries of `from` to those of `to`, white to white. Empty when
/// either are degenerate.
std::optional<Matrix3> matrix_between(const StoredColor& from, const StoredColor& to);

}  // namespace layercast::content
