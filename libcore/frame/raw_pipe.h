#pragma once

#include "base/error.h"
#include "base/time.h"
#include "frame/frame.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace layercast::frame {

/// A predicate that a waiting read or write polls; true makes the call fail with kInterrupted.
using StopRequested = std::function<bool()>;

/// Enlarges the pipe `descriptor` to 1 MiB where the system allows it: the default of 64 KiB costs
/// three times as much per frame. Does nothing for other descriptors.
void enlarge_pipe(int descriptor);

/// Writes all of `bytes`; blocks until then. `name` is the `where` of errors.
/// Errors: kBrokenPipe when the reader has closed its end, kIo, kInterrupted.
base::Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name,
                             const StopRequested& stop);

/// Writes the planes of a frame without row padding.
/// Errors: as write_all().
base::Result<void> write_frame(int descriptor, const Frame& frame, const std::string& name,
                               const StopRequested& stop);

/// Whether read_frame() has read a frame or found the end of the input.
enum class ReadFrame { kWhole, kEnd };

/// Reads the planes of one frame, without row padding. kEnd when the input ends before the first
/// byte. Errors: kTruncated, with the number of bytes read, when the input ends inside the frame;
/// kIo, kInterrupted.
base::Result<ReadFrame> read_frame(int descriptor, Frame& frame, const std::string& name,
                                   const StopRequested& stop);

/// As read_frame(), but returns the number of bytes that the input still had for the frame.
/// `head`: the first bytes of the frame, which have been read already and count.
base::Result<size_t> read_planes(int descriptor, Frame& frame, const std::string& name,
                                 const StopRequested& stop, std::string_view head);
/// The result of read_frame() after read_planes() has returned `bytes`.
base::Result<ReadFrame> read_outcome(size_t bytes, const Frame& frame, const std::string& name);

/// Fills `bytes`; returns their number, which is smaller only at the end of the input.
/// Errors: kIo, kInterrupted.
base::Result<size_t> read_bytes(int descriptor, std::span<uint8_t> bytes, const std::string& name,
                                const StopRequested& stop);

/// The header line of a YUV4MPEG2 stream: BT.709 limited range, left-sited 4:2:0.
/// Range: a planar YUV format.
std::string y4m_header(PixelFormat format, base::SizeI size, base::FrameRate rate);
/// The line before each frame.
inline constexpr std::string_view kY4mFrameHeader = "FRAME\n";

}  // namespace layercast::frame
