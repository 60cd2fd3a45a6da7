#include "compose/blend.h"
#include "compose/kernels.h"
#include "frame/image.h"

namespace layercast::compose::scalar {
namespace {

// Replaces every pixel of `target` by shown(x, y, its previous value).
template <class Shown>
void each_pixel(Target target, Shown shown) {
  for (int y = 0; y < target.height(); ++y) {
    for (int x = 0; x < target.width(); ++x) target.at(x, y) = shown(x, y, target.at(x, y));
  }
}

}  // namespace

void composite_over(Pixels source, uint8_t opacity, Target target) {
  each_pixel(target, [&](int x, int y, frame::PremulRgba8 below) {
    return frame::over(faded(source.at(x, y), opacity), below);
  });
}

void composite_black_over(BlackPixels source, uint8_t opacity, Target target) {
  each_pixel(target, [&](int x, int y, frame::PremulRgba8 below) {
    return frame::over(faded({0, 0, 0, source.at(x, y)}, opacity), below);
  });
}

void composite_over(Pixels source, Mask mask, Target target) {
  each_pixel(target, [&](int x, int y, frame::PremulRgba8 below) {
    return frame::over(faded(source.at(x, y), mask.at(x, y)), below);
  });
}

void composite_blended(base::BlendMode mode, Pixels source, uint8_t opacity, Target target) {
  each_pixel(target, [&](int x, int y, frame::PremulRgba8 below) {
    return blended(mode, faded(source.at(x, y), opacity), below);
  });
}

void composite_blended(base::BlendMode mode, Pixels source, Mask mask, Target target) {
  each_pixel(target, [&](int x, int y, frame::PremulRgba8 below) {
    return blended(mode, faded(source.at(x, y), mask.at(x, y)), below);
  });
}

}  // namespace layercast::compose::scalar
