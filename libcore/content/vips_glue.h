#pragma once

#include <string>

namespace layercast::content {

/// The first line of what libvips has to say about its last failure, which it then forgets.
/// The library keeps one list for all threads: two failures at once may share their words.
std::string take_vips_error();

/// Gives back what libvips keeps for the calling thread, which ends soon.
void leave_vips();

/// Gives a VipsArea, a VipsBlob for one, back to libvips.
struct VipsAreaFree {
  void operator()(void* area) const;
};

/// Gives memory back to GLib, from which libvips has it too.
struct GlibFree {
  void operator()(void* memory) const;
};

}  // namespace layercast::content
