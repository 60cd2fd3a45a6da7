#include "content/decode/decode_messages.h"

#include "content/image/image_format.h"
#include "content/picture/fit.h"
#include "content/picture/remarks.h"
#include "sandbox/message.h"
#include "sandbox/sealed_bytes.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using Pixels = frame::Image<frame::PremulRgba8>;
using sandbox::MessageReader;
using sandbox::MessageWriter;

constexpr size_t kTextBytesMax = MessageReader::kLineBytesMax;

// A number that does not fit gives one that the checks refuse.
int int_of(MessageReader& reader) {
  const int64_t value = reader.take_int();
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) return -1;
  return static_cast<int>(value);
}

// ---- Requests -----------------------------------------------------------------------------------

void put(MessageWriter& /*writer*/, const ImageRequestMessage& /*request*/) {}
void put(MessageWriter& /*writer*/, const OpenPicturesMessage& /*request*/) {}
void put(MessageWriter& /*writer*/, const CheckFontMessage& /*request*/) {}

void put(MessageWriter& writer, const PictureMessage& request) {
  writer.put(int64_t{request.number});
}

void put(MessageWriter& writer, const OpenSvgMessage& request) {
  writer.put(int64_t{request.wants_remarks ? 1 : 0});
}

void put(MessageWriter& writer, const DrawMessage& request) {
  for (const int value : {request.scaled.width, request.scaled.height, request.part.left,
                          request.part.top, request.part.right, request.part.bottom}) {
    writer.put(int64_t{value});
  }
}

void put(MessageWriter& writer, const DrawAtMessage& request) {
  const base::RectF& place = request.place;
  const base::Affine& map = request.map;
  for (const double value : {place.left, place.top, place.right, place.bottom, map.xx, map.xy,
                             map.yx, map.yy, map.x0, map.y0}) {
    writer.put(value);
  }
  writer.put(int64_t{request.canvas.width});
  writer.put(int64_t{request.canvas.height});
}

void take(MessageReader& /*reader*/, ImageRequestMessage& /*request*/) {}
void take(MessageReader& /*reader*/, OpenPicturesMessage& /*request*/) {}
void take(MessageReader& /*reader*/, CheckFontMessage& /*request*/) {}

void take(MessageReader& reader, PictureMessage& request) { request.number = int_of(reader); }

void take(MessageReader& reader, OpenSvgMessage& request) {
  request.wants_remarks = reader.take_int() != 0;
}

void take(MessageReader& reader, DrawMessage& request) {
  for (int* value : {&request.scaled.width, &request.scaled.height, &request.part.left,
                     &request.part.top, &request.part.right, &request.part.bottom}) {
    *value = int_of(reader);
  }
}

void take(MessageReader& reader, DrawAtMessage& request) {
  base::RectF& place = request.place;
  base::Affine& map = request.map;
  for (double* value : {&place.left, &place.top, &place.right, &place.bottom, &map.xx, &map.xy,
                        &map.yx, &map.yy, &map.x0, &map.y0}) {
    *value = reader.take_double();
  }
  request.canvas.width = int_of(reader);
  request.canvas.height = int_of(reader);
}

template <class Request>
DecodeRequest taken(MessageReader& reader) {
  Request request;
  take(reader, request);
  return request;
}

// By the index of the variant.
using Take = DecodeRequest (*)(MessageReader& reader);
constexpr Take kTakes[] = {taken<ImageRequestMessage>, taken<OpenPicturesMessage>,
                           taken<PictureMessage>,      taken<OpenSvgMessage>,
                           taken<DrawMessage>,         taken<DrawAtMessage>,
                           taken<CheckFontMessage>};
static_assert(std::size(kTakes) == std::variant_size_v<DecodeRequest>);

// ---- Answers ------------------------------------------------------------------------------------

constexpr int64_t kSucceeded = -1;  // in place of the code of an error

base::Error rule_broken() {
  return base::internal_error("the decoder process gave an answer that breaks the rules");
}

