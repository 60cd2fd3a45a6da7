#include "stream/encoding_set.h"

#include "base/redaction.h"
#include "base/thread_name.h"
#include "media/out/container.h"
#include "media/out/video_codec.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <thread>
#include <utility>

namespace layercast::stream {
namespace {

using media::LiveEncoding;
using scene::StreamSettings;

constexpr base::Duration kFinishPatience = std::chrono::seconds(1);

bool has_output(const std::vector<scene::Output>& outputs, const std::string& id) {
  return std::ranges::find(outputs, id, &scene::Output::id) != outputs.end();
}

// Whether both write to the same place: then the output stays open when only its settings differ.
bool same_place(const scene::Output& a, const scene::Output& b) {
  return a.id == b.id && a.url == b.url && a.rotate_after == b.rotate_after &&
         a.rotate_bytes == b.rotate_bytes && a.insecure_tls == b.insecure_tls;
}

media::LiveOutputRequest request_for(const scene::Output& output, const std::string& place) {
  return {output.id, place, output.rotate_after, output.rotate_bytes, output.insecure_tls};
}

// The stream's codec if the output's container supports it, else the container's default codec.
std::string codec_for(const scene::Output& output, const std::string& codec) {
  const auto container = media::container_of(output.url, std::nullopt);
  const auto encoder = media::find_video_encoder(codec);
  if (!container || !encoder) return codec;
  const bool holds = media::check_can_hold(*container.value(), *encoder.value(), {}).ok();
  return holds ? codec : std::string(container.value()->default_codec);
}

// Frames are rendered in one format for all encoders.
base::Error different_formats(const std::string& codec, const std::string& other) {
  return base::unsupported(
      "the codecs " + codec + " and " + other +
          " take frames of different pixel formats; use codecs that take the same format, or "
          "another daemon",
      "outputs");
}

bool differ_in_bitrate_only(StreamSettings a, const StreamSettings& b) {
  a.bitrate = b.bitrate;
  return a == b;
}

// Calls `act` for all encodings at the same time, so that they wait for their outputs together.
void for_all_at_once(std::vector<std::shared_ptr<LiveEncoding>>& encodings,
                     const std::function<void(std::shared_ptr<LiveEncoding>&)>& act) {
  std::vector<std::thread> others;
  for (size_t i = 1; i < encodings.size(); ++i) {
    others.push_back(base::named_thread("finish", [&, i] { act(encodings[i]); }));
  }
  if (!encodings.empty()) act(encodings.front());
  for (std::thread& other : others) other.join();
}

}  // namespace

EncodingSet::EncodingSet(base::Metrics& metrics, std::string folder, Listeners listeners,
                         std::shared_ptr<const media::AudioRing> sound, base::Clock* clock)
    : metrics_(metrics),
      folder_(std::move(folder)),
      listeners_(std::move(listeners)),
      sound_(std::move(sound)),
      clock_(clock) {}

EncodingSet::~EncodingSet() = default;

std::vector<EncodingSet::Wanted> EncodingSet::wanted_by(const scene::LiveState& state) {
  std::vector<Wanted> wanted;
  for (const scene::Output& output : state.scene.outputs) {
    StreamSettings settings = state.stream;
    settings.codec = output.codec.value_or(codec_for(output, state.stream.codec));
    if (output.preset) settings.preset = *output.preset;
    if (output.bitrate) settings.bitrate = *output.bitrate;
    wanted.push_back({output, settings});
  }
  return wanted;
}

media::VideoSettings EncodingSet::video_settings(const StreamSettings& settings,
                                                 const PictureShape& shape) {
  media::VideoSettings video;
  video.codec = settings.codec;
  // The default preset is not a choice of the user: an encoder without presets must accept it.
  if (settings.preset != StreamSettings().preset) video.preset = settings.preset;
  video.bitrate = settings.bitrate;
  video.size = shape.size;
  video.rate = shape.rate;
  const int64_t frames = shape.rate.frames_in(settings.keyframe_interval);
  video.gop_frames = static_cast<int>(std::clamp<int64_t>(frames, 1, 100'000));
  return video;
}

std::optional<base::Error> EncodingSet::objection_to(const scene::LiveState& state) {
  const PictureShape shape{scene::frame_size_of(state), state.scene.canvas.fps};
  std::vector<std::pair<StreamSettings, std::vector<media::LiveOutputRequest>>> kinds;
  kinds.push_back({state.stream, {}});
  for (const Wanted& wanted : wanted_by(state)) {
    auto kind = std::ranges::find(kinds, wanted.settings, [](const auto& k) { return k.first; });
    if (kind == kinds.end()) kind = kinds.insert(kinds.end(), {wanted.settings, {}});
    const scene::Output& output = wanted.output;
    kind->second.push_back(request_for(output, output.url));
  }
  std::optional<std::pair<std::string, frame::PixelFormat>> first;  // codec, and what it takes
  for (const auto& [settings, outputs] : kinds) {
    const auto format = LiveEncoding::check(video_settings(settings, shape), outputs);
    if (!format) return format.error();
    if (outputs.empty()) continue;
    if (!first) first.emplace(settings.codec, format.value());
    if (format.value() != first->second) {
      return different_formats(first->first, settings.codec);
    }
  }
  return std::nullopt;
}

void EncodingSet::follow(const scene::LiveState& state) {
  const std::lock_guard changing(changing_);
  {
    const std::lock_guard lock(mutex_);
    if (shape_ == PictureShape{}) shape_ = {scene::frame_size_of(state), state.scene.canvas.fps};
  }
  const bool is_stopped = state.transmission == scene::Transmission::kStopped;
  const std::vector<Wanted> wanted = is_stopped ? std::vector<Wanted>() : wanted_by(state);
  drop_failed();
  change_settings(wanted);
  reopen_reshaped();
  remove_unwanted(wanted);
  for (const Wanted& output : wanted) add_missing(output);
}

// Removes encoders that have failed; add_missing() reopens them with their outputs.
void EncodingSet::drop_failed() {
  std::vector<std::shared_ptr<LiveEncoding>> failed;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(groups_, [&](const Group& group) {
      const bool has_failed = group.encoding->failure().has_value();
      if (has_failed) failed.push_back(group.encoding);
      return has_failed;
    });
  }
  for (const auto& encoding : failed) {
    listeners_.on_error(*encoding->failure());
    encoding->finish(kFinishPatience, media::StreamEnd::kToBeContinued);
  }
}

// Moves a group to new settings if all of its outputs moved there, so that a change of bitrate does
// not reconnect them.
void EncodingSet::change_settings(const std::vector<Wanted>& wanted) {
  for (Group& group : groups_) {
    std::vector<const Wanted*> mine;
    for (const Wanted& output : wanted) {
      if (has_output(group.outputs, output.output.id)) mine.push_back(&output);
    }
    if (mine.empty()) continue;
    const StreamSettings& settings = mine.front()->settings;
    const bool all_agree =
        std::ranges::all_of(mine, [&](const Wanted* w) { return w->settings == settings; });
    if (all_agree && settings != group.settings && group_for(settings) == nullptr) {
      change(group, settings);
    }
  }
}

void EncodingSet::change(Group& group, const StreamSettings& settings) {
  bool is_done = false;
  if (differ_in_bitrate_only(group.settings, settings)) {
    is_done = group.encoding->set_bitrate(settings.bitrate).ok();
  }
  if (!is_done) reopen(group, settings);
  // Also after a refusal: it is not retried until something else is asked for.
  const std::lock_guard lock(mutex_);
  group.settings = settings;
}

// Opens the encoder of `group` with `settings` for the present shape. False, after a report, when
// that is not possible.
bool EncodingSet::reopen(Group& group, const scene::StreamSettings& settings) {
  const PictureShape shape = [this] {
    const std::lock_guard lock(mutex_);
    return shape_;
  }();
  const auto reopened = group.encoding->reopen(video_settings(settings, shape));
  if (!reopened) listeners_.on_error(reopened.error());
  const std::lock_guard lock(mutex_);
  if (!reopened) {
    group.refused_shape = shape;
    return false;
  }
  group.shape = shape;
  group.format = group.encoding->input_format();
  return true;
}

void EncodingSet::reopen_reshaped() {
  for (Group& group : groups_) {
    const bool is_due = [&] {
      const std::lock_guard lock(mutex_);
      return group.shape != shape_ && group.refused_shape != shape_;
    }();
    if (is_due) reopen(group, group.settings);
  }
}

void EncodingSet::remove_unwanted(const std::vector<Wanted>& wanted) {
  const auto is_wanted = [&](const Group& group, const scene::Output& output) {
    return std::ranges::any_of(wanted, [&](const Wanted& w) {
      return w.settings == group.settings && same_place(w.output, output);
    });
  };
  for (Group& group : groups_) {
    const std::vector<scene::Output> outputs = group.outputs;
    for (const scene::Output& output : outputs) {
      if (is_wanted(group, output)) continue;
      const bool goes_on = std::ranges::any_of(wanted, [&](const Wanted& w) {
        return w.output.id == output.id && w.output.url == output.url;
      });
      [[maybe_unused]] const auto removed = group.encoding->remove_output(
          output.id, goes_on ? media::StreamEnd::kToBeContinued : media::StreamEnd::kForGood);
      std::erase_if(group.outputs, [&](const auto& other) { return other.id == output.id; });
    }
  }
  std::vector<std::shared_ptr<LiveEncoding>> ended;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(groups_, [&](const Group& group) {
      if (group.outputs.empty()) ended.push_back(group.encoding);
      return group.outputs.empty();
    });
    std::erase_if(refused_reports_, [&](const auto& report) {
      return std::ranges::none_of(wanted,
                                  [&](const Wanted& w) { return w.output.id == report.id; });
    });
  }
  for (const auto& encoding : ended) encoding->finish(kFinishPatience);
  std::erase_if(refused_, [&](const scene::Output& output) {
    return std::ranges::none_of(wanted, [&](const Wanted& w) { return w.output == output; });
  });
}

EncodingSet::Group* EncodingSet::group_for(const StreamSettings& settings) {
  const auto found = std::ranges::find(groups_, settings, &Group::settings);
  return found == groups_.end() ? nullptr : &*found;
}

void EncodingSet::refuse(const Wanted& wanted, const base::Error& error) {
  refused_.push_back(wanted.output);
  media::LiveOutputReport report;
  report.id = wanted.output.id;
  report.url = base::redacted_url(wanted.output.url, base::UrlUse::kOutput);
  report.set(media::OutputCondition::failed(error.to_string()));
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(refused_reports_, [&](const auto& other) { return other.id == report.id; });
    refused_reports_.push_back(report);
  }
  listeners_.on_output(report);
}

