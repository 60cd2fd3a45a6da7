#pragma once

#include "base/geometry.h"
#include "compose/compositor.h"
#include "compose/draw_list.h"
#include "compose/reference.h"
#include "frame/convert.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "frame/yuv_picture.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

/// What tests of the compositor draw, and how they look at what it made.
namespace layercast::compose {

/// `color_at(x, y)` is the colour of each pixel.
template <class ColorAt>
frame::PicturePtr made_picture(base::SizeI size, const ColorAt& color_at) {
  frame::Image<frame::PremulRgba8> pixels(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) pixels.view().at(x, y) = color_at(x, y);
  }
  return std::make_shared<const frame::Picture>(std::move(pixels));
}

/// Of one alpha everywhere, and no two pixels beside each other alike.
inline frame::PicturePtr varied_picture(base::SizeI size, uint8_t alpha = 255, int seed = 0) {
  return made_picture(size, [&](int x, int y) {
    return frame::premultiplied({static_cast<uint8_t>(31 * x + 7 * y + 83 * seed),
                                 static_cast<uint8_t>(5 * x + 43 * y + 29 * seed),
                                 static_cast<uint8_t>(17 * (x ^ y) + 131 * seed), alpha});
  });
}

/// Random samples: chroma that no filter leaves as it is.
inline frame::YuvPicturePtr made_video(const frame::YuvLayout& layout, uint32_t seed = 1) {
  std::mt19937 random(seed);
  auto planes = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
  std::array<frame::YuvPicture::Plane, 3> views;
  for (size_t i = 0; i < 3; ++i) {
    frame::Image<uint8_t>& plane = planes->at(i);
    plane = frame::Image<uint8_t>(i == 0 ? layout.size : layout.chroma_size());
    for (int y = 0; y < plane.size().height; ++y) {
      for (int x = 0; x < plane.size().width; ++x) {
        plane.view().at(x, y) = static_cast<uint8_t>(16 + random() % 220);
      }
    }
    views.at(i) = std::as_const(plane).view();
  }
  return std::make_shared<const frame::YuvPicture>(layout, views, planes);
}

inline DrawItem placed(Source source, base::PointI at) {
  return {std::move(source), base::translation(at.x, at.y), 255, base::BlendMode::kNormal,
          std::nullopt};
}

inline base::RectI area_of(const DrawItem& item) {
  const base::SizeI size = size_of(item.source);
  const auto left = static_cast<int>(item.canvas_from_picture.x0);
  const auto top = static_cast<int>(item.canvas_from_picture.y0);
  return {left, top, left + size.width, top + size.height};
}

/// The first sample of `area` that differs, in words; nullopt when none does.
inline std::optional<std::string> difference(const frame::Frame& actual,
                                             const frame::Frame& expected,
                                             const base::RectI& area) {
  const frame::FormatLayout& layout = frame::layout_of(actual.format());
  for (int plane = 0; plane < actual.planes(); ++plane) {
    const int across = plane == 0 ? 1 : layout.chroma_divisor_x;
    const int down = plane == 0 ? 1 : layout.chroma_divisor_y;
    const int bytes = layout.sample_bytes.at(static_cast<size_t>(plane));
    const int first = area.left / across * bytes;
    const int last = (area.right + across - 1) / across * bytes;
    for (int y = area.top / down; y < (area.bottom + down - 1) / down; ++y) {
      const uint8_t* a = actual.plane(plane) + y * actual.row_bytes(plane);
      const uint8_t* b = expected.plane(plane) + y * expected.row_bytes(plane);
      for (int x = first; x < last; ++x) {
        if (a[x] == b[x]) continue;
        return "plane " + std::to_string(plane) + ", row " + std::to_string(y) + ", byte " +
               std::to_string(x) + ": " + std::to_string(a[x]) + " instead of " +
               std::to_string(b[x]);
      }
    }
  }
  return std::nullopt;
}
inline std::optional<std::string> difference(const frame::Frame& actual,
                                             const frame::Frame& expected) {
  return difference(actual, expected, {0, 0, actual.size().width, actual.size().height});
}

/// How compose_plainly() draws it.
inline frame::Frame plainly(const DrawList& list, frame::PixelFormat format) {
  frame::Frame frame(format, list.canvas);
  compose_plainly(list, frame);
  return frame;
}

/// Every pixel composed and converted: no planes are taken over.
inline frame::Frame without_copies(const DrawList& list, frame::PixelFormat format) {
  frame::Image<frame::PremulRgba8> canvas(list.canvas);
  const frame::RowRange all{0, list.canvas.height};
  compose_rows(list, all, canvas.view());
  frame::Frame frame(format, list.canvas);
  frame::convert_rows(std::as_const(canvas).view(), all, frame);
  return frame;
}

/// A frame of its own, which a compositor does not draw on any more.
inline frame::Frame copy_of(const frame::Frame& source) {
  frame::Frame copy(source.format(), source.size());
  frame::copy_area(source, {0, 0, source.size().width, source.size().height}, copy);
  return copy;
}

/// What was done between two looks at a compositor.
struct Cost {
  int64_t repeated = 0;
  int64_t composed = 0;
  int64_t copied = 0;
  int64_t fetched = 0;
  int64_t skipped = 0;
  int64_t blended = 0;
};

/// A compositor, and what its last frame cost.
class Watched {
 public:
  Watched(frame::PixelFormat format, base::SizeI size)
      : compositor_(CompositorOptions{.format = format, .size = size}) {}

  frame::FramePtr compose(const DrawList& list) {
    const ComposeStats before = compositor_.stats();
    frame::FramePtr frame = compositor_.compose(list);
    const ComposeStats& after = compositor_.stats();
    cost_ = {after.frames_repeated - before.frames_repeated,
             after.tiles_composed - before.tiles_composed,
             after.tiles_copied - before.tiles_copied,
             after.tiles_fetched - before.tiles_fetched,
             after.tiles_skipped - before.tiles_skipped,
             after.pixels_blended - before.pixels_blended};
    return frame;
  }
  const Cost& cost() const { return cost_; }
  const Compositor& compositor() const { return compositor_; }

 private:
  Compositor compositor_;
  Cost cost_;
};

}  // namespace layercast::compose
