#include "layers/sequencer.h"

#include "scene/model/limits.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_totals.h"
#include "tests/scene/live_scene.h"

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <variant>

namespace layercast::layers {
namespace {

using scene::command;
using scene::LiveState;
using scene::typed;
using std::chrono::seconds;

scene::LiveStatePtr small() { return std::make_shared<const LiveState>(scene::small_state()); }

PendingCommand pending(const scene::CommandDocument& document) {
  PendingCommand pending;
  pending.command = typed(document);
  return pending;
}

scene::CommandDocument image(const std::string& source) {
  return command("layers.create", R"({"layer": {"type": "overlay", "content": {"type": "image",
      "source": ")" + source + "\"}}}");
}

scene::CommandDocument bitrate(const std::string& rate) {
  return command("stream.configure", R"({"patch": {"bitrate": ")" + rate + "\"}}");
}

Folders temporary_folders() {
  const std::string folder = std::filesystem::temp_directory_path().string();
  return {folder, folder};
}

TEST(Sequencer, AsksAboutNewNamesAndChangesNothingUntilTheyAreChecked) {
  Sequencer sequencer(small(), {}, false);
  const Checker checker({}, temporary_folders());
  PendingCommand create = pending(image("/etc/a.png"));
  Checks checks;
  auto questions = sequencer.execute(create, Origin::kNetwork, seconds(1), checks);
  ASSERT_TRUE(questions);
  ASSERT_EQ(questions->names.size(), 1);
  EXPECT_EQ(questions->names[0].text, "/etc/a.png");
  EXPECT_FALSE(questions->encoding);
  EXPECT_EQ(sequencer.state()->revision, 1);
  checker.answer(*std::move(questions), checks);
  EXPECT_FALSE(sequencer.execute(create, Origin::kNetwork, seconds(1), checks));
  const auto& refusal = std::get<scene::Refusal>(create.answer);
  EXPECT_EQ(refusal.error.code, base::ErrorCode::kForbidden);
  EXPECT_EQ(refusal.faults.at(0).pointer, "/layer/content/source");
  // The owner of the daemon may name any file; nothing is asked.
  EXPECT_FALSE(sequencer.execute(create, Origin::kLocal, seconds(1), {}));
  EXPECT_TRUE(std::holds_alternative<Accepted>(create.answer));
  // Now the scene has the name.
  PendingCommand again = pending(image("/etc/a.png"));
  EXPECT_FALSE(sequencer.execute(again, Origin::kNetwork, seconds(1), checks));
  EXPECT_FALSE(std::get<Accepted>(again.answer).is_changed);
}

TEST(Sequencer, ACheckOfTheEncodingHoldsUntilTheEncodingChanges) {
  Sequencer sequencer(small(), {}, true);
  const Checker checker([](const LiveState&) { return std::nullopt; }, {});
  PendingCommand faster = pending(bitrate("3M"));
  Checks checks;
  auto questions = sequencer.execute(faster, Origin::kLocal, seconds(1), checks);
  ASSERT_TRUE(questions && questions->encoding);
  EXPECT_EQ(questions->encoding->stream.bitrate, 3'000'000);
  checker.answer(*std::move(questions), checks);
  // A change of a layer leaves the answer valid, one of the outputs does not.
  PendingCommand title = pending(command("layers.delete", R"({"id": "title"})"));
  EXPECT_FALSE(sequencer.execute(title, Origin::kLocal, seconds(1), {}));
  PendingCommand output = pending(command("outputs.remove", R"({"id": "file"})"));
  Checks of_output;
  auto about_output = sequencer.execute(output, Origin::kLocal, seconds(1), of_output);
  ASSERT_TRUE(about_output);
  checker.answer(*std::move(about_output), of_output);
  EXPECT_FALSE(sequencer.execute(output, Origin::kLocal, seconds(1), of_output));
  questions = sequencer.execute(faster, Origin::kLocal, seconds(1), checks);
  ASSERT_TRUE(questions && questions->encoding);
  EXPECT_EQ(questions->encoding->scene.outputs.size(), 1);
  checker.answer(*std::move(questions), checks);
  EXPECT_FALSE(sequencer.execute(faster, Origin::kLocal, seconds(1), checks));
  EXPECT_EQ(sequencer.state()->stream.bitrate, 3'000'000);
}

TEST(Sequencer, ADueCommandThatIsCheckedLetsOthersPassAndComesLater) {
  Schedule schedule;
  schedule.add({1, seconds(10), Origin::kLocal, typed(bitrate("3M"))});
  schedule.add(
      {2, seconds(11), Origin::kLocal, typed(command("layers.delete", R"({"id": "title"})"))});
  Sequencer sequencer(small(), schedule, true);
  const Checker checker([](const LiveState&) { return std::nullopt; }, {});
  EXPECT_FALSE(sequencer.execute_due(seconds(9)));
  auto first = sequencer.execute_due(seconds(11));
  ASSERT_TRUE(first && std::holds_alternative<Sequencer::DueQuestions>(*first));
  auto asked = std::get<Sequencer::DueQuestions>(*std::move(first));
  EXPECT_EQ(asked.number, 1);
  const auto second = sequencer.execute_due(seconds(11));
  ASSERT_TRUE(second && std::holds_alternative<Sequencer::Due>(*second));
  EXPECT_EQ(std::get<Sequencer::Due>(*second).pending.due, 2);
  EXPECT_EQ(std::get<Sequencer::Due>(*second).pending.now, seconds(11));
  EXPECT_FALSE(sequencer.execute_due(seconds(11)));
  checker.answer(std::move(asked.questions), asked.checks);
  sequencer.answer_due(asked.number, std::move(asked.checks));
  const auto third = sequencer.execute_due(seconds(11));
  ASSERT_TRUE(third && std::holds_alternative<Sequencer::Due>(*third));
  // It follows the other, so it cannot be shown earlier.
  EXPECT_EQ(std::get<Sequencer::Due>(*third).pending.now, seconds(11));
  EXPECT_EQ(sequencer.state()->stream.bitrate, 3'000'000);
  EXPECT_TRUE(sequencer.schedule().waiting.empty());
}

// A new layer whose document has about `bytes` bytes.
scene::CommandDocument drawing(const std::string& id, size_t bytes) {
  return command("layers.create", R"({"layer": {"type": "overlay", "id": ")" + id +
                                      R"(", "content": {"type": "svg", "svg": "<svg><!--)" +
                                      std::string(bytes, 'x') + R"(--></svg>"}}})");
}