void EncodingSet::add_missing(const Wanted& wanted) {
  if (std::ranges::find(refused_, wanted.output) != refused_.end()) return;
  Group* group = group_for(wanted.settings);
  if (group != nullptr && has_output(group->outputs, wanted.output.id)) return;
  if (group == nullptr) {
    const PictureShape shape = [this] {
      const std::lock_guard lock(mutex_);
      return shape_;
    }();
    auto opened = LiveEncoding::open(video_settings(wanted.settings, shape), metrics_,
                                     listeners_.on_output, sound_, clock_);
    if (!opened) return refuse(wanted, opened.error());
    const frame::PixelFormat format = opened.value()->input_format();
    if (!groups_.empty() && groups_.front().format != format) {
      return refuse(wanted,
                    different_formats(groups_.front().settings.codec, wanted.settings.codec));
    }
    const std::lock_guard lock(mutex_);
    groups_.push_back({wanted.settings, std::move(opened).value(), {}, shape, format, {}});
    group = &groups_.back();
  }
  const scene::Output& output = wanted.output;
  const bool is_url = media::delivery_of(output.url) == media::Delivery::kLive;
  const std::string place =
      is_url ? output.url : (std::filesystem::path(folder_) / output.url).string();
  const auto added = group->encoding->add_output(request_for(output, place));
  if (!added) return refuse(wanted, added.error());
  group->outputs.push_back(output);
}

