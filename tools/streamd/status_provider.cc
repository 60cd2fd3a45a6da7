#include "tools/streamd/status_provider.h"

#include "content/image/still.h"
#include "control/health_document.h"
#include "media/in/frame_picture.h"
#include "metrics/exposition.h"
#include "metrics/process.h"
#include "tools/common/option_table.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace layercast::tools {
namespace {

using scene::Value;
using Seconds = std::chrono::duration<double>;

constexpr int kPreviewWidth = 640;
constexpr base::Duration kSnapshotPatience = std::chrono::seconds(1);
constexpr base::Duration kPreviewInterval = std::chrono::milliseconds(100);

Value number(int64_t value) { return Value::of(static_cast<double>(value)); }
Value seconds(base::Duration duration) { return Value::of(Seconds(duration).count()); }

std::string_view name_of(scene::Transmission transmission) {
  switch (transmission) {
    case scene::Transmission::kStopped:
      return "stopped";
    case scene::Transmission::kOnAir:
      return "on-air";
    case scene::Transmission::kPaused:
      return "paused";
  }
  return "";
}

Value output_value(const media::LiveOutputReport& report) {
  Value value = Value::object()
                    .add("id", Value::of(report.id))
                    .add("url", Value::of(report.url))
                    .add("state", Value::of(media::name_of(report.state)))
                    .add("error", report.error.empty() ? Value::null() : Value::of(report.error));
  if (!report.file.empty()) value.add("file", Value::of(report.file));
  return value.add("frames", number(report.frames))
      .add("frames_dropped", number(report.frames_dropped))
      .add("bytes", number(report.bytes))
      .add("reconnects", number(report.reconnects))
      .add("queued_packets", number(report.queued_packets))
      .add("queued_bytes", number(report.queued_bytes));
}

Value outputs_value(const std::vector<media::LiveOutputReport>& reports) {
  std::vector<Value> outputs;
  outputs.reserve(reports.size());
  for (const auto& report : reports) outputs.push_back(output_value(report));
  return Value::array(std::move(outputs));
}

Value frames_value(const stream::StreamStatus& status) {
  Value dropped = Value::object();
  for (const auto& [reason, count] : status.dropped) dropped.add(reason, number(count));
  return Value::object()
      .add("rendered", number(status.rendered))
      .add("repeated", number(status.repeated))
      .add("dropped", std::move(dropped));
}

Value lateness_value(const stream::StreamStatus& status) {
  return Value::object()
      .add("p50", Value::of(status.lateness_median))
      .add("p99", Value::of(status.lateness_p99))
      .add("max", Value::of(status.lateness_max));
}

double process_value(std::string_view name) {
  for (const auto& family : metrics::process_families()) {
    if (family.name == name) return family.samples.front().value;
  }
  return 0;
}

Value store_value(const store::StoreHealth& health) {
  return Value::object()
      .add("reachable", Value::of(health.is_reachable))
      .add("reason", health.reason.empty() ? Value::null() : Value::of(health.reason))
      .add("waiting", number(health.waiting_entries));
}

base::Result<std::string> encoded(const frame::Frame& frame, control::PictureFormat format,
                                  std::optional<int> width) {
  TRY(const auto picture, media::picture_of(frame, width));
  return content::encode_still(picture.view(), format == control::PictureFormat::kPng
                                                   ? content::StillFormat::kPng
                                                   : content::StillFormat::kJpeg);
}

}  // namespace

Value StreamdStatusProvider::stats() const {
  const stream::StreamStatus status = parts_.stream->status();
  return Value::object()
      .add("state", Value::of(name_of(status.transmission)))
      .add("stream_time", seconds(status.stream_time))
      .add("frame", number(status.frame))
      .add("fps", Value::of(status.fps))
      .add("frames", frames_value(status))
      .add("lateness", lateness_value(status))
      .add("render_seconds", Value::of(status.render_seconds))
      .add("outputs", outputs_value(status.outputs))
      .add("cpu_seconds", Value::of(process_value("process_cpu_seconds_total")))
      .add("memory_bytes", Value::of(process_value("process_resident_memory_bytes")));
}

Value StreamdStatusProvider::status() const {
  const scene::LiveStatePtr state = parts_.layers->current();
  Value value = stats();
  value.add("uptime", seconds(std::chrono::steady_clock::now() - began_))
      .add("scene", Value::of(state->scene.name))
      .add("layers", number(static_cast<int64_t>(state->scene.layers.size())))
      .add("revision", number(state->revision))
      .add("store", store_value(parts_.store->health()))
      .add("health", control::health_document(health()))
      .add("version", Value::of(version()));
  return value;
}

