// Any bytes as an answer of a hostile process that decodes a video, a sound or a live source: each
// reading of it is refused, or gives values within the limits. The requests are read back as they
// were written.

#include "base/check.h"
#include "media/helper/live_messages.h"
#include "media/helper/media_messages.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace media = layercast::media;

namespace {

void check_picture(const media::MediaAnswer& answer) {
  const auto picture = answer.picture();
  if (!picture) return;
  const media::PicturePlan& plan = picture.value().plan;
  constexpr int64_t kBytesMax = 1 << 20;  // larger ones only take longer
  LAYERCAST_CHECK(plan.bytes() > 0);
  if (plan.bytes() > kBytesMax) return;
  if (picture.value().place == media::PicturePlace::kShared) {
    const std::vector<std::byte> frame(size_t{1} << 16, std::byte{0x40});
    const auto shown = media::picture_at(plan, picture.value().shared, frame, nullptr);
    if (!shown || plan.has_alpha) return;
    const auto& planes = *std::get<layercast::frame::YuvPicturePtr>(shown.value());
    for (int i = 0; i < 3; ++i) {
      const auto& plane = planes.plane(i);
      LAYERCAST_CHECK(plane.at(0, 0) == 0x40);
      LAYERCAST_CHECK(plane.at(plane.width() - 1, plane.height() - 1) == 0x40);
    }
    return;
  }
  const std::vector<std::byte> buffer(static_cast<size_t>(plan.bytes()), std::byte{0x80});
  const auto made = media::picture_in(plan, buffer, std::make_shared<int>(0));
  LAYERCAST_CHECK(layercast::frame::size_of(made) == plan.layout.size);
}

void check_live(const media::MediaAnswer& answer) {
  static_cast<void>(media::live_header_of(answer));
  constexpr int64_t kStampMax = int64_t{1} << 62;
  if (const auto packet = media::live_packet_of(answer); packet && packet.value()) {
    const int64_t stamp = packet.value()->stamp.value_or(0);
    LAYERCAST_CHECK(stamp > -kStampMax && stamp < kStampMax);
  }
  const auto part = media::live_part_of(answer);
  if (!part) return;
  if (const auto* sound = std::get_if<media::LiveSoundAnswer>(&part.value().content)) {
    LAYERCAST_CHECK(sound->samples.size() % 2 == 0);
    for (const float sample : sound->samples) LAYERCAST_CHECK(std::isfinite(sample));
  }
  if (const auto* picture = std::get_if<media::LivePictureAnswer>(&part.value().content)) {
    LAYERCAST_CHECK(picture->plan.bytes() > 0 && picture->display_size.width > 0 &&
                    picture->display_size.height > 0);
  }
}

bool is_same(const media::ConnectMessage& a, const media::ConnectMessage& b) {
  return std::tie(a.source, a.is_limited, a.allowed_hosts, a.ca_file, a.insecure_hosts, a.files) ==
         std::tie(b.source, b.is_limited, b.allowed_hosts, b.ca_file, b.insecure_hosts, b.files);
}
bool is_same(const media::ReadPacketMessage& /*a*/, const media::ReadPacketMessage& /*b*/) {
  return true;
}
bool is_same(const media::DecodePacketMessage& a, const media::DecodePacketMessage& b) {
  return std::tie(a.lag, a.buffer) == std::tie(b.lag, b.buffer);
}

// A request is read back as it was written.
void check_live_request(const media::LiveRequest& request) {
  const auto again = media::live_request_of(media::live_request_message(request));
  LAYERCAST_CHECK(again && again->index() == request.index());
  std::visit(
      [&](const auto& each) {
        using Request = std::decay_t<decltype(each)>;
        LAYERCAST_CHECK(is_same(std::get<Request>(*again), each));
      },
      request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  if (const auto request = media::request_of(text)) {
    const std::string written = media::request_message(*request);
    const auto again = media::request_of(written);
    LAYERCAST_CHECK(again && media::request_message(*again) == written);
  }
  if (const auto request = media::live_request_of(text)) check_live_request(*request);
  const auto answer = media::MediaAnswer::read({text, {}});
  if (!answer) {
    LAYERCAST_CHECK(answer.error().where.empty());
    return 0;
  }
  check_picture(answer.value());
  check_live(answer.value());
  static_cast<void>(answer.value().done());
  if (const auto frame = answer.value().frame(); frame && frame.value().frame) {
    LAYERCAST_CHECK(frame.value().frame->tick < frame.value().frame->end_tick);
  }
  if (const auto header = answer.value().video()) {
    LAYERCAST_CHECK(header.value().time_base.denominator > 0);
  }
  if (const auto samples = answer.value().samples()) {
    for (const float sample : samples.value().samples) LAYERCAST_CHECK(std::isfinite(sample));
  }
  static_cast<void>(answer.value().place());
  static_cast<void>(answer.value().length());
  return 0;
}
