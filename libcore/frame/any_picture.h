#pragma once

#include "base/geometry.h"
#include "frame/picture.h"
#include "frame/yuv_picture.h"

#include <variant>

namespace layercast::frame {

/// A picture that can be drawn. Neither kind ever changes: equal pointers are equal pixels.
using AnyPicture = std::variant<PicturePtr, YuvPicturePtr>;

inline bool is_null(const AnyPicture& picture) {
  return std::visit([](const auto& each) { return each == nullptr; }, picture);
}

/// Range: not null.
inline base::SizeI size_of(const AnyPicture& picture) {
  return std::visit([](const auto& each) { return each->size(); }, picture);
}

}  // namespace layercast::frame
