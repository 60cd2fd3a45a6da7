#include "tools/layerctl/scene_file_target.h"

#include "scene/live/live_codec.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/scene_totals.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/whole_file.h"

#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::CommandDocument;
using scene::Scene;
using scene::Value;

Error error_of(const scene::Refusal& refusal, const CommandDocument& command) {
  std::vector<ToldFault> faults;
  for (const auto& fault : refusal.faults) faults.push_back({fault.pointer, fault.detail});
  return {refusal.error.code, refusal_lines(command, faults, refusal.error.to_string()), "",
          nullptr};
}

}  // namespace

SceneFileTarget::SceneFileTarget(std::string path, std::string text, Scene scene, const Log& log)
    : path_(std::move(path)), text_(std::move(text)), scene_(std::move(scene)), log_(log) {}

base::Result<std::unique_ptr<SceneFileTarget>, scene::SceneFaults> SceneFileTarget::open(
    const std::string& path, const Log& log) {
  auto text = scene::read_scene_text(path);
  if (!text) return scene::SceneFaults{{text.error().to_string()}};
  TRY(scene::SceneFile file,
      scene::parse_scene(text.value(), path == "-" ? "standard input" : path));
  return std::unique_ptr<SceneFileTarget>(
      new SceneFileTarget(path, std::move(text).value(), std::move(file.scene), log));
}

base::Result<Value> SceneFileTarget::scene() {
  return scene::scene_document(scene_, scene::Secrets::kShown);
}

base::Result<Reply> SceneFileTarget::execute(const CommandDocument& command,
                                             std::optional<int64_t> /*if_revision*/) {
  scene::LiveState state;
  state.scene = scene_;
  const auto read = scene::command_from(command);
  if (!read) return error_of(read.error(), command);
  auto outcome = scene::apply(state, read.value(), base::Duration{});
  if (!outcome) return error_of(outcome.error(), command);
  scene::Applied& applied = outcome.value();
  scene::LiveState& after = applied.state;
  // A file has no other size than that of its canvas.
  if (after.frame_size) after.scene.canvas.size = *std::exchange(after.frame_size, std::nullopt);
  if (after.active != state.active || after.stream != state.stream ||
      after.transmission != state.transmission) {
    return Error{ErrorCode::kInvalidInput,
                 "a scene file has no such state; send this command to a running daemon", path_,
                 nullptr};
  }
  if (after.scene != scene_) {
    const scene::SceneTotals before = scene::totals_of(scene_);
    if (auto objection = scene::objection_to(scene::totals_of(after.scene), &before)) {
      return *std::move(objection);
    }
    TRY_DO(write(after.scene, command));
  }
  Reply reply;
  reply.result = std::move(applied.result);
  reply.document = Value::object().add("result", reply.result);
  return reply;
}

base::Result<void> SceneFileTarget::write(const Scene& after, const CommandDocument& command) {
  if (path_ == "-") {
    return Error{ErrorCode::kInvalidInput, "cannot be changed; expected the path of a scene file",
                 "standard input", nullptr};
  }
  auto text = edited_scene_text(text_, scene_, after, command);
  if (!text) {
    text = scene::scene_yaml(after);
    if (has_comments(text_)) {
      log_.write(LogLevel::kWarning, path_ + ": rewritten without its comments");
    }
  }
  TRY_DO(write_whole_file(path_, *text));
  text_ = *std::move(text);
  scene_ = after;
  return {};
}

}  // namespace layercast::tools
