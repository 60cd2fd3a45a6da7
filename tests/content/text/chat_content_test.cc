#include "content/text/chat_content.h"

#include "base/time.h"
#include "content/picture/remarks.h"
#include "content/text/chat_message.h"
#include "content/text/text.h"
#include "frame/image.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

using base::Color;
using base::Duration;
using base::SceneTime;
using scene::ChatContent;
using scene::ChatMessage;
using std::chrono::milliseconds;
using std::chrono::seconds;

FontLibrary& fonts() {
  static const std::unique_ptr<FontLibrary> library = FontLibrary::create().value();
  return *library;
}

ChatMessage message(const std::string& id, const std::string& text, Duration appears = {}) {
  ChatMessage made;
  made.id = id;
  made.author = "Ana";
  made.text = text;
  made.timestamp = appears;
  return made;
}

SceneTime at(Duration time) { return {time.count(), 1'000'000'000}; }

// A chat as it is shown: the parts on its panel.
struct Shown {
  explicit Shown(const ChatContent& content, std::optional<base::SizeF> box = {},
                 Duration start = {})
      : chat(make_chat(content, box, start, pictures, fonts()).value()) {}

  std::vector<Part> parts(Duration time) const {
    std::vector<Part> all;
    EXPECT_TRUE(chat->show(at(time), frame::Patience::kWaits, all));
    return all;
  }
  std::vector<Part> messages(Duration time) const {
    std::vector<Part> all = parts(time);
    EXPECT_FALSE(all.empty());
    all.erase(all.begin());
    return all;
  }

  ChatPictures pictures;
  std::unique_ptr<MovingContent> chat;
};

const frame::Picture& picture_of(const Part& part) {
  return *std::get<frame::PicturePtr>(part.picture);
}
int top_of(const Part& part) { return static_cast<int>(part.box_from_picture.y0); }
int bottom_of(const Part& part) { return top_of(part) + picture_of(part).size().height; }

Raster drawn(const ChatMessage& message, const scene::ChatStyle& style = {}, double width = 384) {
  return rasterise_message(message, style, width, fonts()).value();
}

std::vector<uint8_t> bytes_of(const frame::Picture& picture) {
  std::vector<uint8_t> bytes;
  const auto view = picture.view();
  for (int y = 0; y < view.height(); ++y) {
    const auto* row = reinterpret_cast<const uint8_t*>(view.row(y));
    bytes.insert(bytes.end(), row, row + view.width() * 4);
  }
  return bytes;
}

bool has_pixel(const frame::Picture& picture, auto is_it) {
  const auto view = picture.view();
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      if (is_it(view.at(x, y))) return true;
    }
  }
  return false;
}

// --- one message ---

TEST(ChatMessage, ItsAuthorIsWrittenInItsOwnColour) {
  ChatMessage red = message("a", "hello");
  red.author_color = Color{255, 0, 0, 255};
  const auto is_red = [](const auto& p) { return p.alpha > 200 && p.red > 200 && p.green < 30; };
  const auto is_white = [](const auto& p) { return p.red > 230 && p.green > 230 && p.blue > 230; };
  EXPECT_TRUE(has_pixel(*drawn(red).picture, is_red));
  EXPECT_TRUE(has_pixel(*drawn(red).picture, is_white));
  scene::ChatStyle style;
  style.author_color = Color{255, 0, 0, 255};
  EXPECT_TRUE(has_pixel(*drawn(message("a", "hello"), style).picture, is_red));
  EXPECT_FALSE(has_pixel(*drawn(message("a", "hello")).picture, is_red));
}

