#include "media/in/y4m_reader.h"

#include "base/check.h"
#include "base/parse_number.h"
#include "media/av/frame_format.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace layercast::media {
namespace {

using frame::PixelFormat;
using frame::ReadFrame;

constexpr size_t kLineBytesMax = 1024;
constexpr std::string_view kFrameMark = "FRAME";
constexpr std::string_view kDefaultChroma = "420jpeg";

/// A name of the C parameter.
struct Chroma {
  std::string_view name;
  AVPixelFormat format;
  AVChromaLocation siting = AVCHROMA_LOC_UNSPECIFIED;
};
constexpr std::array kChromas = {
    Chroma{"420jpeg", AV_PIX_FMT_YUV420P, AVCHROMA_LOC_CENTER},
    Chroma{"420", AV_PIX_FMT_YUV420P, AVCHROMA_LOC_CENTER},
    Chroma{"420mpeg2", AV_PIX_FMT_YUV420P, AVCHROMA_LOC_LEFT},
    Chroma{"420paldv", AV_PIX_FMT_YUV420P, AVCHROMA_LOC_TOPLEFT},
    Chroma{"422", AV_PIX_FMT_YUV422P, AVCHROMA_LOC_LEFT},
    Chroma{"444", AV_PIX_FMT_YUV444P},
    Chroma{"411", AV_PIX_FMT_YUV411P, AVCHROMA_LOC_LEFT},
    Chroma{"444alpha", AV_PIX_FMT_YUVA444P},
    Chroma{"mono", AV_PIX_FMT_GRAY8},
};

// `420p10`, `mono12` and so on: 9 to 16 bits, little-endian.
std::optional<Chroma> deep_chroma(std::string_view name) {
  const bool is_mono = name.starts_with("mono");
  const size_t letters = is_mono ? 4 : name.find('p');
  if (letters == std::string_view::npos) return std::nullopt;
  const std::string_view bits = name.substr(letters + (is_mono ? 0 : 1));
  const std::string format =
      is_mono ? "gray" + std::string(bits) + "le"
              : "yuv" + std::string(name.substr(0, 3)) + "p" + std::string(bits) + "le";
  const AVPixelFormat found = av_get_pix_fmt(format.c_str());
  const auto depth = base::parse_number<int>(bits);
  if (found == AV_PIX_FMT_NONE || !depth || *depth < 9) return std::nullopt;
  return Chroma{name, found, AVCHROMA_LOC_LEFT};
}

std::optional<Chroma> chroma_named(std::string_view name) {
  const auto found = std::ranges::find(kChromas, name, &Chroma::name);
  if (found != kChromas.end()) return *found;
  return deep_chroma(name);
}

// `30000:1001`; nullopt for anything else and for the 0:0 of an unknown ratio.
std::optional<base::FrameRate> ratio_of(std::string_view text) {
  std::string fraction(text);
  std::ranges::replace(fraction, ':', '/');
  return base::parse_frame_rate(fraction);
}

}  // namespace

Y4mReader::Y4mReader(int descriptor, std::string name, frame::StopRequested stop)
    : descriptor_(descriptor), name_(std::move(name)), stop_(std::move(stop)) {}

base::Result<Y4mReader> Y4mReader::open(int descriptor, std::string_view head, std::string name,
                                        frame::StopRequested stop) {
  LAYERCAST_CHECK(head.starts_with(kSignature));
  Y4mReader reader(descriptor, std::move(name), std::move(stop));
  TRY(const std::string line, reader.read_line(head));
  if (!line.ends_with('\n')) {
    return base::invalid_input("the header of the Y4M stream has no end", reader.name_);
  }
  reader.header_bytes_ = static_cast<int64_t>(line.size());
  TRY_DO(reader.take_header(std::string_view(line).substr(0, line.size() - 1)));
  TRY_DO(reader.check_conversion());
  return reader;
}

// Reads up to the end of a line, at most kLineBytesMax; without `\n` the input has ended.
base::Result<std::string> Y4mReader::read_line(std::string_view head) {
  std::string line(head);
  while (!line.ends_with('\n') && line.size() < kLineBytesMax) {
    uint8_t byte = 0;
    TRY(const size_t count, frame::read_bytes(descriptor_, {&byte, 1}, name_, stop_));
    if (count == 0) break;
    line += static_cast<char>(byte);
  }
  return line;
}

base::Result<void> Y4mReader::take_format(std::string_view chroma) {
  const auto known = chroma_named(chroma);
  if (!known) {
    return base::unsupported("the pixel format C" + std::string(chroma) +
                                 " of the Y4M stream is not supported; expected C420mpeg2, "
                                 "C420jpeg, C422 or C444, or one of these with more bits",
                             name_);
  }
  pixel_format_ = known->format;
  siting_ = known->siting;
  return {};
}

