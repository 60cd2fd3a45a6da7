#include "layers/layer_manager.h"
#include "scene/live/live_codec.h"
#include "tests/base/manual_clock.h"
#include "tests/layers/fake_store.h"
#include "tests/scene/live_scene.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::layers {
namespace {

using scene::UnreadablePart;

// A stored state that a test changes before a manager opens it.
class UnreadableStates : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(open());
    opened_.reset();
    parts_.clear();
    stored_ = *store_.load().value();
  }

  // Stores `stored_`, then opens it.
  void reopen() {
    store::Commit commit;
    commit.header = stored_.header;
    commit.layers = store::Commit::Layers::kAll;
    commit.written = stored_.layers;
    ASSERT_TRUE(store_.commit(commit).ok());
    static_cast<void>(open());
  }

  bool open() {
    LayerManagerOptions options;
    options.store = &store_;
    options.metrics = &metrics_;
    options.folder = "/";
    options.clock = &clock_;
    options.next_frame_time = [] { return base::Duration{}; };
    options.time_of_frame = [](int64_t) { return base::Duration{}; };
    options.newer_state = newer_state_;
    if (takes_unreadable_) {
      options.on_unreadable = [this](const std::vector<UnreadablePart>& parts) { parts_ = parts; };
    }
    auto opened = LayerManager::open(options, scene::small_state());
    error_ = opened ? std::nullopt : std::optional(opened.error());
    if (opened) opened_ = std::move(opened).value();
    return !error_;
  }

  static void replace(std::string& text, const std::string& from, const std::string& to) {
    const size_t place = text.find(from);
    ASSERT_NE(place, std::string::npos) << text;
    text.replace(place, from.size(), to);
  }
  std::string& layer(const std::string& id) {
    for (auto& [known, text] : stored_.layers) {
      if (known == id) return text;
    }
    ADD_FAILURE() << id;
    return stored_.layers.front().second;
  }
  bool has_layer(const std::string& id) const {
    for (const auto& each : opened_->current()->scene.layers) {
      if (each->id == id) return true;
    }
    return false;
  }

  base::ManualClock clock_;
  FakeStore store_;
  base::Metrics metrics_;
  store::StoredState stored_;
  bool takes_unreadable_ = true;
  LayerManagerOptions::NewerState newer_state_ = LayerManagerOptions::NewerState::kRefused;
  std::vector<UnreadablePart> parts_;
  std::optional<base::Error> error_;
  std::unique_ptr<LayerManager> opened_;
};

TEST_F(UnreadableStates, LayerWithAnUnknownKeyIsReplacedByTheInitialOneAndTold) {
  const size_t count = stored_.layers.size();
  ASSERT_GT(count, 1U);
  replace(layer("back"), "\"id\":\"back\"", "\"id\":\"back\",\"opacity\":0.25");
  replace(layer("back"), "\"layer\":{", "\"layer\":{\"sparkle\":1,");
  const std::string text = layer("back");
  reopen();
  ASSERT_NE(opened_, nullptr) << error_->to_string();
  EXPECT_EQ(opened_->current()->scene, scene::small_state().scene);  // in the same place
  EXPECT_EQ(opened_->current()->scene.layers.size(), count);
  ASSERT_EQ(parts_.size(), 1U);
  EXPECT_EQ(parts_[0].name, "layer back");
  EXPECT_EQ(parts_[0].text, text);
  EXPECT_NE(parts_[0].error.to_string().find("sparkle"), std::string::npos);
  // The next start has nothing to say.
  parts_.clear();
  opened_.reset();
  ASSERT_TRUE(open());
  EXPECT_TRUE(parts_.empty());
}

TEST_F(UnreadableStates, LayerThatIsMissingOrNotListedIsTold) {
  std::erase_if(stored_.layers, [](const auto& each) { return each.first == "back"; });
  stored_.layers.emplace_back("stray", "{}");
  reopen();
  ASSERT_NE(opened_, nullptr) << error_->to_string();
  ASSERT_EQ(parts_.size(), 2U);
  EXPECT_EQ(parts_[0].name, "layer back");
  EXPECT_EQ(parts_[1].name, "layer stray");
  EXPECT_TRUE(has_layer("back"));
  EXPECT_FALSE(has_layer("stray"));
}

