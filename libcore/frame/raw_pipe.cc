#include "frame/raw_pipe.h"

#include "base/check.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace layercast::frame {
namespace {

constexpr int kPipeBytes = 1 << 20;
constexpr size_t kSegmentsMax = 1024;  // IOV_MAX on Linux

// The payload of a frame as a scatter-gather list for readv() and writev().
std::vector<iovec> segments_of(const Frame& frame) {
  std::vector<iovec> segments;
  for (int plane = 0; plane < frame.planes(); ++plane) {
    const size_t row_bytes = frame.packed_row_bytes(plane);
    const int rows = plane_size(frame.format(), frame.size(), plane).height;
    auto* start = const_cast<uint8_t*>(frame.plane(plane));
    if (static_cast<size_t>(frame.row_bytes(plane)) == row_bytes) {
      segments.push_back({start, row_bytes * static_cast<size_t>(rows)});
      continue;
    }
    for (int y = 0; y < rows; ++y)
      segments.push_back({start + y * frame.row_bytes(plane), row_bytes});
  }
  return segments;
}

size_t bytes_of(const std::vector<iovec>& segments) {
  size_t total = 0;
  for (const iovec& segment : segments) total += segment.iov_len;
  return total;
}

// Removes `bytes` from the front of segments[first…].
void advance(std::vector<iovec>& segments, size_t& first, size_t bytes) {
  while (bytes > 0) {
    iovec& segment = segments[first];
    const size_t taken = std::min(bytes, segment.iov_len);
    segment.iov_base = static_cast<std::byte*>(segment.iov_base) + taken;
    segment.iov_len -= taken;
    bytes -= taken;
    if (segment.iov_len == 0) ++first;
  }
}

// Copies `bytes` to the front of the segments and removes that part.
void fill_front(std::vector<iovec>& segments, std::string_view bytes) {
  size_t filled = 0;
  while (!bytes.empty() && filled < segments.size()) {
    iovec& segment = segments[filled];
    const size_t count = std::min(bytes.size(), segment.iov_len);
    std::memcpy(segment.iov_base, bytes.data(), count);
    bytes.remove_prefix(count);
    segment.iov_base = static_cast<std::byte*>(segment.iov_base) + count;
    segment.iov_len -= count;
    if (segment.iov_len > 0) break;
    ++filled;
  }
  segments.erase(segments.begin(), segments.begin() + static_cast<ptrdiff_t>(filled));
}

enum class Ready { kYes, kInterrupted };

// Waits in short steps, so that it notices a stop even if the signal arrived just before the wait.
Ready wait_for(int descriptor, short events, const StopRequested& stop) {
  constexpr int kStepMilliseconds = 100;
  pollfd waiting{descriptor, events, 0};
  while (!stop()) {
    const int ready = ::poll(&waiting, 1, kStepMilliseconds);
    // A poll that a signal interrupted tells nothing about the pipe; the loop asks stop() again.
    if (ready > 0 || (ready < 0 && errno != EINTR)) return Ready::kYes;
  }
  return Ready::kInterrupted;
}

base::Error interrupted(const std::string& name) {
  return {base::ErrorCode::kInterrupted, "interrupted", name, nullptr};
}

// Calls `move`, readv() or writev(), until everything is moved or the input ends; returns the
// number of bytes moved.
template <class Move>
base::Result<size_t> move_segments(int descriptor, std::vector<iovec> segments, short events,
                                   std::string_view action, const std::string& name,
                                   const StopRequested& stop, Move move) {
  size_t moved = 0;
  for (size_t first = 0; first < segments.size();) {
    if (wait_for(descriptor, events, stop) == Ready::kInterrupted) return interrupted(name);
    const auto count = static_cast<int>(std::min(segments.size() - first, kSegmentsMax));
    const ssize_t bytes = move(descriptor, &segments[first], count);
    if (bytes < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (bytes < 0) return base::io_error(errno, action, name);
    if (bytes == 0) break;
    moved += static_cast<size_t>(bytes);
    advance(segments, first, static_cast<size_t>(bytes));
  }
  return moved;
}

}  // namespace

void enlarge_pipe(int descriptor) {
  // Fails on other descriptors and when the quota of the user is used up: both are harmless.
  static_cast<void>(::fcntl(descriptor, F_SETPIPE_SZ, kPipeBytes));
}

base::Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name,
                             const StopRequested& stop) {
  std::vector<iovec> segments{{const_cast<char*>(bytes.data()), bytes.size()}};
  if (bytes.empty()) return {};
  TRY([[maybe_unused]] const size_t moved, move_segments(descriptor, std::move(segments), POLLOUT,
                                                         "cannot write", name, stop, ::writev));
  return {};
}

base::Result<void> write_frame(int descriptor, const Frame& frame, const std::string& name,
                               const StopRequested& stop) {
  TRY([[maybe_unused]] const size_t moved,
      move_segments(descriptor, segments_of(frame), POLLOUT, "cannot write", name, stop, ::writev));
  return {};
}

base::Result<size_t> read_planes(int descriptor, Frame& frame, const std::string& name,
                                 const StopRequested& stop, std::string_view head) {
  std::vector<iovec> segments = segments_of(frame);
  fill_front(segments, head);
  TRY(const size_t moved,
      move_segments(descriptor, std::move(segments), POLLIN, "cannot read", name, stop, ::readv));
  return moved + head.size();
}

base::Result<ReadFrame> read_outcome(size_t bytes, const Frame& frame, const std::string& name) {
  const size_t wanted = bytes_of(segments_of(frame));
  if (bytes == wanted) return ReadFrame::kWhole;
  if (bytes == 0) return ReadFrame::kEnd;
  return base::Error{base::ErrorCode::kTruncated,
                     "the input ends inside a frame: " + std::to_string(bytes) + " of " +
                         std::to_string(wanted) + " bytes",
                     name, nullptr};
}

base::Result<ReadFrame> read_frame(int descriptor, Frame& frame, const std::string& name,
                                   const StopRequested& stop) {
  TRY(const size_t bytes, read_planes(descriptor, frame, name, stop, {}));
  return read_outcome(bytes, frame, name);
}

base::Result<size_t> read_bytes(int descriptor, std::span<uint8_t> bytes, const std::string& name,
                                const StopRequested& stop) {
  if (bytes.empty()) return size_t{0};
  return move_segments(descriptor, {{bytes.data(), bytes.size()}}, POLLIN, "cannot read", name,
                       stop, ::readv);
}

std::string y4m_header(PixelFormat format, base::SizeI size, base::FrameRate rate) {
  LAYERCAST_CHECK(layout_of(format).planes == 3);
  std::string_view chroma = "420mpeg2";
  if (format == PixelFormat::kYuv422p) chroma = "422";
  if (format == PixelFormat::kYuv444p) chroma = "444";
  return "YUV4MPEG2 W" + std::to_string(size.width) + " H" + std::to_string(size.height) + " F" +
         std::to_string(rate.numerator) + ":" + std::to_string(rate.denominator) + " Ip A1:1 C" +
         std::string(chroma) + " XCOLORRANGE=LIMITED\n";
}

}  // namespace layercast::frame
