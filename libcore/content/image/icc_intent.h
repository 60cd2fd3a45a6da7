#pragma once

#include <optional>
#include <string_view>

namespace layercast::content {

/// The rendering intents of ICC profiles, numbered as in the standard.
enum class IccIntent { kPerceptual = 0, kRelative = 1, kSaturation = 2, kAbsolute = 3 };

/// The intent by which a profile converts from its colours: relative colorimetric if the profile
/// has tables for it, otherwise the first that it has tables for, perceptual before saturation.
/// Empty when `profile` is no profile of colours with `bands` components. Source: ICC.1:2022, table
/// 25 (A2B0, A2B1, A2B2).
std::optional<IccIntent> icc_intent(std::string_view profile, int bands);

}  // namespace layercast::content
