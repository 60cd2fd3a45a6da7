#include "tools/layerctl/scene_file_target.h"

#include "scene/limits.h"
#include "scene/live_codec.h"
#include "scene/scene_tables.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/whole_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Command;
using scene::Scene;
using scene::Value;

// What begins now begins at no time that a file tells: with the scene.
constexpr base::Duration kNow{-1};

void forget_now(scene::Content& content) {
  auto* chat = std::get_if<scene::ChatContent>(&content);
  if (chat == nullptr) return;
  for (scene::ChatMessage& message : chat->messages) {
    if (message.timestamp == kNow) message.timestamp.reset();
  }
}

Scene without_now(Scene scene) {
  for (scene::Layer& layer : scene.layers) {
    if (layer.start == kNow) layer.start.reset();
    forget_now(layer.content);
    if (layer.shown_since == kNow) layer.shown_since.reset();
    for (scene::Animation& animation : layer.animations) {
      if (animation.start == kNow) animation.start.reset();
    }
  }
  for (scene::AudioTrack& track : scene.audio) {
    if (track.begins == kNow) track.begins.reset();
    for (scene::Animation& animation : track.animations) {
      if (animation.start == kNow) animation.start.reset();
    }
  }
  return scene;
}

// A result of a command, its layers without what begins now.
Value told_result(Value result, const Scene& scene) {
  for (Value& item : result.items) item = told_result(std::move(item), scene);
  const Value* timestamp = result.find("timestamp");
  const bool is_said_now =
      timestamp != nullptr && base::parse_duration(timestamp->text) == std::nullopt;
  if (is_said_now) result.erase("timestamp");
  const Value* id = result.find("id");
  if (id == nullptr) return result;
  if (result.find("content") == nullptr) {
    const auto track = std::ranges::find(scene.audio, id->text, &scene::AudioTrack::id);
    const bool is_track = track != scene.audio.end() && result.find("source") != nullptr;
    return is_track ? scene::track_document(*track, scene::Secrets::kShown) : result;
  }
  const auto layer = std::ranges::find(scene.layers, id->text, &scene::Layer::id);
  return layer == scene.layers.end() ? result
                                     : scene::layer_document(*layer, scene::Secrets::kShown);
}

base::Result<std::string> read_scene_text(const std::string& path) {
  std::error_code ignored;
  if (path != "-" && std::filesystem::is_directory(path, ignored)) {
    return base::io_error(EISDIR, "cannot read the scene", path);
  }
  errno = 0;
  std::ifstream file(path == "-" ? "/dev/stdin" : path, std::ios::binary);
  if (!file) return base::io_error(errno, "cannot read the scene", path);
  // A byte too many is refused like all of a larger file.
  std::string text(static_cast<size_t>(scene::limits::kSceneBytesMax) + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return base::io_error(errno, "cannot read the scene", path);
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace

SceneFileTarget::SceneFileTarget(std::string path, std::string text, Scene scene, const Log& log)
    : path_(std::move(path)), text_(std::move(text)), scene_(std::move(scene)), log_(log) {}

std::variant<std::unique_ptr<SceneFileTarget>, scene::SceneFaults> SceneFileTarget::open(
    const std::string& path, const Log& log) {
  auto text = read_scene_text(path);
  if (!text) return scene::SceneFaults{{text.error().to_string()}};
  auto read = scene::parse_scene(text.value(), path == "-" ? "standard input" : path);
  if (auto* faults = std::get_if<scene::SceneFaults>(&read)) return std::move(*faults);
  auto& file = std::get<scene::SceneFile>(read);
  return std::unique_ptr<SceneFileTarget>(
      new SceneFileTarget(path, std::move(text).value(), std::move(file.scene), log));
}

base::Result<Value> SceneFileTarget::scene() {
  return scene::scene_document(scene_, scene::Secrets::kShown);
}

base::Result<Reply> SceneFileTarget::obey(const Command& command,
                                          std::optional<int64_t> /*if_revision*/) {
  scene::LiveState state;
  state.scene = scene_;
  auto applied_or_not = scene::apply(state, command, kNow);
  if (const auto* refusal = std::get_if<scene::Refusal>(&applied_or_not)) {
    std::vector<ToldFault> faults;
    for (const auto& fault : refusal->faults) faults.push_back({fault.pointer, fault.detail});
    return Error{refusal->error.code, refusal_lines(command, faults, refusal->error.to_string()),
                 "", nullptr};
  }
  auto& applied = std::get<scene::Applied>(applied_or_not);
  const scene::LiveState& after = applied.state;
  if (after.active != state.active || after.stream != state.stream ||
      after.transmission != state.transmission) {
    return Error{ErrorCode::kInvalidInput,
                 "a scene file does not hold that, only a running daemon does", path_, nullptr};
  }
  const Scene changed = without_now(after.scene);
  if (changed != scene_) TRY_DO(write(changed, command));
  Reply reply;
  reply.result = told_result(std::move(applied.result), scene_);
  reply.document = Value::object().add("result", reply.result);
  return reply;
}

base::Result<void> SceneFileTarget::write(const Scene& after, const Command& command) {
  if (path_ == "-") {
    return Error{ErrorCode::kInvalidInput, "it cannot be changed", "standard input", nullptr};
  }
  auto text = edited_scene_text(text_, scene_, after, command);
  if (!text) {
    text = scene::scene_yaml(after);
    if (has_comments(text_)) {
      log_.write(LogLevel::kWarning, path_ + ": it is written anew, without its comments");
    }
  }
  TRY_DO(write_whole_file(path_, *text));
  text_ = *std::move(text);
  scene_ = after;
  return {};
}

}  // namespace layercast::tools