size_t document_bytes(const LiveState& state) {
  return scene::write_json(scene::document_of(state, scene::Secrets::kShown), 0).size();
}

TEST(Sequencer, RefusesAChangeThatTakesTheDocumentBeyondItsLimit) {
  Sequencer sequencer(small(), {}, false);
  constexpr size_t kLarge = 1'000'000;
  for (const char* id : {"a", "b", "c"}) {
    PendingCommand create = pending(drawing(id, kLarge));
    EXPECT_FALSE(sequencer.execute(create, Origin::kLocal, seconds(1), {}));
    EXPECT_TRUE(std::holds_alternative<Accepted>(create.answer));
  }
  const auto before = sequencer.state();
  PendingCommand more = pending(drawing("d", kLarge));
  EXPECT_FALSE(sequencer.execute(more, Origin::kLocal, seconds(1), {}));
  const auto& refusal = std::get<scene::Refusal>(more.answer);
  EXPECT_EQ(refusal.error.code, base::ErrorCode::kLimit);
  EXPECT_NE(refusal.error.message.find("bytes as JSON with this change, which adds 1,000,"),
            std::string::npos)
      << refusal.error.message;
  EXPECT_EQ(sequencer.state(), before);
  // What remains below the limit is still accepted, up to the last byte; all of it can be written.
  const auto limit = static_cast<size_t>(scene::limits::kDocumentBytesMax);
  const auto left = limit - static_cast<size_t>(scene::totals_of(counted(*before)).document_bytes);
  PendingCommand probe = pending(drawing("e", 1000));
  EXPECT_FALSE(sequencer.execute(probe, Origin::kLocal, seconds(1), {}));
  const auto used =
      limit - static_cast<size_t>(scene::totals_of(counted(*sequencer.state())).document_bytes);
  const size_t markup = left - used - 1000;  // of a layer besides its drawing
  PendingCommand away = pending(command("layers.delete", R"({"id": "e"})"));
  EXPECT_FALSE(sequencer.execute(away, Origin::kLocal, seconds(1), {}));
  PendingCommand over = pending(drawing("e", left - markup + 1));
  EXPECT_FALSE(sequencer.execute(over, Origin::kLocal, seconds(1), {}));
  EXPECT_TRUE(std::holds_alternative<scene::Refusal>(over.answer));
  PendingCommand last = pending(drawing("e", left - markup));
  EXPECT_FALSE(sequencer.execute(last, Origin::kLocal, seconds(1), {}));
  EXPECT_TRUE(std::holds_alternative<Accepted>(last.answer));
  EXPECT_LT(document_bytes(*sequencer.state()), size_t{4} << 20);
  // A smaller one may take its place.
  PendingCommand smaller =
      pending(command("layers.update", R"({"id": "e", "patch": {"content": {"svg": "<svg/>"}}})"));
  EXPECT_FALSE(sequencer.execute(smaller, Origin::kLocal, seconds(1), {}));
  EXPECT_TRUE(std::holds_alternative<Accepted>(smaller.answer));
}