TEST(ChatMessage, AnAuthorHasTheSameReadableColourEverywhere) {
  const Color white{255, 255, 255, 255};
  const Color black{0, 0, 0, 255};
  std::set<std::string> colors;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "viewer" + std::to_string(i);
    const Color light = color_of_author(name, white);
    const Color dark = color_of_author(name, black);
    EXPECT_EQ(light, color_of_author(name, white));
    EXPECT_GT(299 * light.red + 587 * light.green + 114 * light.blue, 150'000) << name;
    EXPECT_LT(299 * dark.red + 587 * dark.green + 114 * dark.blue, 105'000) << name;
    colors.insert(base::color_text(light));
  }
  EXPECT_GT(colors.size(), 10U);
}

TEST(ChatMessage, ALongOneWrapsAndEndsInAnEllipsis) {
  const double line = drawn(message("a", "word")).box.height;
  std::string words;
  for (int i = 0; i < 80; ++i) words += "word ";
  const Raster two = drawn(message("a", words));
  EXPECT_NEAR(two.box.height, 2 * line, 2);
  EXPECT_LE(two.box.width, 384 + 1);
  scene::ChatStyle style;
  style.max_lines = 1;
  EXPECT_EQ(drawn(message("a", words), style).box.height, line);
  style.max_lines = 5;
  EXPECT_NEAR(drawn(message("a", words), style).box.height, 5 * line, 5);
  // What is cut is not drawn: its end makes no difference.
  EXPECT_EQ(bytes_of(*two.picture), bytes_of(*drawn(message("a", words + "end")).picture));
}

TEST(ChatMessage, AHighlightedOneLiesOnAStripOfTheWholeWidth) {
  ChatMessage lit = message("a", "hi");
  const Raster plain = drawn(lit);
  lit.highlighted = true;
  const Raster strip = drawn(lit);
  EXPECT_EQ(strip.box, plain.box);
  EXPECT_LT(plain.picture->size().width, 100);
  EXPECT_EQ(strip.picture->size().width, 384 + 2 * 6);
  EXPECT_EQ(strip.picture->origin(), (base::PointF{-6, -3}));
  const auto view = strip.picture->view();
  EXPECT_EQ(view.at(0, 0).alpha, 0);  // rounded
  EXPECT_EQ(view.at(300, 10), frame::premultiplied({255, 215, 0, 77}));
  scene::ChatStyle style;
  style.highlight_color.alpha = 0;
  EXPECT_EQ(bytes_of(*drawn(lit, style).picture), bytes_of(*plain.picture));
}

TEST(ChatMessage, EmojiKeepTheirColours) {
  const auto is_yellow = [](const auto& p) { return p.red > 200 && p.green > 150 && p.blue < 90; };
  scene::ChatStyle style;
  style.author_color = Color{255, 255, 255, 255};
  EXPECT_FALSE(has_pixel(*drawn(message("a", "smile"), style).picture, is_yellow));
  EXPECT_TRUE(has_pixel(*drawn(message("a", "😀"), style).picture, is_yellow));
}

TEST(ChatMessage, IsTextNotMarkupNorPlaceholders) {
  const auto bytes = [](const std::string& text) {
    return bytes_of(*drawn(message("a", text)).picture);
  };
  EXPECT_NE(bytes("<b>x</b>"), bytes("x"));
  EXPECT_NE(bytes("&amp;"), bytes("&"));
  EXPECT_NE(bytes("{{frame}}"), bytes("0"));
  EXPECT_EQ(bytes("one\ntwo"), bytes("one two"));
}

TEST(ChatMessage, AnythingThatViewersSayCanBeDrawn) {
  for (const std::string text : {"", " ", "\xff\xfe", "素晴らしい作品ですね", "مرحبا بالجميع",
                                 "\u202E\u202Eabc", "👨‍👩‍👧‍👦🏴‍☠️",
                                 "\u0301\u0301\u0301", "\x01\x02\x7f", "<", "&#0;"}) {
    ChatMessage said = message("a", text);
    EXPECT_GT(drawn(said).box.height, 10) << text;
    said.author = text + "x";
    said.highlighted = true;
    EXPECT_GT(drawn(said, {}, 1).box.height, 10) << text;
  }
}

// --- the panel ---

TEST(Chat, ItsPanelFillsTheBox) {
  ChatContent content;
  content.style.border_radius = 10;
  const Shown shown(content);
  EXPECT_EQ(shown.chat->box(), (base::SizeF{400, 300}));
  const auto parts = shown.parts({});
  ASSERT_EQ(parts.size(), 1U);
  const auto view = picture_of(parts[0]).view();
  EXPECT_EQ(view.size(), (base::SizeI{400, 300}));
  EXPECT_EQ(view.at(0, 0).alpha, 0);
  EXPECT_EQ(view.at(200, 0).alpha, 179);
  EXPECT_EQ(Shown(content, base::SizeF{640, 200}).chat->box(), (base::SizeF{640, 200}));
}

TEST(Chat, ItsPanelMayBeAGradient) {
  ChatContent content;
  content.style.background_color = scene::Gradient{
      scene::Gradient::Shape::kLinear, 180, {}, {{{}, {0, 0, 0, 255}}, {{}, {0, 0, 0, 0}}}};
  const Shown shown(content);
  const auto parts = shown.parts({});
  ASSERT_EQ(parts.size(), 1U);
  const auto view = picture_of(parts[0]).view();
  for (int y = 0; y < 300; y += 7) {
    EXPECT_NEAR(view.at(200, y).alpha, 255 * (1 - (y + 0.5) / 300), 1.5) << y;
  }
}

TEST(Chat, TheNewestLiesAtTheBottomAndTheOthersAboveIt) {
  ChatContent content;
  for (int i = 0; i < 3; ++i) content.messages.push_back(message(std::to_string(i), "HHH"));
  const Shown shown(content);
  const auto parts = shown.messages({});
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_LT(top_of(parts[0]), top_of(parts[1]));
  const int slot = top_of(parts[2]) - top_of(parts[1]);
  EXPECT_EQ(top_of(parts[1]) - top_of(parts[0]), slot);
  EXPECT_EQ(slot, static_cast<int>(drawn(content.messages[0]).box.height) + 6);
  EXPECT_LE(bottom_of(parts[2]), 300 - 8);
  EXPECT_GT(bottom_of(parts[2]), 300 - 8 - 10);
}

TEST(Chat, WhatLeavesIsCutAtThePaddedEdge) {
  ChatContent content;
  content.style.padding = 20;
  for (int i = 0; i < 40; ++i) content.messages.push_back(message(std::to_string(i), "HgHg"));
  content.messages.push_back(message("new", "HHH", seconds(1)));
  const Shown shown(content);
  for (int ms = 900; ms < 1300; ms += 7) {
    const auto parts = shown.messages(milliseconds(ms));
    EXPECT_GT(parts.size(), 8U);
    EXPECT_LT(parts.size(), 15U);
    for (const Part& part : parts) {
      EXPECT_GE(top_of(part), 20) << ms;
      EXPECT_LE(bottom_of(part), 283) << ms;
      EXPECT_GT(picture_of(part).size().height, 0);
    }
  }
}

TEST(Chat, OfManyTheNewestShow) {
  ChatContent content;
  content.max_messages = 2;
  for (int i = 0; i < 5; ++i) {
    content.messages.push_back(
        message(std::to_string(i), std::string(size_t(i) + 1, 'H'), seconds(i)));
  }
  const Shown shown(content);
  EXPECT_EQ(shown.messages({}).size(), 1U);
  EXPECT_EQ(shown.messages(seconds(1)).size(), 1U) << "a message begins at nothing";
  EXPECT_EQ(shown.messages(milliseconds(1500)).size(), 2U);
  const auto last = shown.messages(seconds(10));
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(picture_of(last[1]).size().width, drawn(content.messages[4]).picture->size().width);
}

// --- time ---

TEST(Chat, OlderMessagesMakeRoomSmoothly) {
  ChatContent content;
  content.messages = {message("a", "HHH"), message("b", "HHH", seconds(2))};
  const Shown shown(content);
  const int from = top_of(shown.messages(seconds(2) - Duration(1)).at(0));
  const int to = top_of(shown.messages(milliseconds(2200)).at(0));
  EXPECT_EQ(from - to, static_cast<int>(drawn(content.messages[0]).box.height) + 6);
  int before = from;
  for (int ms = 0; ms <= 200; ms += 10) {
    const int top = top_of(shown.messages(seconds(2) + milliseconds(ms)).at(0));
    EXPECT_LE(top, before);
    EXPECT_LE(before - top, 4);
    before = top;
  }
  // Eased: more than half the way in half the time.
  EXPECT_LT(top_of(shown.messages(milliseconds(2100)).at(0)), (from + to) / 2);
  EXPECT_EQ(before, to);
}

TEST(Chat, WithoutADurationMessagesAreThereAtOnce) {
  ChatContent content;
  content.style.scroll_duration = {};
  content.messages = {message("a", "HHH"), message("b", "HHH", seconds(2))};
  const Shown shown(content);
  const auto parts = shown.messages(seconds(2));
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[1].opacity, 1);
  EXPECT_EQ(parts, shown.messages(seconds(3)));
}

