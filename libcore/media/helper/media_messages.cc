#include "media/helper/media_messages.h"

#include "frame/image.h"
#include "frame/picture.h"
#include "media/av/input_limits.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>
#include <limits>
#include <utility>

namespace layercast::media {
namespace {

using frame::AnyPicture;
using sandbox::MessageReader;
using sandbox::MessageWriter;

constexpr int64_t kSucceeded = -1;  // in place of the code of an error
constexpr size_t kTextBytesMax = MessageReader::kLineBytesMax;
constexpr int64_t kFrameBytesMax = 4 * input_limits::kPixelsMax;

int64_t process_nanoseconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

MessageWriter writer_with(int64_t code) {
  MessageWriter writer;
  writer.put(process_nanoseconds());
  writer.put(code);
  return writer;
}

// ---- Requests -----------------------------------------------------------------------------------

// The fields of each request, which are whole numbers.
std::vector<int64_t> fields(const OpenVideoMessage& request) { return {request.threads}; }
std::vector<int64_t> fields(const NextFrameMessage& request) {
  std::vector<int64_t> fields;
  for (const auto* numbers : {&request.buffers, &request.released}) {
    fields.push_back(static_cast<int64_t>(numbers->size()));
    fields.insert(fields.end(), numbers->begin(), numbers->end());
  }
  return fields;
}
std::vector<int64_t> fields(const SeekVideoMessage& request) { return {request.tick}; }
std::vector<int64_t> fields(const CheckFrameMessage& request) { return {request.tick}; }
std::vector<int64_t> fields(const PictureMessage& request) {
  return {request.tick, request.buffer};
}
std::vector<int64_t> fields(const OpenAudioMessage& request) {
  return {static_cast<int64_t>(request.origin)};
}
std::vector<int64_t> fields(const NextSamplesMessage& /*request*/) { return {}; }
std::vector<int64_t> fields(const SeekAudioMessage& request) { return {request.place}; }
std::vector<int64_t> fields(const VideoLengthMessage& /*request*/) { return {}; }

// The suffix of the file's name; null for a request that has no file.
template <class Request>
const std::string* suffix_of(const Request& request) {
  if constexpr (requires { request.suffix; }) {
    return &request.suffix;
  } else {
    return nullptr;
  }
}

std::vector<int64_t> taken_numbers(MessageReader& reader, int64_t most) {
  std::vector<int64_t> numbers(
      static_cast<size_t>(std::clamp<int64_t>(reader.take_int(), 0, most)));
  for (int64_t& number : numbers) number = reader.take_int();
  return numbers;
}

MediaRequest request_of(int64_t kind, MessageReader& reader) {
  switch (kind) {
    case 0: {
      const auto threads = static_cast<int>(std::clamp<int64_t>(reader.take_int(), 0, 64));
      return OpenVideoMessage{threads, reader.take_text()};
    }
    case 1: {
      NextFrameMessage request;
      request.buffers = taken_numbers(reader, kBuffersMax);
      request.released = taken_numbers(reader, kHoldsMax);
      return request;
    }
    case 2:
      return SeekVideoMessage{reader.take_int()};
    case 3:
      return CheckFrameMessage{reader.take_int()};
    case 4: {
      const int64_t tick = reader.take_int();
      return PictureMessage{tick, reader.take_int()};
    }
    case 5: {
      const auto origin = reader.take_int() == 1 ? AudioOrigin::kVideo : AudioOrigin::kSound;
      return OpenAudioMessage{origin, reader.take_text()};
    }
    case 6:
      return NextSamplesMessage{};
    case 7:
      return SeekAudioMessage{reader.take_int()};
    default:
      return VideoLengthMessage{reader.take_text()};
  }
}

// ---- Pictures -----------------------------------------------------------------------------------

int64_t plane_bytes(base::SizeI size, int64_t bytes_of_sample) {
  return frame::aligned_row_bytes(size.width * bytes_of_sample) * size.height;
}

base::SizeI plane_size(const frame::YuvLayout& layout, int plane) {
  return plane == 0 ? layout.size : layout.chroma_size();
}

bool is_divisor(int64_t value, int64_t most) {
  return value == 1 || value == 2 || (value == 4 && most == 4);
}

bool is_enum(int64_t value, int64_t last) { return value >= 0 && value <= last; }

}  // namespace

std::string request_message(const MediaRequest& request) {
  MessageWriter writer;
  writer.put(static_cast<int64_t>(request.index()));
  for (const int64_t field : std::visit([](const auto& each) { return fields(each); }, request)) {
    writer.put(field);
  }
  const std::string* suffix = std::visit([](const auto& each) { return suffix_of(each); }, request);
  if (suffix != nullptr) writer.put(std::string_view(*suffix));
  return writer.take();
}

std::optional<MediaRequest> request_of(std::string_view bytes) {
  MessageReader reader(bytes);
  const int64_t kind = reader.take_int();
  if (kind < 0 || kind >= static_cast<int64_t>(std::variant_size_v<MediaRequest>)) {
    return std::nullopt;
  }
  MediaRequest request = request_of(kind, reader);
  if (!reader.is_complete()) return std::nullopt;
  return request;
}

// ---- Answers ------------------------------------------------------------------------------------

std::string error_answer(const base::Error& error) {
  MessageWriter writer = writer_with(static_cast<int64_t>(error.code));
  // Without the place: the job knows no path.
  base::Error placeless = error;
  placeless.where.clear();
  writer.put(std::string_view(placeless.to_string()).substr(0, kTextBytesMax));
  return writer.take();
}

MessageWriter answer_writer() { return writer_with(kSucceeded); }

base::Error unexpected_request() { return base::internal_error("the request is not possible now"); }

std::string done_answer() { return answer_writer().take(); }

std::string video_answer(const VideoHeader& header) {
  MessageWriter writer = answer_writer();
  writer.put(header.time_base.numerator);
  writer.put(header.time_base.denominator);
  writer.put(header.display_size.width);
  writer.put(header.display_size.height);
  return writer.take();
}

std::string frame_answer(const std::optional<VideoFrame>& frame, const SharedFrames::Lack& lack) {
  MessageWriter writer = answer_writer();
  writer.put(lack.bytes);
  writer.put(std::min(lack.buffers, kBuffersMax));
  writer.put(int64_t{frame ? 1 : 0});
  if (!frame) return writer.take();
  writer.put(frame->tick);
  writer.put(frame->end_tick);
  writer.put(frame->picture_bytes);
  return writer.take();
}

std::string samples_answer(std::span<const float> samples, int64_t first_sample) {
  MessageWriter writer = answer_writer();
  writer.put(first_sample);
  put_samples(writer, samples);
  return writer.take();
}

std::string seek_answer(bool is_there, int64_t first_sample) {
  MessageWriter writer = answer_writer();
  writer.put(int64_t{is_there ? 1 : 0});
  writer.put(first_sample);
  return writer.take();
}

std::string audio_answer(bool has_sound, int64_t first_sample) {
  return seek_answer(has_sound, first_sample);
}

std::string length_answer(const std::optional<base::SceneTime>& length) {
  MessageWriter writer = answer_writer();
  writer.put(int64_t{length ? 1 : 0});
  writer.put(length ? length->numerator : int64_t{0});
  writer.put(length ? length->denominator : int64_t{1});
  return writer.take();
}

int64_t PicturePlan::bytes() const {
  if (has_alpha) return plane_bytes(layout.size, sizeof(frame::PremulRgba8));
  int64_t sum = 0;
  for (int plane = 0; plane < 3; ++plane) sum += plane_bytes(plane_size(layout, plane), 1);
  return sum;
}

PicturePlan plan_of(const AnyPicture& picture) {
  if (const auto* pixels = std::get_if<frame::PicturePtr>(&picture)) {
    PicturePlan plan;
    plan.has_alpha = true;
    plan.layout.size = (*pixels)->size();
    return plan;
  }
  return {false, std::get<frame::YuvPicturePtr>(picture)->layout()};
}

void write_picture(const AnyPicture& picture, std::span<std::byte> buffer) {
  std::byte* to = buffer.data();
  const auto write_rows = [&to](const auto& view) {
    const auto row_bytes = static_cast<size_t>(view.width()) * sizeof(view.at(0, 0));
    const ptrdiff_t step = frame::aligned_row_bytes(static_cast<ptrdiff_t>(row_bytes));
    for (int y = 0; y < view.height(); ++y, to += step) std::memcpy(to, view.row(y), row_bytes);
  };
  if (const auto* pixels = std::get_if<frame::PicturePtr>(&picture)) {
    write_rows((*pixels)->view());
    return;
  }
  const auto& yuv = *std::get<frame::YuvPicturePtr>(picture);
  for (int plane = 0; plane < 3; ++plane) write_rows(yuv.plane(plane));
}

std::string picture_answer(const PicturePlan& plan, PicturePlace place,
                           const SharedPlanes& shared) {
  MessageWriter writer = answer_writer();
  writer.put(static_cast<int64_t>(place));
  put_plan(writer, plan);
  if (place == PicturePlace::kShared) {
    writer.put(shared.hold);
    writer.put(shared.buffer);
    for (const SharedPlanes::Plane& plane : shared.planes) {
      writer.put(plane.offset);
      writer.put(plane.row_bytes);
    }
  }
  return writer.take();
}

void put_plan(MessageWriter& writer, const PicturePlan& plan) {
  const frame::YuvLayout& layout = plan.layout;
  for (const int64_t field :
       {int64_t{plan.has_alpha ? 1 : 0}, int64_t{layout.size.width}, int64_t{layout.size.height},
        int64_t{layout.chroma_divisor_x}, int64_t{layout.chroma_divisor_y},
        static_cast<int64_t>(layout.matrix), static_cast<int64_t>(layout.range),
        static_cast<int64_t>(layout.siting)}) {
    writer.put(field);
  }
}

std::optional<PicturePlan> take_plan(MessageReader& reader) {
  std::array<int64_t, 8> fields{};
  for (int64_t& field : fields) field = reader.take_int();
  const auto& [has_alpha, width, height, divisor_x, divisor_y, matrix, range, siting] = fields;
  const bool is_valid = is_enum(has_alpha, 1) && width > 0 && height > 0 &&
                        width <= std::numeric_limits<int16_t>::max() * 2 &&
                        height <= std::numeric_limits<int16_t>::max() * 2 &&
                        width * height <= input_limits::kPixelsMax && is_divisor(divisor_x, 4) &&
                        is_divisor(divisor_y, 2) && is_enum(matrix, 1) && is_enum(range, 1) &&
                        is_enum(siting, 2);
  if (!is_valid) return std::nullopt;
  PicturePlan plan;
  plan.has_alpha = has_alpha == 1;
  plan.layout = {{static_cast<int>(width), static_cast<int>(height)},
                 static_cast<int>(divisor_x),
                 static_cast<int>(divisor_y),
                 static_cast<frame::YuvMatrix>(matrix),
                 static_cast<frame::YuvRange>(range),
                 static_cast<frame::ChromaSiting>(siting)};
  return plan;
}

void put_samples(MessageWriter& writer, std::span<const float> samples) {
  writer.put(std::string_view(reinterpret_cast<const char*>(samples.data()), samples.size_bytes()));
}

std::optional<std::vector<float>> take_samples(MessageReader& reader) {
  const std::string bytes = reader.take_text();
  constexpr size_t kFrameBytes = 2 * sizeof(float);
  if (bytes.size() % kFrameBytes != 0) return std::nullopt;
  std::vector<float> samples(bytes.size() / sizeof(float));
  if (!bytes.empty()) std::memcpy(samples.data(), bytes.data(), bytes.size());
  for (float& sample : samples) {
    if (!std::isfinite(sample)) sample = 0;
  }
  return samples;
}

base::Error broken_answer() {
  return base::internal_error("the decoder process gave an answer that breaks the rules");
}

base::Result<MediaAnswer> MediaAnswer::read(const sandbox::Message& message) {
  MessageReader reader(message.bytes);
  MediaAnswer answer;
  // 52 days: the sum of many processes is far from an overflow.
  answer.nanoseconds_ = std::clamp<int64_t>(reader.take_int(), 0, int64_t{1} << 52);
  const int64_t code = reader.take_int();
  constexpr size_t kHead = 2 * sizeof(int64_t);
  if (message.bytes.size() < kHead || !message.descriptors.empty()) return broken_answer();
  if (code == kSucceeded) {
    answer.fields_ = message.bytes.substr(kHead);
    return answer;
  }
  base::Error error{static_cast<base::ErrorCode>(code), reader.take_line(), {}, {}};
  const bool is_code = code >= 0 && code <= static_cast<int64_t>(base::ErrorCode::kInternal);
  if (!is_code || !reader.is_complete()) return broken_answer();
  return error;
}

base::Result<void> MediaAnswer::done() const {
  if (!fields_.empty()) return broken_answer();
  return {};
}

base::Result<VideoHeader> MediaAnswer::video() const {
  MessageReader reader(fields_);
  VideoHeader header;
  header.time_base.numerator = reader.take_int();
  header.time_base.denominator = reader.take_int();
  header.display_size.width = reader.take_double();
  header.display_size.height = reader.take_double();
  constexpr int64_t kTermMax = std::numeric_limits<int32_t>::max();
  constexpr double kSideMax = 1e6;
  const bool is_valid =
      reader.is_complete() && header.time_base.numerator > 0 && header.time_base.denominator > 0 &&
      header.time_base.numerator <= kTermMax && header.time_base.denominator <= kTermMax &&
      header.display_size.width > 0 && header.display_size.height > 0 &&
      header.display_size.width <= kSideMax && header.display_size.height <= kSideMax;
  if (!is_valid) return broken_answer();
  return header;
}

base::Result<MediaAnswer::NextFrame> MediaAnswer::frame() const {
  MessageReader reader(fields_);
  NextFrame next;
  next.lack.bytes = reader.take_int();
  next.lack.buffers = reader.take_int();
  const bool is_lack = next.lack.bytes >= 0 && next.lack.bytes <= kFrameBytesMax &&
                       next.lack.buffers >= 0 && next.lack.buffers <= kBuffersMax;
  if (!is_lack) return broken_answer();
  const int64_t is_there = reader.take_int();
  if (is_there == 0 && reader.is_complete()) return next;
  VideoFrame frame;
  frame.tick = reader.take_int();
  frame.end_tick = reader.take_int();
  frame.picture_bytes = reader.take_int();
  // Far from where sums of ticks overflow.
  constexpr int64_t kTickMax = int64_t{1} << 60;
  const bool is_valid = is_there == 1 && reader.is_complete() && frame.tick > -kTickMax &&
                        frame.end_tick > frame.tick && frame.end_tick < kTickMax &&
                        frame.picture_bytes >= 0 && frame.picture_bytes < kTickMax;
  if (!is_valid) return broken_answer();
  next.frame = std::move(frame);
  return next;
}

base::Result<MediaAnswer::Samples> MediaAnswer::samples() const {
  MessageReader reader(fields_);
  Samples samples;
  samples.first_sample = reader.take_int();
  auto values = take_samples(reader);
  const bool is_valid =
      values && reader.is_complete() && std::abs(samples.first_sample / 2) < int64_t{1} << 60;
  if (!is_valid) return broken_answer();
  samples.samples = *std::move(values);
  return samples;
}

base::Result<MediaAnswer::Place> MediaAnswer::place() const {
  MessageReader reader(fields_);
  const int64_t is_there = reader.take_int();
  const Place place{is_there == 1, reader.take_int()};
  const bool is_valid = reader.is_complete() && is_enum(is_there, 1) &&
                        std::abs(place.first_sample / 2) < int64_t{1} << 60;
  if (!is_valid) return broken_answer();
  return place;
}

base::Result<std::optional<base::SceneTime>> MediaAnswer::length() const {
  MessageReader reader(fields_);
  const int64_t is_there = reader.take_int();
  const base::SceneTime length{reader.take_int(), reader.take_int()};
  if (!reader.is_complete() || !is_enum(is_there, 1)) return broken_answer();
  if (is_there == 0) return std::optional<base::SceneTime>();
  const bool is_valid = length.numerator >= 0 && length.denominator > 0 &&
                        length.numerator < int64_t{1} << 60 &&
                        length.denominator <= std::numeric_limits<int32_t>::max();
  if (!is_valid) return broken_answer();
  return std::optional(length);
}

base::Result<MediaAnswer::Picture> MediaAnswer::picture() const {
  MessageReader reader(fields_);
  Picture picture;
  const int64_t place = reader.take_int();
  const auto plan = take_plan(reader);
  if (place == static_cast<int64_t>(PicturePlace::kShared)) {
    picture.shared.hold = reader.take_int();
    picture.shared.buffer = reader.take_int();
    for (SharedPlanes::Plane& plane : picture.shared.planes) {
      plane = {reader.take_int(), reader.take_int()};
    }
  }
  if (!plan || !reader.is_complete() || !is_enum(place, 2)) return broken_answer();
  picture.place = static_cast<PicturePlace>(place);
  picture.plan = *plan;
  return picture;
}

AnyPicture picture_in(const PicturePlan& plan, std::span<const std::byte> buffer,
                      std::shared_ptr<const void> owner) {
  const base::SizeI size = plan.layout.size;
  if (plan.has_alpha) {
    const ptrdiff_t step =
        frame::aligned_row_bytes(ptrdiff_t{size.width} * ptrdiff_t{sizeof(frame::PremulRgba8)});
    frame::Image<frame::PremulRgba8> pixels(size);
    for (int y = 0; y < size.height; ++y) {
      const std::byte* row = buffer.data() + y * step;
      frame::PremulRgba8* to = pixels.view().row(y);
      // Copied first: the job may change it between a check and a use.
      std::memcpy(to, row, static_cast<size_t>(size.width) * sizeof(frame::PremulRgba8));
      for (int x = 0; x < size.width; ++x) {
        const uint8_t alpha = to[x].alpha;
        to[x] = {std::min(to[x].red, alpha), std::min(to[x].green, alpha),
                 std::min(to[x].blue, alpha), alpha};
      }
    }
    return std::make_shared<const frame::Picture>(std::move(pixels));
  }
  std::array<frame::YuvPicture::Plane, 3> planes;
  const std::byte* at = buffer.data();
  for (int plane = 0; plane < 3; ++plane) {
    const base::SizeI part = plane_size(plan.layout, plane);
    const ptrdiff_t step = frame::aligned_row_bytes(part.width);
    planes[static_cast<size_t>(plane)] = {reinterpret_cast<const uint8_t*>(at), part, step};
    at += step * part.height;
  }
  return frame::YuvPicturePtr(
      std::make_shared<frame::YuvPicture>(plan.layout, planes, std::move(owner)));
}

base::Result<AnyPicture> picture_at(const PicturePlan& plan, const SharedPlanes& shared,
                                    std::span<const std::byte> buffer,
                                    std::shared_ptr<const void> owner) {
  if (plan.has_alpha) return broken_answer();
  const auto size = static_cast<int64_t>(buffer.size());
  std::array<frame::YuvPicture::Plane, 3> planes;
  for (size_t i = 0; i < planes.size(); ++i) {
    const auto& [offset, row_bytes] = shared.planes.at(i);
    const base::SizeI part = plane_size(plan.layout, static_cast<int>(i));
    // Each of the terms is far from where the sum overflows.
    const bool is_within = offset >= 0 && offset < size && row_bytes >= part.width &&
                           row_bytes < size &&
                           offset + row_bytes * (part.height - 1) + part.width +
                                   static_cast<int64_t>(FrameMemory::kTailBytes) <=
                               size;
    if (!is_within) return broken_answer();
    planes.at(i) = {reinterpret_cast<const uint8_t*>(buffer.data()) + offset, part,
                    static_cast<ptrdiff_t>(row_bytes)};
  }
  return AnyPicture(frame::YuvPicturePtr(
      std::make_shared<frame::YuvPicture>(plan.layout, planes, std::move(owner))));
}

}  // namespace layercast::media