Value StreamdStatusProvider::outputs() const {
  return outputs_value(parts_.stream->status().outputs);
}

base::Result<control::EncodedPicture> StreamdStatusProvider::snapshot(
    control::PictureFormat format, std::optional<int> width) const {
  const auto seen = parts_.stream->tap().next(0, kSnapshotPatience);
  if (!seen) {
    return base::io_error("nothing is on air", "snapshot");
  }
  TRY(std::string bytes, encoded(*seen->frame, format, width));
  return control::EncodedPicture{seen->index, std::move(bytes)};
}

std::optional<control::EncodedPicture> StreamdStatusProvider::preview(
    int64_t after, base::Duration patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::unique_lock lock(preview_mutex_);
  for (;;) {
    if (newest_preview_ && newest_preview_->number > after) return newest_preview_;
    if (!is_making_preview_) break;
    if (preview_made_.wait_until(lock, deadline) == std::cv_status::timeout) return std::nullopt;
  }
  // The first caller makes the picture; the others wait for it.
  is_making_preview_ = true;
  const int64_t newest = newest_preview_ ? newest_preview_->number : 0;
  lock.unlock();
  const auto began = std::chrono::steady_clock::now();
  const auto seen = parts_.stream->tap().next(std::max(newest, after), patience);
  std::optional<control::EncodedPicture> made;
  if (seen) {
    auto bytes = encoded(*seen->frame, control::PictureFormat::kJpeg, kPreviewWidth);
    if (bytes) made = control::EncodedPicture{seen->index, std::move(bytes).value(), seen->number};
  }
  lock.lock();
  if (made) newest_preview_ = made;
  // Limits previews to ten a second, for any number of clients.
  preview_made_.wait_until(lock, std::min(deadline, began + kPreviewInterval),
                           [] { return false; });
  is_making_preview_ = false;
  preview_made_.notify_all();
  return made;
}

base::Health StreamdStatusProvider::health() const { return parts_.health->health(); }

std::vector<control::FailingLayer> StreamdStatusProvider::failing_layers() const {
  std::vector<control::FailingLayer> failing;
  for (const stream::LayerFailure& each : parts_.stream->failures()) {
    failing.push_back({each.id, each.error.to_string()});
  }
  return failing;
}

bool StreamdStatusProvider::release_layer(const std::string& id) {
  return parts_.stream->release(id);
}

std::string StreamdStatusProvider::metrics_text() const {
  return metrics::exposition(*parts_.metrics);
}

std::shared_ptr<void> StreamdStatusProvider::listen(
    std::function<void(const std::string& name, const Value& params)> listener) {
  const std::lock_guard lock(*listeners_mutex_);
  const auto place = listeners_->insert(listeners_->end(), std::move(listener));
  return {nullptr, [mutex = listeners_mutex_, listeners = listeners_, place](void*) {
            const std::lock_guard unlisten(*mutex);
            listeners->erase(place);
          }};
}

void StreamdStatusProvider::publish(const std::string& name, const Value& params) {
  const std::lock_guard lock(*listeners_mutex_);
  for (const Listener& listener : *listeners_) listener(name, params);
}

void StreamdStatusProvider::report_output(const media::LiveOutputReport& report) {
  publish("output.state", output_value(report));
}

void StreamdStatusProvider::report_error(const std::string& layer, const base::Error& error) {
  publish("stream.error", Value::object()
                              .add("layer", layer.empty() ? Value::null() : Value::of(layer))
                              .add("code", Value::of(base::meaning_of(error.code).name))
                              .add("message", Value::of(error.to_string())));
}

void StreamdStatusProvider::report_health(const stream::HealthChange& change) {
  Value began = Value::array();
  for (const auto& reason : change.began) {
    if (reason.problem.is_expected) continue;
    began.items.push_back(control::reason_document(reason));
  }
  Value ended = Value::array();
  for (const auto& each : change.ended) {
    if (each.reason.problem.is_expected) continue;
    ended.items.push_back(
        control::reason_document(each.reason).add("seconds", seconds(each.lasted)));
  }
  publish("health.changed", Value::object()
                                .add("health", control::health_document(change.health))
                                .add("began", std::move(began))
                                .add("ended", std::move(ended)));
}

}  // namespace layercast::tools