TEST(Chat, WhatIsThereAtTheStartDoesNotScroll) {
  ChatContent content;
  content.messages = {message("a", "HHH"), message("b", "HHH"), message("c", "HHH", seconds(1))};
  const Shown file(content);
  EXPECT_EQ(file.messages({}), file.messages(milliseconds(500)));
  // A layer that begins later: times count from 0.
  const Shown later(content, {}, seconds(1));
  EXPECT_EQ(later.messages({}).size(), 3U);
  EXPECT_EQ(later.messages({}), later.messages(milliseconds(500)));
}

TEST(Chat, MessagesFadeToWhatIsLeftOfThem) {
  ChatContent content;
  content.style.fade_after = seconds(3);
  content.style.fade_duration = seconds(2);
  content.style.fade_out_opacity = 0.25;
  content.messages = {message("a", "HHH"), message("b", "HHH", seconds(1))};
  const Shown shown(content);
  const auto opacities = [&](Duration time) {
    std::vector<double> all;
    for (const Part& part : shown.messages(time)) all.push_back(part.opacity);
    return all;
  };
  using Opacities = std::vector<double>;
  EXPECT_EQ(opacities(seconds(3)), (Opacities{1, 1}));
  EXPECT_EQ(opacities(seconds(4)), (Opacities{0.625, 1}));
  EXPECT_EQ(opacities(milliseconds(5500)), (Opacities{0.25, 0.4375}));
  EXPECT_EQ(opacities(seconds(100)), (Opacities{0.25, 0.25}));
  content.style.fade_out_opacity = 0;
  content.style.fade_duration = {};
  const Shown gone(content);
  EXPECT_EQ(gone.messages(milliseconds(3500)).size(), 1U);
  EXPECT_EQ(gone.parts(seconds(5)).size(), 1U) << "the panel stays";
}