// Starts reading an answer. Errors: that of the answer.
base::Result<MessageReader> succeeded(const sandbox::Message& answer) {
  MessageReader reader(answer.bytes);
  const int64_t code = reader.take_int();
  if (code == kSucceeded) return reader;
  base::Error error{static_cast<base::ErrorCode>(code), reader.take_line(), {}, {}};
  const bool is_code = code >= 0 && code <= static_cast<int64_t>(base::ErrorCode::kInternal);
  if (!is_code || !reader.is_complete()) return rule_broken();
  return error;
}

base::Result<sandbox::SealedBytes> file_in(const sandbox::Message& answer, int64_t bytes) {
  if (answer.descriptors.size() != 1) return rule_broken();
  auto mapped = sandbox::SealedBytes::map(answer.descriptors.front(), bytes);
  if (!mapped || static_cast<int64_t>(mapped.value().bytes().size()) != bytes) {
    return rule_broken();
  }
  return mapped;
}

frame::PremulRgba8 valid_pixel(frame::PremulRgba8 pixel) {
  return {std::min(pixel.red, pixel.alpha), std::min(pixel.green, pixel.alpha),
          std::min(pixel.blue, pixel.alpha), pixel.alpha};
}

int64_t packed_bytes(base::SizeI size) {
  return size.area() * static_cast<int64_t>(sizeof(frame::PremulRgba8));
}

base::Result<sandbox::Descriptor> packed_file(const Pixels& picture) {
  TRY(sandbox::SealedWriter writer, sandbox::SealedWriter::create());
  const auto view = picture.view();
  for (int y = 0; y < view.height(); ++y) {
    TRY_DO(writer.write(std::as_bytes(std::span(view.row(y), static_cast<size_t>(view.width())))));
  }
  return std::move(writer).seal();
}

bool is_picture_size(base::SizeI size) {
  constexpr int kSideMax = std::max(limits::kImageSideMax, limits::kPictureSideMax);
  constexpr int64_t kPixelsMax = std::max(limits::kImagePixelsMax, limits::kPicturePixelsMax);
  return size.width > 0 && size.height > 0 && size.width <= kSideMax && size.height <= kSideMax &&
         size.area() <= kPixelsMax;
}

}  // namespace

std::string request_message(const DecodeRequest& request) {
  MessageWriter writer;
  writer.put(static_cast<int64_t>(request.index()));
  std::visit([&](const auto& each) { put(writer, each); }, request);
  return writer.take();
}

std::optional<DecodeRequest> request_of(std::string_view bytes) {
  MessageReader reader(bytes);
  const int64_t kind = reader.take_int();
  if (kind < 0 || kind >= static_cast<int64_t>(std::size(kTakes))) return std::nullopt;
  DecodeRequest request = kTakes[kind](reader);
  if (!reader.is_complete()) return std::nullopt;
  return request;
}

DecodeAnswer error_answer(const base::Error& error) {
  MessageWriter writer;
  writer.put(static_cast<int64_t>(error.code));
  // Decoders name no place.
  writer.put(std::string_view(error.to_string()).substr(0, kTextBytesMax));
  return {writer.take(), {}};
}

DecodeAnswer picture_answer(const base::Result<Pixels>& picture) {
  if (!picture) return error_answer(picture.error());
  auto file = packed_file(picture.value());
  if (!file) return error_answer(file.error());
  MessageWriter writer;
  writer.put(kSucceeded);
  writer.put(int64_t{picture.value().size().width});
  writer.put(int64_t{picture.value().size().height});
  return {writer.take(), std::move(file).value()};
}

