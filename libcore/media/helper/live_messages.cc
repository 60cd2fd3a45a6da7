#include "media/helper/live_messages.h"

#include "sandbox/message.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace layercast::media {
namespace {

using sandbox::MessageReader;
using sandbox::MessageWriter;

constexpr int64_t kTextsMax = 10'000;
constexpr int64_t kYear = int64_t{366} * 24 * 3600 * 1'000'000'000;  // nanoseconds
constexpr int64_t kStampMax = 101 * kYear;  // LiveVideoTrack uses stamps of 100 years
constexpr double kSideMax = 1e6;

void put(MessageWriter& writer, const std::vector<std::string>& texts) {
  writer.put(static_cast<int64_t>(texts.size()));
  for (const std::string& text : texts) writer.put(std::string_view(text));
}

std::vector<std::string> take_texts(MessageReader& reader) {
  std::vector<std::string> texts;
  const int64_t count = std::clamp<int64_t>(reader.take_int(), 0, kTextsMax);
  for (int64_t i = 0; i < count; ++i) texts.push_back(reader.take_text());
  return texts;
}

void put(MessageWriter& writer, std::optional<int64_t> value) {
  writer.put(int64_t{value ? 1 : 0});
  writer.put(value.value_or(0));
}

std::optional<int64_t> take_optional(MessageReader& reader) {
  const bool is_there = reader.take_int() != 0;
  const int64_t value = reader.take_int();
  return is_there ? std::optional(value) : std::nullopt;
}

void put_fields(MessageWriter& writer, const ConnectMessage& request) {
  writer.put(std::string_view(request.source));
  writer.put(int64_t{request.is_limited ? 1 : 0});
  put(writer, request.allowed_hosts);
  writer.put(std::string_view(request.ca_file));
  put(writer, request.insecure_hosts);
  put(writer, request.files);
}
void put_fields(MessageWriter& /*writer*/, const ReadPacketMessage& /*request*/) {}
void put_fields(MessageWriter& writer, const DecodePacketMessage& request) {
  put(writer, request.lag);
  put(writer, request.buffer);
}

LiveRequest request_of(int64_t kind, MessageReader& reader) {
  switch (kind) {
    case 0: {
      ConnectMessage request{reader.take_text()};
      request.is_limited = reader.take_int() != 0;
      request.allowed_hosts = take_texts(reader);
      request.ca_file = reader.take_text();
      request.insecure_hosts = take_texts(reader);
      request.files = take_texts(reader);
      return request;
    }
    case 1:
      return ReadPacketMessage{};
    default: {
      DecodePacketMessage request;
      request.lag = take_optional(reader);
      request.buffer = take_optional(reader);
      return request;
    }
  }
}

bool is_flag(int64_t value) { return value == 0 || value == 1; }
bool is_stamp(int64_t value) { return value >= -kStampMax && value <= kStampMax; }
bool is_side(double value) { return value > 0 && value <= kSideMax; }

std::optional<LivePictureAnswer> take_picture(MessageReader& reader) {
  LivePictureAnswer picture;
  picture.stamp = reader.take_int();
  picture.display_size.width = reader.take_double();
  picture.display_size.height = reader.take_double();
  const int64_t is_written = reader.take_int();
  const auto plan = take_plan(reader);
  const bool is_valid = plan && is_flag(is_written) && is_stamp(picture.stamp) &&
                        is_side(picture.display_size.width) && is_side(picture.display_size.height);
  if (!is_valid) return std::nullopt;
  picture.is_written = is_written == 1;
  picture.plan = *plan;
  return picture;
}

std::optional<LiveSoundAnswer> take_sound(MessageReader& reader) {
  LiveSoundAnswer sound;
  sound.stamp = reader.take_int();
  auto samples = take_samples(reader);
  if (!samples || !is_stamp(sound.stamp)) return std::nullopt;
  sound.samples = *std::move(samples);
  return sound;
}

}  // namespace

// ---- Requests -----------------------------------------------------------------------------------