TEST(Chat, IsAFunctionOfTimeWhateverWasAskedBefore) {
  ChatContent content;
  for (int i = 0; i < 60; ++i) {
    content.messages.push_back(message(std::to_string(i), "HH gg", milliseconds(40 * i)));
  }
  const Shown there(content);
  const Shown back(content);
  const auto whole = [](const Shown& shown, int ms) {
    std::vector<std::pair<int, std::vector<uint8_t>>> all;
    for (const Part& part : shown.parts(milliseconds(ms))) {
      all.emplace_back(top_of(part), bytes_of(picture_of(part)));
    }
    return all;
  };
  std::vector<std::vector<std::pair<int, std::vector<uint8_t>>>> frames;
  for (int ms = 0; ms < 3000; ms += 170) frames.push_back(whole(there, ms));
  for (int ms = 2890; ms >= 0; ms -= 170) {
    EXPECT_EQ(whole(back, ms), frames.at(size_t(ms) / 170)) << ms;
  }
}

TEST(Chat, WhatStandsStillIsTheSamePictures) {
  ChatContent content;
  for (int i = 0; i < 30; ++i) content.messages.push_back(message(std::to_string(i), "HHH"));
  const Shown shown(content);
  EXPECT_EQ(shown.parts(seconds(1)), shown.parts(seconds(2)));
}

TEST(Chat, AFloodNeverLeavesThePanelBehindByMoreThanItHolds) {
  ChatContent content;
  for (int i = 0; i < 200; ++i) {
    content.messages.push_back(message(std::to_string(i), "HHH", seconds(1) + milliseconds(i)));
  }
  content.max_messages = 200;
  const Shown shown(content);
  EXPECT_GT(shown.messages(milliseconds(1200)).size(), 8U);
}

// --- pictures ---

TEST(Chat, OneMoreMessageCostsOneMorePicture) {
  ChatContent content;
  content.messages = {message("a", "one"), message("b", "two")};
  ChatPictures pictures;
  const auto make = [&] { return make_chat(content, {}, {}, pictures, fonts()).value(); };
  const auto first = make();
  EXPECT_EQ(pictures.size(), 3U);
  std::vector<Part> before;
  ASSERT_TRUE(first->show(at({}), frame::Patience::kWaits, before));
  content.messages.push_back(message("c", "three", seconds(1)));
  const auto second = make();
  EXPECT_EQ(pictures.size(), 4U);
  std::vector<Part> after;
  ASSERT_TRUE(second->show(at({}), frame::Patience::kWaits, after));
  EXPECT_EQ(before, after);
}

TEST(Chat, PicturesThatNobodyShowsAreLetGo) {
  ChatPictures pictures;
  ChatContent content;
  for (int i = 0; i < 3000; ++i) {
    content.messages = {message("a", "message " + std::to_string(i))};
    ASSERT_TRUE(make_chat(content, base::SizeF{800, 100}, {}, pictures, fonts()));
  }
  EXPECT_LT(pictures.size(), 2000U);
  pictures.forget_unused();
  EXPECT_EQ(pictures.size(), 0U);
}

TEST(Chat, AFontThatIsNotThereIsTold) {
  ChatContent content;
  content.messages = {message("a", "hi")};
  content.style.font = "No Such Font";
  ChatPictures pictures;
  const auto made = make_chat(content, {}, {}, pictures, fonts());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::ErrorCode::kNotFound);
}

TEST(Chat, TellsOnceOfEachMessageWhichLettersAreMissing) {
  ChatPictures pictures;
  ChatContent content;
  content.messages = {message("a", "こんにちは")};
  const auto remarks_of = [&] {
    Remarks remarks;
    EXPECT_TRUE(make_chat(content, base::SizeF{320, 60}, {}, pictures, fonts()).ok());
    return remarks.take();
  };
  const auto first = remarks_of();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_NE(first[0].find("\"こんにちは\" (Hiragana)"), std::string::npos) << first[0];
  EXPECT_EQ(remarks_of().size(), 0U);
  content.messages = {message("a", "こんにちは"), message("b", "สวัสดี")};
  const auto second = remarks_of();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_NE(second[0].find("Thai"), std::string::npos) << second[0];
}

}  // namespace
}  // namespace layercast::content