DecodeAnswer pictures_answer(const PictureReader& reader) {
  std::vector<int64_t> delays;
  for (const base::Duration delay : reader.delays()) delays.push_back(delay.count());
  const auto bytes = std::as_bytes(std::span(delays));
  auto file = sandbox::sealed({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!file) return error_answer(file.error());
  MessageWriter writer;
  writer.put(kSucceeded);
  writer.put(int64_t{reader.size().width});
  writer.put(int64_t{reader.size().height});
  writer.put(int64_t{reader.count()});
  writer.put(int64_t{reader.plays()});
  writer.put(static_cast<int64_t>(delays.size()));
  return {writer.take(), std::move(file).value()};
}

DecodeAnswer svg_answer(base::SizeF size, const std::vector<std::string>& remarks) {
  MessageWriter writer;
  writer.put(kSucceeded);
  writer.put(size.width);
  writer.put(size.height);
  writer.put(static_cast<int64_t>(remarks.size()));
  for (const std::string& remark : remarks) {
    writer.put(std::string_view(remark).substr(0, kTextBytesMax));
  }
  return {writer.take(), {}};
}

DecodeAnswer font_answer(const base::Result<void>& checked) {
  if (!checked) return error_answer(checked.error());
  MessageWriter writer;
  writer.put(kSucceeded);
  return {writer.take(), {}};
}

base::Result<Pixels> picture_in(const sandbox::Message& answer,
                                const std::optional<base::SizeI>& size) {
  TRY(MessageReader reader, succeeded(answer));
  const int width = int_of(reader);
  const int height = int_of(reader);
  const base::SizeI given{width, height};
  if (!reader.is_complete() || !is_picture_size(given) || (size && given != *size)) {
    return rule_broken();
  }
  TRY_DO(check_picture_memory(given.area()));
  TRY(const sandbox::SealedBytes file, file_in(answer, packed_bytes(given)));
  const auto* from = reinterpret_cast<const frame::PremulRgba8*>(file.bytes().data());
  Pixels picture(given);
  for (int y = 0; y < height; ++y, from += width) {
    std::transform(from, from + width, picture.view().row(y), valid_pixel);
  }
  return picture;
}

base::Result<PicturesHeader> pictures_in(const sandbox::Message& answer) {
  TRY(MessageReader reader, succeeded(answer));
  PicturesHeader header;
  header.size.width = int_of(reader);
  header.size.height = int_of(reader);
  header.count = int_of(reader);
  header.plays = int_of(reader);
  const int delays = int_of(reader);
  const bool is_valid = reader.is_complete() && is_picture_size(header.size) && header.count >= 1 &&
                        header.count <= limits::kAnimatedPicturesMax &&
                        header.size.area() * header.count <=
                            std::max(limits::kAnimatedPixelsMax, limits::kImagePixelsMax) &&
                        header.plays >= 0 && (delays == 0 || delays == header.count);
  if (!is_valid) return rule_broken();
  TRY(const sandbox::SealedBytes file, file_in(answer, int64_t{delays} * 8));
  for (int i = 0; i < delays; ++i) {
    int64_t nanoseconds = 0;
    std::memcpy(&nanoseconds, file.bytes().data() + ptrdiff_t{i} * 8, sizeof nanoseconds);
    constexpr int64_t kLongest = int64_t{100'000} * 1'000'000'000;
    header.delays.emplace_back(std::clamp<int64_t>(nanoseconds, 0, kLongest));
  }
  return header;
}

base::Result<SvgHeader> svg_in(const sandbox::Message& answer) {
  TRY(MessageReader reader, succeeded(answer));
  SvgHeader header;
  header.size.width = reader.take_double();
  header.size.height = reader.take_double();
  const int64_t remarks = reader.take_int();
  if (remarks < 0 || remarks > static_cast<int64_t>(Remarks::kCountMax)) return rule_broken();
  for (int64_t i = 0; i < remarks; ++i) header.remarks.push_back(reader.take_line());
  if (!reader.is_complete() || header.size.width <= 0 || header.size.height <= 0) {
    return rule_broken();
  }
  return header;
}

base::Result<void> font_in(const sandbox::Message& answer) {
  TRY(const MessageReader reader, succeeded(answer));
  if (!reader.is_complete()) return rule_broken();
  return {};
}

}  // namespace layercast::content
