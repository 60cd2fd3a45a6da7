#pragma once

#include <string>

namespace layercast::content {

/// Returns the first line of libvips's error buffer and clears the buffer. All threads share the
/// buffer: concurrent failures may mix their messages.
std::string take_vips_error();

/// The same with all lines of the buffer.
std::string take_vips_errors();

/// Releases libvips's data of the calling thread, before the thread ends.
void leave_vips();

/// Releases a VipsArea, for example a VipsBlob.
struct VipsAreaFree {
  void operator()(void* area) const;
};

/// Releases memory allocated by GLib or libvips.
struct GlibFree {
  void operator()(void* memory) const;
};

}  // namespace layercast::content