void EncodingSet::reshape(const PictureShape& shape) {
  const std::lock_guard lock(mutex_);
  shape_ = shape;
}

frame::PixelFormat EncodingSet::format() const {
  const std::lock_guard lock(mutex_);
  return groups_.empty() ? frame::PixelFormat::kYuv420p : groups_.front().format;
}

std::vector<std::shared_ptr<LiveEncoding>> EncodingSet::all_encodings() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<LiveEncoding>> encodings;
  encodings.reserve(groups_.size());
  for (const Group& group : groups_) encodings.push_back(group.encoding);
  return encodings;
}

EncodingSet::Offered EncodingSet::offer(const frame::FramePtr& frame, int64_t index,
                                        int64_t sample) {
  const std::lock_guard lock(mutex_);
  Offered offered = Offered::kTaken;
  for (const Group& group : groups_) {
    if (group.shape != shape_ || group.format != frame->format()) {
      offered = Offered::kReopening;
    } else if (!group.encoding->offer(frame, index, sample) && offered == Offered::kTaken) {
      offered = Offered::kFull;
    }
  }
  return offered;
}

std::vector<media::LiveOutputReport> EncodingSet::outputs() const {
  std::vector<media::LiveOutputReport> reports;
  for (const auto& encoding : all_encodings()) {
    for (auto& report : encoding->outputs()) reports.push_back(std::move(report));
  }
  const std::lock_guard lock(mutex_);
  reports.insert(reports.end(), refused_reports_.begin(), refused_reports_.end());
  return reports;
}

std::optional<base::Error> EncodingSet::failure() const {
  for (const auto& encoding : all_encodings()) {
    if (auto error = encoding->failure()) return error;
  }
  return std::nullopt;
}

size_t EncodingSet::encodings() const {
  const std::lock_guard lock(mutex_);
  return groups_.size();
}

void EncodingSet::finish(base::Duration patience, media::StreamEnd end) {
  const std::lock_guard changing(changing_);
  auto encodings = all_encodings();
  for_all_at_once(encodings, [&](auto& encoding) { encoding->finish(patience, end); });
  {
    const std::lock_guard lock(mutex_);
    groups_.clear();
  }
  // The destructor of an encoding waits once more for an output that does not end.
  for_all_at_once(encodings, [](auto& encoding) { encoding.reset(); });
}

}  // namespace layercast::stream
