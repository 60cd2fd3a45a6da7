#include "content/decode/decode_messages.h"

#include "sandbox/message.h"
#include "sandbox/sealed_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

using frame::PremulRgba8;
using Pixels = frame::Image<PremulRgba8>;
using sandbox::Descriptor;
using sandbox::Message;
using sandbox::MessageWriter;

Message message_of(DecodeAnswer answer) {
  Message message{std::move(answer.bytes), {}};
  if (answer.file.is_open()) message.descriptors.push_back(std::move(answer.file));
  return message;
}

Message message_of(std::initializer_list<int64_t> numbers, Descriptor file = {}) {
  MessageWriter writer;
  for (const int64_t number : numbers) writer.put(number);
  return message_of({writer.take(), std::move(file)});
}

Descriptor file_of(size_t bytes) { return sandbox::sealed(std::string(bytes, '\x80')).value(); }

Pixels checker() {
  Pixels pixels({3, 2});
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) {
      pixels.view().at(x, y) = {static_cast<uint8_t>(10 * x), static_cast<uint8_t>(20 * y), 7, 200};
    }
  }
  return pixels;
}

class ThreePictures final : public PictureReader {
 public:
  base::SizeI size() const override { return {3, 2}; }
  int count() const override { return 3; }
  std::vector<base::Duration> delays() const override {
    return {base::Duration(5), base::Duration(0), base::Duration(9'000'000)};
  }
  int plays() const override { return 2; }
  base::Result<Pixels> picture(int /*number*/) override { return checker(); }
};

TEST(DecodeRequests, AreReadAsTheyWereWritten) {
  EXPECT_TRUE(std::holds_alternative<ImageRequestMessage>(
      *request_of(request_message(ImageRequestMessage{}))));
  EXPECT_TRUE(std::holds_alternative<OpenPicturesMessage>(
      *request_of(request_message(OpenPicturesMessage{}))));
  EXPECT_EQ(std::get<PictureMessage>(*request_of(request_message(PictureMessage{41}))).number, 41);
  EXPECT_TRUE(
      std::get<OpenSvgMessage>(*request_of(request_message(OpenSvgMessage{true}))).wants_remarks);
  const auto draw =
      std::get<DrawMessage>(*request_of(request_message(DrawMessage{{5, 6}, {1, 2, 3, 4}})));
  EXPECT_EQ(draw.scaled, (base::SizeI{5, 6}));
  EXPECT_EQ(draw.part, (base::RectI{1, 2, 3, 4}));
  const DrawAtMessage sent{{1.5, 2, 3, 4}, {1, 2, 3, 4, 5, 6}, {7, 8}};
  const auto draw_at = std::get<DrawAtMessage>(*request_of(request_message(sent)));
  EXPECT_EQ(draw_at.place, sent.place);
  EXPECT_EQ(draw_at.map, sent.map);
  EXPECT_EQ(draw_at.canvas, sent.canvas);
}

TEST(DecodeRequests, OfAFontIsReadAsItWasWritten) {
  EXPECT_TRUE(
      std::holds_alternative<CheckFontMessage>(*request_of(request_message(CheckFontMessage{}))));
}

TEST(DecodeRequests, OtherBytesAreNone) {
  const std::string whole = request_message(DrawMessage{{5, 6}, {1, 2, 3, 4}});
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(request_of(whole.substr(0, size)));
  EXPECT_FALSE(request_of(whole + "x"));
}

TEST(DecodeAnswers, CarryThePicture) {
  const Pixels sent = checker();
  const auto got = picture_in(message_of(picture_answer(checker())), base::SizeI{3, 2});
  ASSERT_TRUE(got) << got.error().to_string();
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) EXPECT_EQ(got.value().view().at(x, y), sent.view().at(x, y));
  }
}

TEST(DecodeAnswers, CarryTheError) {
  const auto got = picture_in(message_of(picture_answer(base::over_limit("too many\npixels"))));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, base::ErrorCode::kLimit);
  EXPECT_EQ(got.error().message, "too many\\npixels");
}

TEST(DecodeAnswers, CarryHeaders) {
  const auto header = pictures_in(message_of(pictures_answer(ThreePictures())));
  ASSERT_TRUE(header);
  EXPECT_EQ(header.value().size, (base::SizeI{3, 2}));
  EXPECT_EQ(header.value().count, 3);
  EXPECT_EQ(header.value().plays, 2);
  EXPECT_EQ(header.value().delays, ThreePictures().delays());
  const auto svg = svg_in(message_of(svg_answer({2.5, 3}, {"a remark", "another\x1b[1m"})));
  ASSERT_TRUE(svg);
  EXPECT_EQ(svg.value().size, (base::SizeF{2.5, 3}));
  EXPECT_THAT(svg.value().remarks, ::testing::ElementsAre("a remark", "another\\x1b[1m"));
}

