#include "content/image/icc_intent.h"

#include "content/image/lcms_profile.h"

#include <algorithm>
#include <array>

namespace layercast::content {

std::optional<IccIntent> icc_intent(std::string_view profile, int bands) {
  const LcmsProfile opened(
      cmsOpenProfileFromMem(profile.data(), static_cast<cmsUInt32Number>(profile.size())));
  if (opened == nullptr) return std::nullopt;
  if (cmsChannelsOf(cmsGetColorSpace(opened.get())) != static_cast<cmsUInt32Number>(bands)) {
    return std::nullopt;
  }
  constexpr std::array kPreferred = {IccIntent::kRelative, IccIntent::kPerceptual,
                                     IccIntent::kSaturation, IccIntent::kAbsolute};
  const auto* found = std::ranges::find_if(kPreferred, [&](IccIntent intent) {
    return cmsIsIntentSupported(opened.get(), static_cast<cmsUInt32Number>(intent),
                                LCMS_USED_AS_INPUT) != 0;
  });
  if (found == kPreferred.end()) return std::nullopt;
  return *found;
}

}  // namespace layercast::content
