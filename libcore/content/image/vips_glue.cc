#include "content/image/vips_glue.h"

#include <algorithm>
#include <vips/vips.h>

namespace layercast::content {

std::string take_vips_errors() {
  char* buffer = vips_error_buffer_copy();
  std::string text(buffer);
  g_free(buffer);
  return text;
}

std::string take_vips_error() {
  std::string text = take_vips_errors();
  text.resize(std::min(text.find('\n'), text.size()));
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

void leave_vips() { vips_thread_shutdown(); }

void VipsAreaFree::operator()(void* area) const { vips_area_unref(static_cast<VipsArea*>(area)); }

void GlibFree::operator()(void* memory) const { g_free(memory); }

}  // namespace layercast::content