TEST(DecodeAnswers, OfAFontSayWhetherItIsGood) {
  EXPECT_TRUE(font_in(message_of(font_answer({}))));
  const auto bad = font_in(message_of(font_answer(base::over_limit("too slow"))));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, base::ErrorCode::kLimit);
  EXPECT_FALSE(font_in(message_of({-1, 5})));
  EXPECT_FALSE(font_in(Message{}));
}

// ---- What a hostile process may answer ----------------------------------------------------------

TEST(HostileAnswers, SizesThatDoNotFitTheFileAreRefused) {
  EXPECT_TRUE(picture_in(message_of({-1, 2, 2}, file_of(16))));
  for (const auto& [width, height] :
       std::vector<std::pair<int64_t, int64_t>>{{2, 3},
                                                {2, 1},
                                                {0, 0},
                                                {-2, -2},
                                                {0, 4},
                                                {int64_t{1} << 32, 2},
                                                {40'000, 1},
                                                {INT32_MAX, INT32_MAX},
                                                {INT64_MAX, 1},
                                                {INT64_MIN, INT64_MIN}}) {
    EXPECT_FALSE(picture_in(message_of({-1, width, height}, file_of(16))))
        << width << " " << height;
  }
  EXPECT_FALSE(picture_in(message_of({-1, 2, 2}, file_of(16)), base::SizeI{1, 4}));
}

TEST(HostileAnswers, FilesThatMayChangeAreRefused) {
  EXPECT_FALSE(picture_in(message_of({-1, 2, 2}))) << "no file";
  Descriptor open(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(open.number(), 16), 0);
  EXPECT_FALSE(picture_in(message_of({-1, 2, 2}, std::move(open))));
  Message two = message_of({-1, 2, 2}, file_of(16));
  two.descriptors.push_back(file_of(16));
  EXPECT_FALSE(picture_in(two));
}

TEST(HostileAnswers, NoColourIsAboveAlpha) {
  const std::string pixels("\xff\x10\x20\x10\x00\xff\x00\x00", 8);
  const auto picture = picture_in(message_of({-1, 2, 1}, sandbox::sealed(pixels).value()));
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture.value().view().at(0, 0), (PremulRgba8{16, 16, 16, 16}));
  EXPECT_EQ(picture.value().view().at(1, 0), (PremulRgba8{0, 0, 0, 0}));
}

TEST(HostileAnswers, HeadersBeyondTheLimitsAreRefused) {
  EXPECT_TRUE(pictures_in(message_of({-1, 2, 2, 1, 0, 0}, file_of(0))));
  for (const auto& numbers : std::vector<std::array<int64_t, 5>>{{2, 2, 0, 0, 0},
                                                                 {2, 2, -1, 0, 0},
                                                                 {2, 2, 20'000, 0, 0},
                                                                 {10'000, 10'000, 100, 0, 0},
                                                                 {2, 2, 2, -1, 0},
                                                                 {2, 2, 2, 0, 1},
                                                                 {2, 2, 2, 0, -1},
                                                                 {2, 2, 2, 0, INT64_MAX},
                                                                 {0, 2, 1, 0, 0}}) {
    EXPECT_FALSE(pictures_in(
        message_of({-1, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]}, file_of(16))));
  }
}

TEST(HostileAnswers, DelaysAreWithinReason) {
  const std::string delays(16, '\x7f');
  const auto header = pictures_in(message_of({-1, 2, 2, 2, 0, 2}, sandbox::sealed(delays).value()));
  ASSERT_TRUE(header);
  EXPECT_EQ(header.value().delays.front(), std::chrono::seconds(100'000));
}

TEST(HostileAnswers, ErrorsAreOneLineOfText) {
  for (const int64_t code : {int64_t{-2}, int64_t{12}, int64_t{1000}, INT64_MAX}) {
    MessageWriter writer;
    writer.put(code);
    writer.put(std::string_view("text"));
    const auto got = picture_in(message_of({writer.take(), {}}));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, base::ErrorCode::kInternal) << code;
  }
  MessageWriter writer;
  writer.put(int64_t{0});
  writer.put(std::string_view("\x1b[31mred\nFORGED \xff\xfe"));
  const auto got = picture_in(message_of({writer.take(), {}}));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "\\x1b[31mred\\nFORGED \\xff\\xfe");
}

TEST(HostileAnswers, DocumentsHaveASize) {
  EXPECT_TRUE(svg_in(message_of(svg_answer({1, 1}, {}))));
  EXPECT_FALSE(svg_in(message_of(svg_answer({0, 1}, {}))));
  EXPECT_FALSE(svg_in(message_of(svg_answer({-1, 1}, {}))));
  EXPECT_FALSE(svg_in(message_of(svg_answer({1, 1}, std::vector<std::string>(9, "many")))));
  EXPECT_FALSE(svg_in(message_of({-1, 0, 0, INT64_MAX})));
}

}  // namespace
}  // namespace layercast::content
