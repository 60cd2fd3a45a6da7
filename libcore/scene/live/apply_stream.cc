#include "base/redaction.h"
#include "scene/live/apply_context.h"
#include "scene/live/live_codec.h"
#include "scene/live/stream_config.h"
#include "scene/model/find_by_id.h"
#include "scene/model/limits.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <utility>

namespace layercast::scene {
namespace {

using base::ErrorCode;

Value transmit(ApplyContext& context, Transmission wanted, std::string_view event) {
  if (context.state.transmission != wanted) {
    context.state.transmission = wanted;
    context.notify(event, Value::object().add("stream", stream_document(context.state)));
  }
  return stream_document(context.state);
}

// `quality` is an alias of a preset.
MergePatch without_quality(ApplyContext& context, MergePatch patch) {
  const Value* quality = patch.document.find("quality");
  if (quality == nullptr) return patch;
  const Reader::Step step(context.reader, "quality");
  const std::string name = read_by(quality_codec(), *quality, context);
  if (patch.document.find("preset") != nullptr) {
    context.reader.fault(*quality, "both \"quality\" and \"preset\" are given", "one of them");
    stop_at_faults(context);
  }
  patch.document.erase("quality");
  patch.document.add("preset", Value::of(preset_of_quality(name)));
  return patch;
}

// The outputs that set none of the patched settings themselves any more.
void reset_outputs(std::vector<Output>& outputs, const MergePatch& patch) {
  for (Output& output : outputs) {
    if (patch.document.find("codec") != nullptr) output.codec.reset();
    if (patch.document.find("preset") != nullptr) output.preset.reset();
    if (patch.document.find("bitrate") != nullptr) output.bitrate.reset();
  }
}

}  // namespace

void restore_url(ApplyContext& context, Output& output, const std::vector<Output>& before) {
  if (!base::is_redacted(output.url)) return;
  const auto* old = find_by_id(before, output.id);
  if (old != nullptr && output.url == base::redacted_url(old->url, base::UrlUse::kOutput)) {
    output.url = old->url;
    return;
  }
  const Reader::Step step(context.reader, "url");
  context.reader.fault(Mark{}, "the URL is redacted and matches no known output", "the full URL");
}

Value apply_change(ApplyContext& context, const StartStream&) {
  return transmit(context, Transmission::kOnAir, "stream.started");
}

Value apply_change(ApplyContext& context, const StopStream&) {
  return transmit(context, Transmission::kStopped, "stream.stopped");
}

Value apply_change(ApplyContext& context, const PauseStream&) {
  if (context.state.transmission == Transmission::kStopped) {
    refuse(context, ErrorCode::kConflict, "the stream is stopped and cannot be paused");
  }
  return transmit(context, Transmission::kPaused, "stream.paused");
}

Value apply_change(ApplyContext& context, const ConfigureStream& change) {
  const Reader::Step step(context.reader, "patch");
  const MergePatch patch = without_quality(context, change.patch);
  const StreamConfig before = stream_config_of(context.state);
  const StreamConfig after = patched(stream_config_codec(), before, patch, context);
  const std::vector<Output> outputs_before = context.scene().outputs;
  reset_outputs(context.scene().outputs, patch);
  if (after.size != before.size) set_frame_size(context.state, after.size);
  context.scene().canvas.fps = after.fps;
  context.state.stream = after.settings;
  Value document = stream_document(context.state);
  if (before != after || outputs_before != context.scene().outputs) {
    context.notify("stream.configured", Value::object().add("stream", document));
  }
  return document;
}

Value apply_change(ApplyContext& context, const AddOutput& change) {
  const Reader::Step step(context.reader, "output");
  Output output = change.output;
  auto& outputs = context.scene().outputs;
  restore_url(context, output, {});
  stop_at_faults(context);
  if (outputs.size() >= static_cast<size_t>(limits::kOutputsMax)) {
    refuse(context, ErrorCode::kLimit,
           "the scene already has " + std::to_string(limits::kOutputsMax) +
               " outputs, which is the maximum");
  }
  if (!output.id.empty() && find_by_id(outputs, output.id) != nullptr) {
    refuse_at(context, "id", ErrorCode::kConflict,
              "\"" + output.id + "\" is already the id of another output");
  }
  outputs.push_back(std::move(output));
  name_outputs(outputs);
  Value document = output_document(outputs.back(), Secrets::kRedacted);
  context.notify("output.added", Value::object().add("output", document));
  return document;
}

Value apply_change(ApplyContext& context, const RemoveOutput& change) {
  auto& outputs = context.scene().outputs;
  if (find_by_id(outputs, change.id) == nullptr) {
    refuse_at(context, "id", ErrorCode::kNotFound, no_such("output", change.id, outputs));
  }
  std::erase_if(outputs, [&](const Output& each) { return each.id == change.id; });
  context.notify("output.removed", Value::object().add("id", Value::of(change.id)));
  return Value::object().add("id", Value::of(change.id));
}

}  // namespace layercast::scene
