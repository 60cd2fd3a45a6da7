#include "media/in/deinterlacer.h"

#include "base/check.h"
#include "media/in/decoded_format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
}

namespace layercast::media {
namespace {

// The weights of the filter, in 2^-13. High vertical frequencies come from the adjacent fields, low
// ones from the rows above and below; with strong motion, all come from the latter.
constexpr int kShift = 13;
constexpr std::array<int, 2> kCoarse = {4309, 213};
constexpr std::array<int, 3> kFine = {5570, 3801, 1016};
constexpr std::array<int, 2> kSpatial = {5077, 981};

/// One plane of the three frames, as samples.
template <class Sample>
struct Planes {
  const uint8_t* before;
  const uint8_t* here;
  const uint8_t* after;
  std::array<ptrdiff_t, 3> row_bytes;
  int height;
  int most;  ///< the largest sample

  const Sample* row(const uint8_t* plane, ptrdiff_t bytes, int y) const {
    // Mirrors rows beyond an edge, which preserves their field.
    const int in = y < 0 ? -y : y >= height ? 2 * (height - 1) - y : y;
    return reinterpret_cast<const Sample*>(plane + std::clamp(in, 0, height - 1) * bytes);
  }
  const Sample* row_before(int y) const { return row(before, row_bytes[0], y); }
  const Sample* row_here(int y) const { return row(here, row_bytes[1], y); }
  const Sample* row_after(int y) const { return row(after, row_bytes[2], y); }
};

template <class Sample>
void make_row(const Planes<Sample>& planes, int y, Sample* out, int width) {
  // Rows of the missing field, one field before and one field after.
  const Sample* ago = planes.row_before(y);
  const Sample* ahead = planes.row_here(y);
  const Sample* ago_up = planes.row_before(y - 2);
  const Sample* ago_down = planes.row_before(y + 2);
  const Sample* ahead_up = planes.row_here(y - 2);
  const Sample* ahead_down = planes.row_here(y + 2);
  const Sample* ago_up4 = planes.row_before(y - 4);
  const Sample* ago_down4 = planes.row_before(y + 4);
  const Sample* ahead_up4 = planes.row_here(y - 4);
  const Sample* ahead_down4 = planes.row_here(y + 4);
  // Rows of the present field, in this frame and in those before and after.
  const Sample* up = planes.row_here(y - 1);
  const Sample* down = planes.row_here(y + 1);
  const Sample* up3 = planes.row_here(y - 3);
  const Sample* down3 = planes.row_here(y + 3);
  const Sample* before_up = planes.row_before(y - 1);
  const Sample* before_down = planes.row_before(y + 1);
  const Sample* after_up = planes.row_after(y - 1);
  const Sample* after_down = planes.row_after(y + 1);
  for (int x = 0; x < width; ++x) {
    const int c = up[x];
    const int e = down[x];
    const int d = (ago[x] + ahead[x]) >> 1;
    const int moved = std::abs(ago[x] - ahead[x]);
    const int moved_before = (std::abs(before_up[x] - c) + std::abs(before_down[x] - e)) >> 1;
    const int moved_after = (std::abs(after_up[x] - c) + std::abs(after_down[x] - e)) >> 1;
    int bound = std::max(std::max(moved >> 1, moved_before), moved_after);
    const int b = ((ago_up[x] + ahead_up[x]) >> 1) - c;
    const int f = ((ago_down[x] + ahead_down[x]) >> 1) - e;
    const int high = std::max(std::max(d - e, d - c), std::min(b, f));
    const int low = std::min(std::min(d - e, d - c), std::max(b, f));
    const int still = bound;
    bound = std::max(std::max(bound, low), -high);
    const int far = up3[x] + down3[x];
    const int fine = (kFine[0] * (ago[x] + ahead[x]) -
                      kFine[1] * (ago_up[x] + ahead_up[x] + ago_down[x] + ahead_down[x]) +
                      kFine[2] * (ago_up4[x] + ahead_up4[x] + ago_down4[x] + ahead_down4[x])) >>
                     2;
    const int mixed = (fine + kCoarse[0] * (c + e) - kCoarse[1] * far) >> kShift;
    const int spatial = (kSpatial[0] * (c + e) - kSpatial[1] * far) >> kShift;
    const int wanted = std::abs(c - e) > moved ? mixed : spatial;
    const int bounded = std::min(std::max(wanted, d - bound), d + bound);
    const int made = still == 0 ? d : bounded;
    out[x] = static_cast<Sample>(std::min(std::max(made, 0), planes.most));
  }
}

// The bytes of a sample, when all components have whole bytes; 0 for formats that it cannot read.
int sample_bytes(const AVPixFmtDescriptor& format) {
  constexpr uint64_t kStrange = AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_PAL |
                                AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER |
                                AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BE;
  if ((format.flags & kStrange) != 0) return 0;
  const int bytes = format.comp[0].depth <= 8 ? 1 : 2;
  for (int i = 0; i < format.nb_components; ++i) {
    const AVComponentDescriptor& component = format.comp[i];
    const bool is_whole = bytes == 1 ? component.depth == 8 && component.shift == 0
                                     : component.depth > 8 && component.depth <= 16;
    if (!is_whole) return 0;
  }
  return bytes;
}

// The largest sample. With a shift, all 16 bits may be in use.
int most_of(const AVPixFmtDescriptor& format) {
  const AVComponentDescriptor& first = format.comp[0];
  return first.shift != 0 ? 65535 : (1 << first.depth) - 1;
}

template <class Sample>
void make_plane(Planes<Sample>& planes, const AVFrame& frame, int plane, AVFrame& target) {
  const int row_bytes = av_image_get_linesize(format_of(frame), frame.width, plane);
  const int width = row_bytes / static_cast<int>(sizeof(Sample));
  const int missing = frame.top_field_first != 0 ? 1 : 0;
  for (int y = 0; y < planes.height; ++y) {
    auto* out =
        reinterpret_cast<Sample*>(target.data[plane] + ptrdiff_t{target.linesize[plane]} * y);
    if (y % 2 == missing) {
      make_row(planes, y, out, width);
    } else {
      std::copy_n(planes.row_here(y), width, out);
    }
  }
}

bool is_alike(const AVFrame& a, const AVFrame& b) {
  return a.format == b.format && a.width == b.width && a.height == b.height;
}

template <class Sample>
void make_planes(const AVFrame& before, const AVFrame& frame, const AVFrame& after,
                 AVFrame& target) {
  const AVPixFmtDescriptor& format = descriptor_of(format_of(frame));
  for (int plane = 0; plane < av_pix_fmt_count_planes(format_of(frame)); ++plane) {
    const bool is_chroma = plane == 1 || plane == 2;
    const int height =
        is_chroma ? AV_CEIL_RSHIFT(frame.height, format.log2_chroma_h) : frame.height;
    Planes<Sample> planes{before.data[plane],
                          frame.data[plane],
                          after.data[plane],
                          {before.linesize[plane], frame.linesize[plane], after.linesize[plane]},
                          height,
                          most_of(format)};
    make_plane(planes, frame, plane, target);
  }
}

}  // namespace

bool is_interlaced(const AVFrame& frame) { return frame.interlaced_frame != 0; }

LibavFramePtr deinterlaced(const AVFrame* before, const AVFrame& frame, const AVFrame* after) {
  const int bytes = sample_bytes(descriptor_of(format_of(frame)));
  LibavFramePtr target = new_frame();
  if (bytes == 0 || frame.height < 2) {
    LAYERCAST_CHECK(av_frame_ref(target.get(), &frame) >= 0);
    return target;
  }
  target->format = frame.format;
  target->width = frame.width;
  target->height = frame.height;
  LAYERCAST_CHECK(av_frame_get_buffer(target.get(), 0) >= 0);
  LAYERCAST_CHECK(av_frame_copy_props(target.get(), &frame) >= 0);
  target->interlaced_frame = 0;
  const AVFrame& first = before != nullptr && is_alike(*before, frame) ? *before : frame;
  const AVFrame& last = after != nullptr && is_alike(*after, frame) ? *after : frame;
  if (bytes == 1) {
    make_planes<uint8_t>(first, frame, last, *target);
  } else {
    make_planes<uint16_t>(first, frame, last, *target);
  }
  return target;
}

}  // namespace layercast::media
