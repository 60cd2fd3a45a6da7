#include "media/helper/live_messages.h"

#include "sandbox/message.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::media {
namespace {

using sandbox::MessageWriter;
using Track = LiveConnection::Track;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

MediaAnswer read(std::string bytes) { return MediaAnswer::read({std::move(bytes), {}}).value(); }

// A successful answer with these fields.
MediaAnswer answer_of(const std::vector<int64_t>& fields) {
  MessageWriter writer = answer_writer();
  for (const int64_t field : fields) writer.put(field);
  return read(writer.take());
}

LivePart picture_part() {
  LivePictureAnswer picture{-5, {64, 32.5}, {}, true};
  picture.plan.layout.size = {64, 32};
  return {false, picture};
}

TEST(LiveRequests, AreReadAsTheyWereWritten) {
  ConnectMessage connect{"rtmp://h/a/b"};
  connect.is_limited = true;
  connect.allowed_hosts = {"10.0.0.0/8", "*.example.com"};
  connect.ca_file = "/etc/ca.pem";
  connect.insecure_hosts = {"h"};
  connect.files = {"/etc/hosts"};
  for (const LiveRequest& request : std::vector<LiveRequest>{
           connect, ReadPacketMessage{}, DecodePacketMessage{}, DecodePacketMessage{-7, 3}}) {
    const std::string bytes = live_request_message(request);
    const auto again = live_request_of(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->index(), request.index());
    EXPECT_EQ(live_request_message(*again), bytes);
    EXPECT_FALSE(live_request_of(bytes + "x"));
    EXPECT_FALSE(live_request_of(bytes.substr(0, bytes.size() - 1)));
  }
  const auto again = std::get<ConnectMessage>(*live_request_of(live_request_message(connect)));
  EXPECT_EQ(again.source, connect.source);
  EXPECT_EQ(again.allowed_hosts, connect.allowed_hosts);
  EXPECT_TRUE(again.is_limited);
}

TEST(LiveAnswers, AreReadAsTheyWereWritten) {
  const LiveHeader header = live_header_of(read(live_header_answer({Pace::kStamps, true}))).value();
  EXPECT_EQ(header.pace, Pace::kStamps);
  EXPECT_TRUE(header.has_video);
  const auto packet =
      live_packet_of(read(live_packet_answer(LiveConnection::Packet{Track::kSound, -3}))).value();
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->track, Track::kSound);
  EXPECT_EQ(packet->stamp, -3);
  EXPECT_FALSE(live_packet_of(read(live_packet_answer(std::nullopt))).value());
  const LivePart part = live_part_of(read(live_part_answer(picture_part()))).value();
  EXPECT_FALSE(part.is_last);
  const auto& picture = std::get<LivePictureAnswer>(part.content);
  EXPECT_EQ(picture.stamp, -5);
  EXPECT_EQ(picture.display_size, (base::SizeF{64, 32.5}));
  EXPECT_EQ(picture.plan.layout.size, (base::SizeI{64, 32}));
  EXPECT_TRUE(picture.is_written);
  const LivePart heard =
      live_part_of(read(live_part_answer({true, LiveSoundAnswer{9, {0.5F, -1}}}))).value();
  EXPECT_TRUE(heard.is_last);
  EXPECT_EQ(std::get<LiveSoundAnswer>(heard.content).samples, (std::vector<float>{0.5F, -1}));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(
      live_part_of(read(live_part_answer({}))).value().content));
}

TEST(LiveAnswers, HaveNoAbsurdSizesAndStamps) {
  LivePart part = picture_part();
  auto& sent = std::get<LivePictureAnswer>(part.content);
  sent.display_size.width = 1e12;
  sent.stamp = kMost;
  const auto got =
      std::get<LivePictureAnswer>(live_part_of(read(live_part_answer(part))).value().content);
  EXPECT_LE(got.display_size.width, 1e6);
  EXPECT_LT(got.stamp, kMost / 2);
}

TEST(HostileLiveAnswers, HeadersAndPacketsAreWithinTheRules) {
  EXPECT_TRUE(live_header_of(answer_of({1, 0})));
  for (const auto& fields :
       std::vector<std::vector<int64_t>>{{2, 0}, {-1, 0}, {0, 2}, {0}, {0, 0, 0}}) {
    EXPECT_FALSE(live_header_of(answer_of(fields)));
  }
  EXPECT_TRUE(live_packet_of(answer_of({1, 2, 1, 5})));
  for (const auto& fields : std::vector<std::vector<int64_t>>{{2, 1, 1, 5},
                                                              {1, 3, 1, 5},
                                                              {1, -1, 1, 5},
                                                              {1, 1, 1, kMost},
                                                              {1, 1, 1, kLeast},
                                                              {1, 1, 1},
                                                              {0, 1},
                                                              {}}) {
    EXPECT_FALSE(live_packet_of(answer_of(fields)));
  }
}

TEST(HostileLiveAnswers, PartsAreWithinTheRules) {
  const auto part_with = [](int64_t stamp, double width, int64_t is_written, int64_t side) {
    MessageWriter writer = answer_writer();
    writer.put(int64_t{1});
    writer.put(int64_t{1});
    writer.put(stamp);
    writer.put(width);
    writer.put(9.0);
    writer.put(is_written);
    PicturePlan plan;
    plan.layout.size = {static_cast<int>(side), 8};
    put_plan(writer, plan);
    return live_part_of(read(writer.take()));
  };
  EXPECT_TRUE(part_with(1, 16, 1, 16));
  EXPECT_FALSE(part_with(kMost, 16, 1, 16));
  EXPECT_FALSE(part_with(kLeast, 16, 1, 16));
  EXPECT_FALSE(part_with(1, 0, 1, 16));
  EXPECT_FALSE(part_with(1, -3, 1, 16));
  EXPECT_FALSE(part_with(1, 1e9, 1, 16));
  EXPECT_FALSE(part_with(1, std::numeric_limits<double>::quiet_NaN(), 1, 16));
  EXPECT_FALSE(part_with(1, 16, 2, 16));
  EXPECT_FALSE(part_with(1, 16, 1, 0));
  EXPECT_FALSE(part_with(1, 16, 1, 70'000));
  for (const auto& fields : std::vector<std::vector<int64_t>>{
           {1, 3}, {1, -1}, {2, 0}, {1, 0, 0}, {1, 1}, {1, 2, 5}, {}}) {
    EXPECT_FALSE(live_part_of(answer_of(fields)));
  }
  MessageWriter odd = answer_writer();
  odd.put(int64_t{1});
  odd.put(int64_t{2});
  odd.put(int64_t{0});
  put_samples(odd, std::vector<float>{1, 2, 3});
  EXPECT_FALSE(live_part_of(read(odd.take()))) << "samples are pairs";
}

}  // namespace
}  // namespace layercast::media
