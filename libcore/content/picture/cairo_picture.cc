#include "content/picture/cairo_picture.h"

#include "base/check.h"

#include <cairo/cairo.h>
#include <cstdint>
#include <cstring>
#include <new>

namespace layercast::content {
namespace {

CairoSurface surface_of(cairo_format_t format, base::SizeI size) {
  CairoSurface surface(cairo_image_surface_create(format, size.width, size.height));
  const cairo_status_t status = cairo_surface_status(surface.get());
  if (status == CAIRO_STATUS_NO_MEMORY) throw std::bad_alloc();
  LAYERCAST_CHECK(status == CAIRO_STATUS_SUCCESS);
  return surface;
}

}  // namespace

void CairoFree::operator()(cairo_t* context) const { cairo_destroy(context); }
void CairoFree::operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
void CairoFree::operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }

CairoSurface make_surface(base::SizeI size) { return surface_of(CAIRO_FORMAT_ARGB32, size); }
CairoSurface make_mask_surface(base::SizeI size) { return surface_of(CAIRO_FORMAT_A8, size); }

frame::Image<frame::PremulRgba8> image_from_surface(cairo_surface_t* surface) {
  LAYERCAST_CHECK(cairo_image_surface_get_format(surface) == CAIRO_FORMAT_ARGB32);
  cairo_surface_flush(surface);
  const base::SizeI size{cairo_image_surface_get_width(surface),
                         cairo_image_surface_get_height(surface)};
  const unsigned char* pixels = cairo_image_surface_get_data(surface);
  const ptrdiff_t row_bytes = cairo_image_surface_get_stride(surface);
  frame::Image<frame::PremulRgba8> image(size);
  for (int y = 0; y < size.height; ++y) {
    const unsigned char* from = pixels + y * row_bytes;
    frame::PremulRgba8* to = image.view().row(y);
    for (int x = 0; x < size.width; ++x) {
      uint32_t argb = 0;  // a word in native byte order
      std::memcpy(&argb, from + ptrdiff_t{4} * x, sizeof argb);
      to[x] = {static_cast<uint8_t>(argb >> 16), static_cast<uint8_t>(argb >> 8),
               static_cast<uint8_t>(argb), static_cast<uint8_t>(argb >> 24)};
    }
  }
  return image;
}

}  // namespace layercast::content