base::Result<void> Y4mReader::check_aspect(std::string_view value) const {
  const auto aspect = ratio_of(value);
  if (value == "0:0" || (aspect && aspect->numerator == aspect->denominator)) return {};
  return base::unsupported(
      "the pixels have the aspect ratio " + std::string(value) + "; expected square pixels (A1:1)",
      name_);
}

base::Result<void> Y4mReader::take_parameter(char key, std::string_view value) {
  const auto side = [&] { return base::parse_number<int>(value).value_or(0); };
  if (key == 'W') size_.width = side();
  if (key == 'H') size_.height = side();
  if (key == 'F') rate_ = ratio_of(value);
  if (key == 'C') return take_format(value);
  if (key == 'A') return check_aspect(value);
  if (key == 'X' && value == "COLORRANGE=FULL") is_full_range_ = true;
  if (key != 'I' || value == "p" || value == "?") return {};
  return base::unsupported("the frames are interlaced; expected progressive frames", name_);
}

base::Result<void> Y4mReader::take_header(std::string_view line) {
  TRY_DO(take_format(kDefaultChroma));
  line.remove_prefix(kSignature.size());
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    if (end > 0) TRY_DO(take_parameter(line[0], line.substr(1, end - 1)));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  if (!size_.empty()) return {};
  return base::invalid_input(
      "the header of the Y4M stream has no valid size; expected W and H above 0", name_);
}

LibavFramePtr Y4mReader::decoded_frame() const {
  LibavFramePtr decoded = new_frame();
  decoded->format = pixel_format_;
  decoded->width = size_.width;
  decoded->height = size_.height;
  decoded->colorspace = AVCOL_SPC_BT709;
  decoded->color_range = is_full_range_ ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  decoded->chroma_location = static_cast<AVChromaLocation>(siting_);
  return decoded;
}

// Also determines the size of a frame.
base::Result<void> Y4mReader::check_conversion() {
  payload_bytes_ = av_image_get_buffer_size(static_cast<AVPixelFormat>(pixel_format_), size_.width,
                                            size_.height, 1);
  if (payload_bytes_ <= 0) {
    return base::over_limit("frames of " + std::to_string(size_.width) + "x" +
                                std::to_string(size_.height) + " are too large",
                            name_);
  }
  auto opened = scaler_.open(*decoded_frame(), {AV_PIX_FMT_RGBA, true, true});
  if (opened.ok()) return {};
  base::Error error = std::move(opened).error();
  error.where = name_;
  return error;
}

bool Y4mReader::is_same(PixelFormat format) const {
  const bool is_sited = format != PixelFormat::kYuv420p || siting_ == AVCHROMA_LOC_LEFT;
  return format != PixelFormat::kRgba && format == frame_format_of(pixel_format_) && is_sited &&
         !is_full_range_;
}

base::Result<ReadFrame> Y4mReader::read(frame::Frame& target) {
  LAYERCAST_CHECK(target.size() == size_);
  TRY(const std::string line, read_line({}));
  if (line.empty()) return ReadFrame::kEnd;
  const bool is_mark = line.starts_with(kFrameMark) &&
                       (line[kFrameMark.size()] == ' ' || line[kFrameMark.size()] == '\n');
  if (!line.ends_with('\n') && line.size() < kLineBytesMax) {
    return base::Error{base::ErrorCode::kTruncated, "the input ends inside a frame", name_,
                       nullptr};
  }
  if (!is_mark) {
    return base::invalid_input("a frame of the Y4M stream does not begin with FRAME", name_);
  }
  if (target.format() == PixelFormat::kRgba) return read_converted(target);
  LAYERCAST_CHECK(is_same(target.format()));
  TRY(const ReadFrame read, frame::read_frame(descriptor_, target, name_, stop_));
  if (read == ReadFrame::kWhole) return read;
  return base::Error{base::ErrorCode::kTruncated, "the input ends inside a frame", name_, nullptr};
}

base::Result<ReadFrame> Y4mReader::read_converted(frame::Frame& target) {
  payload_.resize(static_cast<size_t>(payload_bytes_));
  TRY(const size_t count, frame::read_bytes(descriptor_, payload_, name_, stop_));
  if (count < payload_.size()) {
    return base::Error{base::ErrorCode::kTruncated,
                       "the input ends inside a frame: " + std::to_string(count) + " of " +
                           std::to_string(payload_.size()) + " bytes",
                       name_, nullptr};
  }
  const LibavFramePtr decoded = decoded_frame();
  av_image_fill_arrays(decoded->data, decoded->linesize, payload_.data(),
                       static_cast<AVPixelFormat>(pixel_format_), size_.width, size_.height, 1);
  TRY(const LibavFramePtr rgba, scaler_.scaled(*decoded, {AV_PIX_FMT_RGBA, true, true}));
  for (int y = 0; y < size_.height; ++y) {
    std::memcpy(target.plane(0) + y * target.row_bytes(0), rgba->data[0] + y * rgba->linesize[0],
                target.packed_row_bytes(0));
  }
  return ReadFrame::kWhole;
}

}  // namespace layercast::media
