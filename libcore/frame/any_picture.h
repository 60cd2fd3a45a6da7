#pragma once

#include "base/check.h"
#include "base/geometry.h"
#include "frame/picture.h"
#include "frame/yuv_picture.h"

#include <variant>

namespace layercast::frame {

/// A picture that can be drawn. Both kinds are immutable, so equal pointers mean equal pixels.
using AnyPicture = std::variant<PicturePtr, YuvPicturePtr>;

inline bool is_null(const AnyPicture& picture) {
  return std::visit([](const auto& each) { return each == nullptr; }, picture);
}

/// The size in pixels. Range: not null.
inline base::SizeI size_of(const AnyPicture& picture) {
  LAYERCAST_CHECK(!is_null(picture));
  return std::visit([](const auto& each) { return each->size(); }, picture);
}

}  // namespace layercast::frame