TEST(Sequencer, RefusesThreadsBeyondTheLimit) {
  LiveState full = *small();
  full.scene.outputs.resize(scene::limits::kOutputsMax);
  const auto threads = [](const LiveState& state) {
    return scene::threads_of(scene::totals_of(counted(state)));
  };
  const auto add = [&full](scene::Content content) {
    scene::Layer layer;
    layer.id = "more-" + std::to_string(full.scene.layers.size());
    layer.type = scene::LayerType::kVisualFeed;
    layer.content = std::move(content);
    full.scene.layers.emplace_back(std::move(layer));
  };
  for (int i = 0; i < scene::limits::kStreamedAnimationsMax; ++i) add(scene::GifContent());
  while (threads(full) < scene::limits::kThreadsMax) add(scene::VideoContent());
  ASSERT_EQ(threads(full), scene::limits::kThreadsMax);
  Sequencer sequencer(std::make_shared<const LiveState>(full), {}, false);
  PendingCommand more = pending(command("layers.create", R"({"layer": {"type": "visual_feed",
      "content": {"type": "video", "source": "b.mp4"}}})"));
  EXPECT_FALSE(sequencer.execute(more, Origin::kLocal, seconds(1), {}));
  const auto& refusal = std::get<scene::Refusal>(more.answer);
  EXPECT_EQ(refusal.error.code, base::ErrorCode::kLimit);
  EXPECT_EQ(refusal.error.message,
            "the scene has 514 threads of videos, sounds, animations and outputs with this change, "
            "which adds 2; expected at most 512");
  PendingCommand fewer = pending(command("outputs.remove", R"({"id": "main"})"));
  EXPECT_FALSE(sequencer.execute(fewer, Origin::kLocal, seconds(1), {}));
  EXPECT_TRUE(std::holds_alternative<Accepted>(fewer.answer));
  PendingCommand again = pending(command("layers.create", R"({"layer": {"type": "visual_feed",
      "content": {"type": "video", "source": "b.mp4"}}})"));
  EXPECT_FALSE(sequencer.execute(again, Origin::kLocal, seconds(1), {}));
  EXPECT_TRUE(std::holds_alternative<Accepted>(again.answer));
}

TEST(Sequencer, RefusesWorkThatNoFrameHasTimeFor) {
  Sequencer sequencer(small(), {}, false);
  std::string filters = R"({"blur": 250})";
  for (int i = 1; i < 16; ++i) filters += R"(, {"blur": 250})";
  PendingCommand slow = pending(command("layers.create", R"({"layer": {"type": "overlay",
      "content": {"type": "text", "text": "{{frame}} WWWW"}, "filters": [)" +
                                                             filters + "]}}"));
  EXPECT_FALSE(sequencer.execute(slow, Origin::kLocal, seconds(1), {}));
  const auto& refusal = std::get<scene::Refusal>(slow.answer);
  EXPECT_EQ(refusal.error.code, base::ErrorCode::kLimit);
  EXPECT_NE(refusal.error.message.find("pixel passes a frame"), std::string::npos);
}

}  // namespace
}  // namespace layercast::layers
