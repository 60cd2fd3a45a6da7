#pragma once

#include "base/error.h"
#include "base/time.h"
#include "frame/frame.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace layercast::frame {

/// Asked while a read or write waits: true gives up with kInterrupted.
using StopRequested = std::function<bool()>;

/// Makes the pipe `descriptor` as large as the system lets this user (1 MiB as a rule): the default
/// of 64 KiB costs three times as much per frame. Does nothing for what is no pipe.
void enlarge_pipe(int descriptor);

/// Writes all of `bytes`. `name`: what errors call the place.
/// Errors: kBrokenPipe when the reader is gone, kIo, kInterrupted.
base::Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name,
                             const StopRequested& stop);

/// Writes a frame's planes without row padding.
/// Errors: as write_all.
base::Result<void> write_frame(int descriptor, const Frame& frame, const std::string& name,
                               const StopRequested& stop);

/// How much of a frame was there.
enum class ReadFrame { kWhole, kEnd };

/// Reads one frame's planes, rows packed. kEnd when the input ended before its first byte.
/// Errors: kTruncated, with how much there was, when it ends inside the frame; kIo, kInterrupted.
base::Result<ReadFrame> read_frame(int descriptor, Frame& frame, const std::string& name,
                                   const StopRequested& stop);

/// The line that begins a YUV4MPEG2 stream of such frames: BT.709 limited range, left-sited 4:2:0.
/// Range: a planar YUV format.
std::string y4m_header(PixelFormat format, base::SizeI size, base::FrameRate rate);
/// The line before each frame.
inline constexpr std::string_view kY4mFrameHeader = "FRAME\n";

}  // namespace layercast::frame