TEST_F(UnreadableStates, PartsOfTheHeaderAreLeftOutOneByOne) {
  replace(stored_.header, "\"stream\":{", "\"stream\":{\"sparkle\":1,");
  replace(stored_.header, "\"schedule\":{", "\"active\":7,\"schedule\":{\"x\":1,\"next_numbers\":");
  reopen();
  // The text is no longer JSON: the whole header is unreadable.
  ASSERT_NE(opened_, nullptr) << error_->to_string();
  EXPECT_EQ(parts_.front().name, "header");
}

TEST_F(UnreadableStates, StreamSettingsThatCannotBeReadBecomeTheDefaults) {
  replace(stored_.header, "\"stream\":{", "\"stream\":{\"sparkle\":1,");
  const size_t count = stored_.layers.size();
  reopen();
  ASSERT_NE(opened_, nullptr) << error_->to_string();
  ASSERT_EQ(parts_.size(), 1U);
  EXPECT_EQ(parts_[0].name, "stream settings");
  EXPECT_EQ(opened_->current()->scene.layers.size(), count);
}

TEST_F(UnreadableStates, UnreadableHeaderGivesTheInitialScene) {
  stored_.header = "not JSON";
  reopen();
  ASSERT_NE(opened_, nullptr) << error_->to_string();
  EXPECT_EQ(opened_->current()->scene, scene::small_state().scene);
  EXPECT_EQ(parts_.size(), stored_.layers.size() + 1);
  EXPECT_EQ(parts_[0].text, "not JSON");
}

TEST_F(UnreadableStates, StateOfANewerVersionIsRefusedUnlessItIsToBeReplaced) {
  replace(stored_.header, "\"version\":2", "\"version\":99");
  reopen();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, base::ErrorCode::kUnsupported);
  newer_state_ = LayerManagerOptions::NewerState::kUnreadable;
  EXPECT_TRUE(open());
  EXPECT_EQ(parts_.front().name, "header");
}

TEST_F(UnreadableStates, StateIsRefusedWithoutATaker) {
  takes_unreadable_ = false;
  replace(layer("back"), "\"layer\":{", "\"layer\":{\"sparkle\":1,");
  reopen();
  ASSERT_TRUE(error_);
  EXPECT_NE(error_->to_string().find("sparkle"), std::string::npos);
}

// small_state() with four layers whose documents have a million bytes each, in its middle.
scene::LiveState large_state() {
  scene::LiveState state = scene::small_state();
  for (const char* id : {"a", "b", "c", "d"}) {
    scene::Layer layer;
    layer.id = id;
    layer.content = scene::SvgContent{{}, "<svg><!--" + std::string(1'000'000, 'x') + "--></svg>"};
    state.scene.layers.insert(state.scene.layers.begin() + 1, std::move(layer));
  }
  return scene::first_state(std::move(state.scene), state.epoch);
}

TEST_F(UnreadableStates, LayersBeyondALimitInSumAreLeftOutAndTold) {
  const scene::LiveState large = large_state();
  const scene::LiveStateTexts texts = scene::texts_of(large);
  stored_.header = texts.header;
  stored_.layers = texts.layers;
  reopen();
  ASSERT_NE(opened_, nullptr) << error_->to_string();
  ASSERT_EQ(parts_.size(), 1U);
  EXPECT_EQ(parts_[0].name, "layer a");  // the last of the four
  EXPECT_EQ(parts_[0].text, scene::layer_text(scene::running(large, "a")));
  EXPECT_NE(parts_[0].error.to_string().find("bytes as JSON"), std::string::npos);
  EXPECT_EQ(opened_->current()->scene.layers.size(), large.scene.layers.size() - 1);
  EXPECT_TRUE(has_layer("film"));  // smaller layers behind it stay
  // The next start has nothing to say.
  parts_.clear();
  opened_.reset();
  ASSERT_TRUE(open());
  EXPECT_TRUE(parts_.empty());
}

TEST_F(UnreadableStates, AStateBeyondALimitInSumIsRefusedWhereNoPartMayBeLost) {
  takes_unreadable_ = false;
  const scene::LiveStateTexts texts = scene::texts_of(large_state());
  stored_.header = texts.header;
  stored_.layers = texts.layers;
  reopen();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, base::ErrorCode::kLimit);
}

}  // namespace
}  // namespace layercast::layers