std::string live_request_message(const LiveRequest& request) {
  MessageWriter writer;
  writer.put(static_cast<int64_t>(request.index()));
  std::visit([&](const auto& each) { put_fields(writer, each); }, request);
  return writer.take();
}

std::optional<LiveRequest> live_request_of(std::string_view bytes) {
  MessageReader reader(bytes);
  const int64_t kind = reader.take_int();
  if (kind < 0 || kind >= static_cast<int64_t>(std::variant_size_v<LiveRequest>)) {
    return std::nullopt;
  }
  LiveRequest request = request_of(kind, reader);
  if (!reader.is_complete()) return std::nullopt;
  return request;
}

// ---- Answers ------------------------------------------------------------------------------------

std::string live_header_answer(const LiveHeader& header) {
  MessageWriter writer = answer_writer();
  writer.put(static_cast<int64_t>(header.pace));
  writer.put(int64_t{header.has_video ? 1 : 0});
  return writer.take();
}

std::string live_packet_answer(const std::optional<LiveConnection::Packet>& packet) {
  MessageWriter writer = answer_writer();
  writer.put(int64_t{packet ? 1 : 0});
  if (!packet) return writer.take();
  writer.put(static_cast<int64_t>(packet->track));
  put(writer, packet->stamp);
  return writer.take();
}

std::string live_part_answer(const LivePart& part) {
  MessageWriter writer = answer_writer();
  writer.put(int64_t{part.is_last ? 1 : 0});
  writer.put(static_cast<int64_t>(part.content.index()));
  if (const auto* picture = std::get_if<LivePictureAnswer>(&part.content)) {
    writer.put(std::clamp(picture->stamp, -kStampMax, kStampMax));
    // Some aspect ratios are absurd.
    writer.put(std::min(picture->display_size.width, kSideMax));
    writer.put(std::min(picture->display_size.height, kSideMax));
    writer.put(int64_t{picture->is_written ? 1 : 0});
    put_plan(writer, picture->plan);
  } else if (const auto* sound = std::get_if<LiveSoundAnswer>(&part.content)) {
    writer.put(std::clamp(sound->stamp, -kStampMax, kStampMax));
    put_samples(writer, sound->samples);
  }
  return writer.take();
}

base::Result<LiveHeader> live_header_of(const MediaAnswer& answer) {
  MessageReader reader(answer.fields());
  const int64_t pace = reader.take_int();
  const int64_t has_video = reader.take_int();
  if (!reader.is_complete() || !is_flag(pace) || !is_flag(has_video)) return broken_answer();
  return LiveHeader{static_cast<Pace>(pace), has_video == 1};
}

base::Result<std::optional<LiveConnection::Packet>> live_packet_of(const MediaAnswer& answer) {
  constexpr auto kTrackLast = static_cast<int64_t>(LiveConnection::Track::kSound);
  MessageReader reader(answer.fields());
  const int64_t is_there = reader.take_int();
  if (is_there == 0 && reader.is_complete()) return std::optional<LiveConnection::Packet>();
  const int64_t track = reader.take_int();
  const std::optional<int64_t> stamp = take_optional(reader);
  const bool is_valid = is_there == 1 && reader.is_complete() && track >= 0 &&
                        track <= kTrackLast && is_stamp(stamp.value_or(0));
  if (!is_valid) return broken_answer();
  return std::optional(LiveConnection::Packet{static_cast<LiveConnection::Track>(track), stamp});
}

base::Result<LivePart> live_part_of(const MediaAnswer& answer) {
  MessageReader reader(answer.fields());
  const int64_t is_last = reader.take_int();
  const int64_t kind = reader.take_int();
  LivePart part{is_last == 1};
  bool is_valid = is_flag(is_last);
  if (kind == 1) {
    auto picture = take_picture(reader);
    is_valid = is_valid && picture;
    if (picture) part.content = *picture;
  } else if (kind == 2) {
    auto sound = take_sound(reader);
    is_valid = is_valid && sound;
    if (sound) part.content = *std::move(sound);
  } else {
    is_valid = is_valid && kind == 0;
  }
  if (!is_valid || !reader.is_complete()) return broken_answer();
  return part;
}

}  // namespace layercast::media
