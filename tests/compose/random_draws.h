#pragma once

#include "base/blend_mode.h"
#include "base/geometry.h"
#include "compose/draw_list.h"
#include "compose/mask_plane.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "frame/recolor.h"
#include "frame/yuv_picture.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace layercast::compose {

/// Draw lists made at random, each the last one changed a little: what a compositor is tried with.
/// The same seed makes the same lists.
class RandomDraws {
 public:
  explicit RandomDraws(uint64_t seed) : random_(seed) {
    list_.canvas = {between(1, 180), between(1, 90)};
    list_.background = color();
    if (one_in(6)) {
      list_.shown = base::RectI{between(0, 20), between(0, 20), between(10, list_.canvas.width),
                                between(10, list_.canvas.height)};
    }
    for (int i = between(0, 7); i > 0; --i) list_.items.push_back(item());
  }

  const DrawList& list() const { return list_; }
  bool one_in(int count) { return between(1, count) == 1; }
  int between(int low, int high) {  // not uniform_int_distribution: that differs between libraries
    if (high <= low) return low;
    return low + static_cast<int>(random_() % static_cast<uint64_t>(high - low + 1));
  }

  /// Changes something of the list, now and then nothing.
  void step() {
    for (int changes = between(0, 3); changes > 0; --changes) change();
  }

