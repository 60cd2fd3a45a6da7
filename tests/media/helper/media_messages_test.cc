#include "media/helper/media_messages.h"

#include "frame/image.h"
#include "frame/picture.h"
#include "sandbox/message.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::media {
namespace {

using sandbox::Message;
using sandbox::MessageWriter;

Message message_of(std::string bytes) { return {std::move(bytes), {}}; }

// A successful answer with these fields.
Message answer_of(const std::vector<int64_t>& fields) {
  MessageWriter writer;
  writer.put(int64_t{5});
  writer.put(int64_t{-1});
  for (const int64_t field : fields) writer.put(field);
  return message_of(writer.take());
}

MediaAnswer read(const Message& message) { return MediaAnswer::read(message).value(); }

TEST(MediaRequests, AreReadAsTheyWereWritten) {
  const std::vector<MediaRequest> requests = {OpenVideoMessage{3},
                                              NextFrameMessage{},
                                              NextFrameMessage{{4, 5}, {-6}},
                                              SeekVideoMessage{-41},
                                              CheckFrameMessage{7},
                                              PictureMessage{8, 9},
                                              OpenAudioMessage{AudioOrigin::kVideo},
                                              NextSamplesMessage{},
                                              SeekAudioMessage{1000},
                                              VideoLengthMessage{}};
  for (const MediaRequest& request : requests) {
    const std::string bytes = request_message(request);
    const auto again = request_of(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->index(), request.index());
    EXPECT_EQ(request_message(*again), bytes);
    EXPECT_FALSE(request_of(bytes + "x"));
    EXPECT_FALSE(request_of(bytes.substr(0, bytes.size() - 1)));
  }
}

TEST(MediaAnswers, AreReadAsTheyWereWritten) {
  const VideoHeader header =
      read(message_of(video_answer({{1, 90'000}, {1920, 1080.5}}))).video().value();
  EXPECT_EQ(header.time_base.denominator, 90'000);
  EXPECT_EQ(header.display_size, (base::SizeF{1920, 1080.5}));
  VideoFrame sent;
  sent.tick = -3;
  sent.end_tick = 4;
  sent.picture_bytes = 99;
  const auto next =
      read(message_of(frame_answer(std::optional(std::move(sent)), {3'200'000, 7}))).frame();
  const std::optional<VideoFrame>& frame = next.value().frame;
  EXPECT_EQ(next.value().lack.bytes, 3'200'000);
  EXPECT_EQ(next.value().lack.buffers, 7);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->tick, -3);
  EXPECT_EQ(frame->end_tick, 4);
  EXPECT_EQ(frame->picture_bytes, 99);
  EXPECT_FALSE(read(message_of(frame_answer(std::nullopt, {}))).frame().value().frame);
  const std::vector<float> samples = {0.5F, -0.5F, 1, 0};
  const auto sound = read(message_of(samples_answer(samples, -7))).samples().value();
  EXPECT_EQ(sound.samples, samples);
  EXPECT_EQ(sound.first_sample, -7);
  EXPECT_TRUE(read(message_of(seek_answer(true, 12))).place().value().is_there);
  EXPECT_EQ(read(message_of(length_answer(base::SceneTime{7, 25}))).length().value()->numerator, 7);
  EXPECT_FALSE(read(message_of(length_answer(std::nullopt))).length().value());
  EXPECT_TRUE(read(message_of(done_answer())).done());
  EXPECT_GT(read(message_of(done_answer())).nanoseconds(), 0);
}

TEST(MediaAnswers, ErrorsLoseThePlace) {
  const auto answer =
      MediaAnswer::read(message_of(error_answer(base::unsupported("no decoder", "/media"))));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::ErrorCode::kUnsupported);
  EXPECT_EQ(answer.error().to_string(), "no decoder");
}

TEST(MediaAnswers, PicturesOfPlanesComeBack) {
  constexpr base::SizeI kSize{5, 3};
  auto planes = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
  std::array<frame::YuvPicture::Plane, 3> views;
  frame::YuvLayout layout;
  layout.size = kSize;
  for (size_t i = 0; i < 3; ++i) {
    (*planes)[i] = frame::Image<uint8_t>(i == 0 ? kSize : layout.chroma_size());
    const auto view = (*planes)[i].view();
    for (int y = 0; y < view.height(); ++y) {
      for (int x = 0; x < view.width(); ++x) {
        view.at(x, y) =
            static_cast<uint8_t>(100 * i + 10 * static_cast<size_t>(y) + static_cast<size_t>(x));
      }
    }
    views[i] = std::as_const((*planes)[i]).view();
  }
  const frame::AnyPicture sent = std::make_shared<frame::YuvPicture>(layout, views, planes);
  const PicturePlan plan = plan_of(sent);
  std::vector<std::byte> buffer(static_cast<size_t>(plan.bytes()));
  write_picture(sent, buffer);
  const auto answer =
      read(message_of(picture_answer(plan, PicturePlace::kCopied))).picture().value();
  EXPECT_EQ(answer.place, PicturePlace::kCopied);
  EXPECT_EQ(answer.plan.layout, layout);
  const auto got =
      std::get<frame::YuvPicturePtr>(picture_in(answer.plan, buffer, std::make_shared<int>(1)));
  for (int i = 0; i < 3; ++i) {
    const auto plane = got->plane(i);
    ASSERT_EQ(plane.size(), views[static_cast<size_t>(i)].size());
    for (int y = 0; y < plane.height(); ++y) {
      for (int x = 0; x < plane.width(); ++x) {
        EXPECT_EQ(plane.at(x, y), views[static_cast<size_t>(i)].at(x, y));
      }
    }
  }
}

TEST(MediaAnswers, PicturesInBuffersForFramesComeBack) {
  PicturePlan plan;
  plan.layout.size = {4, 2};
  const SharedPlanes sent{3, 2, {{{64, 32}, {128, 16}, {200, 16}}}};
  const auto answer =
      read(message_of(picture_answer(plan, PicturePlace::kShared, sent))).picture().value();
  EXPECT_EQ(answer.place, PicturePlace::kShared);
  EXPECT_EQ(answer.shared.hold, 3);
  EXPECT_EQ(answer.shared.buffer, 2);
  std::vector<std::byte> buffer(300);
  buffer[64 + 32 + 3] = std::byte{7};
  buffer[128 + 1] = std::byte{8};
  buffer[200] = std::byte{9};
  const auto owner = std::make_shared<int>(1);
  const auto picture =
      std::get<frame::YuvPicturePtr>(picture_at(answer.plan, answer.shared, buffer, owner).value());
  EXPECT_EQ(owner.use_count(), 2);
  EXPECT_EQ(picture->plane(0).at(3, 1), 7);
  EXPECT_EQ(picture->plane(1).at(1, 0), 8);
  EXPECT_EQ(picture->plane(2).at(0, 0), 9);
}

TEST(MediaAnswers, NoColourIsAboveAlpha) {
  PicturePlan plan;
  plan.has_alpha = true;
  plan.layout.size = {1, 1};
  std::vector<std::byte> buffer(static_cast<size_t>(plan.bytes()), std::byte{0xff});
  buffer[3] = std::byte{9};
  const auto picture = std::get<frame::PicturePtr>(picture_in(plan, buffer, nullptr));
  EXPECT_EQ(picture->view().at(0, 0), (frame::PremulRgba8{9, 9, 9, 9}));
}

// ---- What a hostile process may answer ----------------------------------------------------------

TEST(HostileMediaAnswers, FramesHaveAnOrderAndNoHugeTimes) {
  const auto frame_of = [](std::vector<int64_t> fields) {
    fields.insert(fields.begin(), {0, 0});  // nothing is lacking
    return read(answer_of(fields)).frame();
  };
  EXPECT_TRUE(frame_of({1, 2, 3, 4}));
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  for (const auto& fields : std::vector<std::vector<int64_t>>{{1, 3, 3, 4},
                                                              {1, 3, 2, 4},
                                                              {1, kLeast, 2, 4},
                                                              {1, 0, kMost, 4},
                                                              {1, 2, 3, -1},
                                                              {1, 2, 3, kMost},
                                                              {2, 2, 3, 4},
                                                              {1, 2, 3},
                                                              {0, 1},
                                                              {}}) {
    EXPECT_FALSE(frame_of(fields));
  }
}

TEST(HostileMediaAnswers, AskForFewBuffersOfFrames) {
  EXPECT_TRUE(read(answer_of({1'000'000, 16, 0})).frame());
  for (const auto& fields : std::vector<std::vector<int64_t>>{
           {1'000'000, 17, 0}, {1'000'000, -1, 0}, {-1, 1, 0}, {int64_t{1} << 40, 1, 0}}) {
    EXPECT_FALSE(read(answer_of(fields)).frame());
  }
}

TEST(HostileMediaAnswers, PlanesLieWithinTheirBuffer) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  PicturePlan plan;
  plan.layout.size = {16, 4};
  const std::vector<std::byte> buffer(256 + FrameMemory::kTailBytes);
  const SharedPlanes valid{0, 0, {{{0, 32}, {128, 8}, {256 - 16, 8}}}};
  EXPECT_TRUE(picture_at(plan, valid, buffer, nullptr));
  for (const auto& plane : std::vector<SharedPlanes::Plane>{{-1, 32},
                                                            {0, 15},
                                                            {0, -32},
                                                            {0, 0},
                                                            {0, kMost},
                                                            {kMost, 16},
                                                            {kMost - 100, 16},
                                                            {256 - 64 + 1, 16},
                                                            {0, 81}}) {
    SharedPlanes shared = valid;
    shared.planes[0] = plane;
    EXPECT_FALSE(picture_at(plan, shared, buffer, nullptr))
        << plane.offset << " " << plane.row_bytes;
  }
  plan.has_alpha = true;
  EXPECT_FALSE(picture_at(plan, valid, buffer, nullptr));
}

TEST(HostileMediaAnswers, PicturesAreWithinTheLimits) {
  const std::vector<int64_t> valid = {1, 0, 16, 8, 2, 2, 0, 1, 2};
  EXPECT_TRUE(read(answer_of(valid)).picture());
  for (const auto& [at, value] : std::vector<std::pair<size_t, int64_t>>{{0, 3},
                                                                         {0, 2},
                                                                         {1, -1},
                                                                         {2, 0},
                                                                         {2, -5},
                                                                         {2, 70'000},
                                                                         {2, int64_t{1} << 40},
                                                                         {3, 0},
                                                                         {4, 0},
                                                                         {4, 3},
                                                                         {4, 8},
                                                                         {5, 4},
                                                                         {5, 0},
                                                                         {6, 2},
                                                                         {7, 2},
                                                                         {8, 3},
                                                                         {8, -1}}) {
    auto fields = valid;
    fields[at] = value;
    EXPECT_FALSE(read(answer_of(fields)).picture()) << at << " " << value;
  }
  EXPECT_FALSE(read(answer_of({1, 0, 60'000, 60'000, 2, 2, 0, 1, 2})).picture());
}

TEST(HostileMediaAnswers, HeadersAndLengthsAreFractions) {
  for (const std::vector<int64_t>& fields : {std::vector<int64_t>{0, 1, 0, 0},
                                             {1, 0, 0, 0},
                                             {-1, 1, 0, 0},
                                             {1, int64_t{1} << 40, 0, 0}}) {
    EXPECT_FALSE(read(answer_of(fields)).video());
  }
  EXPECT_TRUE(read(answer_of({1, 5, 2})).length());
  for (const std::vector<int64_t>& fields : {std::vector<int64_t>{1, 5, 0},
                                             {1, -5, 2},
                                             {1, 5, -2},
                                             {2, 5, 2},
                                             {1, int64_t{1} << 61, 2}}) {
    EXPECT_FALSE(read(answer_of(fields)).length());
  }
}

TEST(HostileMediaAnswers, SamplesAreFinitePairs) {
  const std::vector<float> samples = {std::numeric_limits<float>::quiet_NaN(),
                                      std::numeric_limits<float>::infinity(), 0.25F, 0};
  EXPECT_EQ(read(message_of(samples_answer(samples, 0))).samples().value().samples,
            (std::vector<float>{0, 0, 0.25F, 0}));
  EXPECT_FALSE(read(message_of(samples_answer(std::span(samples).first(3), 0))).samples());
}

TEST(HostileMediaAnswers, AreComplete) {
  EXPECT_FALSE(MediaAnswer::read(message_of("")));
  EXPECT_FALSE(MediaAnswer::read(message_of(std::string(15, '\xff'))));
  EXPECT_FALSE(read(answer_of({1})).done());
  MessageWriter writer;
  writer.put(int64_t{0});
  writer.put(int64_t{99});
  writer.put(std::string_view("text"));
  const auto unknown = MediaAnswer::read(message_of(writer.take()));
  EXPECT_EQ(unknown.error().code, base::ErrorCode::kInternal);
}

}  // namespace
}  // namespace layercast::media