 private:
  uint8_t byte() { return static_cast<uint8_t>(random_()); }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() >> 11) / 9007199254740992.0;
  }

  frame::PremulRgba8 color() {
    constexpr std::array<uint8_t, 6> kAlphas{0, 1, 127, 254, 255, 255};
    const uint8_t alpha = one_in(2) ? kAlphas.at(static_cast<size_t>(between(0, 5))) : byte();
    return frame::premultiplied({byte(), byte(), byte(), alpha});
  }

  // Clear, opaque and translucent areas beside each other, as a badge or a vignette has them, and
  // at times nothing but black.
  frame::PicturePtr picture() {
    const base::SizeI size{between(1, 130), between(1, 130)};
    frame::Image<frame::PremulRgba8> pixels(size);
    const int kind = between(0, 4);
    const frame::PremulRgba8 plain = color();
    const int clear_left = between(0, size.width), clear_top = between(0, size.height);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        frame::PremulRgba8& pixel = pixels.view().at(x, y);
        pixel = kind == 0 ? plain : color();
        if (kind == 2) pixel = frame::premultiplied({byte(), byte(), byte(), 255});
        if (kind >= 3 && x >= clear_left && y >= clear_top) pixel = {};
        if (kind == 4) pixel = {0, 0, 0, pixel.alpha};
      }
    }
    return std::make_shared<const frame::Picture>(std::move(pixels));
  }

  frame::YuvPicturePtr video() {
    frame::YuvLayout layout;
    layout.size = {between(1, 140), between(1, 120)};
    layout.chroma_divisor_x = one_in(4) ? 1 : 2;
    layout.chroma_divisor_y = layout.chroma_divisor_x == 1 || one_in(4) ? 1 : 2;
    if (one_in(3)) layout.matrix = frame::YuvMatrix::kBt601;
    if (one_in(4)) layout.range = frame::YuvRange::kFull;
    if (one_in(4)) layout.siting = frame::ChromaSiting::kCenter;
    if (one_in(6)) layout.siting = frame::ChromaSiting::kTopLeft;
    auto planes = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
    std::array<frame::YuvPicture::Plane, 3> views;
    for (size_t i = 0; i < 3; ++i) {
      const base::SizeI size = i == 0 ? layout.size : layout.chroma_size();
      frame::Image<uint8_t>& plane = planes->at(i);
      plane = frame::Image<uint8_t>(size);
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) plane.view().at(x, y) = byte();
      }
      views.at(i) = std::as_const(plane).view();
    }
    return std::make_shared<const frame::YuvPicture>(layout, views, planes);
  }

  Source source() {
    constexpr size_t kSourcesMax = 6;  // shared, as logos are
    if (sources_.size() >= kSourcesMax && !one_in(4)) {
      return sources_[static_cast<size_t>(between(0, static_cast<int>(sources_.size()) - 1))];
    }
    sources_.push_back(one_in(3) ? Source(video()) : Source(picture()));
    return sources_.back();
  }

  // Where an item lies: often on whole pixels, often moved only, at times anything.
  base::Affine place() {
    const double x = between(-60, list_.canvas.width), y = between(-60, list_.canvas.height);
    switch (between(0, 5)) {
      case 0:
      case 1:
        return base::translation(x, y);
      case 2:
        return base::translation(2 * std::floor(x / 2), 2 * std::floor(y / 2));
      case 3:
        return base::translation(x + real(0, 1), y + real(0, 1));
      case 4:
        return base::translation(x, y) * base::scaling(real(0.05, 3), real(0.05, 3));
      default:
        return base::translation(x, y) * base::rotation_degrees(real(-180, 180)) *
               base::scaling(real(-2, 2) + 0.01, real(0.1, 2));
    }
  }

  DrawItem item() {
    DrawItem item{source(), place(), 255, base::BlendMode::kNormal, std::nullopt};
    if (one_in(3)) item.opacity = static_cast<uint8_t>(between(1, 255));
    if (one_in(4)) item.blend = mode();
    if (one_in(4)) item.clip = clip(item);
    if (one_in(4)) item.recoloring = recoloring();
    if (one_in(5)) item.mask = mask();
    return item;
  }

  // Clear, full and partial areas, in which its bounds may lie anywhere.
  MaskPtr mask() {
    const base::SizeI size = list_.canvas;
    const base::RectI bounds{between(0, size.width / 2), between(0, size.height / 2),
                             between(size.width / 2, size.width),
                             between(size.height / 2, size.height)};
    frame::Image<uint8_t> coverage(size);
    const int full_left = between(0, size.width), full_top = between(0, size.height);
    const bool is_partial = one_in(2);
    for (int y = bounds.top; y < bounds.bottom; ++y) {
      for (int x = bounds.left; x < bounds.right; ++x) {
        const bool is_full = x >= full_left || y >= full_top;
        coverage.view().at(x, y) = is_full ? 255 : is_partial ? byte() : 0;
      }
    }
    return std::make_shared<const MaskPlane>(std::move(coverage), bounds);
  }

  // As filters have it: brighter, inverted, turned, fainter.
  frame::RecoloringPtr recoloring() {
    frame::Recoloring made;
    for (int i = between(0, 2); i > 0; --i) {
      frame::ColorMatrix matrix{};
      for (auto& row : matrix.rows) {
        for (float& factor : row) factor = static_cast<float>(real(-1.5, 1.5));
      }
      made.matrices.push_back(matrix);
    }
    if (one_in(2)) made.opacity = static_cast<float>(real(0, 1));
    return std::make_shared<const frame::Recoloring>(std::move(made));
  }

  base::BlendMode mode() {
    return static_cast<base::BlendMode>(between(0, static_cast<int>(base::BlendMode::kLuminosity)));
  }

  RoundedClip clip(const DrawItem& item) {
    return {item.canvas_from_picture * base::translation(real(-5, 20), real(-5, 20)),
            {real(1, 150), real(1, 150)},
            one_in(2) ? 0 : real(0, 60),
            one_in(4),
            {one_in(3) ? real(0, 90) : 0, one_in(4) ? real(0, 90) : 0}};
  }

  void change() {
    auto& items = list_.items;
    if (items.empty() || one_in(8)) {
      const int at = between(0, static_cast<int>(items.size()));
      items.insert(items.begin() + at, item());
      return;
    }
    const auto at = static_cast<size_t>(between(0, static_cast<int>(items.size()) - 1));
    DrawItem& one = items[at];
    switch (between(0, 11)) {
      case 0:
        items.erase(items.begin() + static_cast<ptrdiff_t>(at));
        return;
      case 1:
        std::swap(one, items[items.size() - 1 - at]);
        return;
      case 2:
        one.source = source();
        return;
      case 3:
        one.opacity = static_cast<uint8_t>(between(1, 255));
        return;
      case 4:
        one.blend = mode();
        return;
      case 5:
        one.clip = one.clip ? std::nullopt : std::optional(clip(one));
        return;
      case 6:
        one.canvas_from_picture = place();
        return;
      case 7:
        one.recoloring = one_in(3) ? nullptr : recoloring();
        return;
      case 8:
        if (one_in(10)) list_.background = color();
        return;
      case 9:
        one.mask = one_in(3) ? nullptr : mask();
        return;
      default:
        one.canvas_from_picture =
            base::translation(between(-3, 3), between(-3, 3)) * one.canvas_from_picture;
    }
  }

  std::mt19937_64 random_;
  std::vector<Source> sources_;
  DrawList list_;
};

}  // namespace layercast::compose
