#include "scene/live/stream_config.h"

#include "scene/model/limits.h"
#include "scene/wire/value_codecs.h"

#include <array>
#include <utility>

namespace layercast::scene {
namespace {

struct Quality {
  std::string_view name;
  std::string_view preset;
};
constexpr std::array kQualities = {Quality{"low", "ultrafast"}, Quality{"medium", "veryfast"},
                                   Quality{"high", "medium"}};

/// An optional field that is written even with its default: clients see every setting.
template <class Member>
Field<StreamConfig> shown(std::string key, Member StreamSettings::*member, Codec<Member> codec,
                          std::string doc) {
  auto field = required(std::move(key), member, std::move(codec), std::move(doc));
  field.form.doc.required = false;
  return fields_of<StreamConfig, StreamSettings>(&StreamConfig::settings, {std::move(field)})
      .front();
}

Codec<base::Duration> keyframe_interval() {
  using std::chrono::duration_cast;
  const auto seconds = [](double count) {
    return duration_cast<base::Duration>(std::chrono::duration<double>(count));
  };
  return duration_within(seconds(limits::kKeyframeSeconds.min),
                         seconds(limits::kKeyframeSeconds.max));
}

ObjectTable<StreamConfig> stream_config_table() {
  using S = StreamSettings;
  const auto side = integer(limits::kCanvasSide);
  ObjectTable<StreamConfig> table;
  table.title = "stream";
  table.doc =
      "Size and rate of the picture, and its encoding for outputs without settings of their own.";
  table.fields = fields_of<StreamConfig, base::SizeI>(
      &StreamConfig::size,
      {required("width", &base::SizeI::width, side,
                "Width of the stream's frames in px. The canvas is scaled to fit into them; its "
                "coordinates stay."),
       required("height", &base::SizeI::height, side, "Height of the stream's frames in px.")});
  Field<StreamConfig> fps = required("fps", &StreamConfig::fps, frame_rate(), "Frames per second.");
  fps.form.doc.required = false;
  table.fields.push_back(std::move(fps));
  for (auto& field : {
           shown("codec", &S::codec, string(1, 64, "a codec name", FileRole::kNone),
                 "The video codec: h264, vp8, vp9 …"),
           shown("preset", &S::preset, string(1, 64, "a preset name", FileRole::kNone),
                 "The preset of the encoder."),
           shown("bitrate", &S::bitrate, bitrate(), "Bitrate of the video, in bits per second."),
           shown("keyframe_interval", &S::keyframe_interval, keyframe_interval(),
                 "Time from one keyframe to the next."),
       }) {
    table.fields.push_back(field);
  }
  return table;
}

}  // namespace

const Codec<StreamConfig>& stream_config_codec() {
  static const Codec<StreamConfig> codec = object(stream_config_table());
  return codec;
}

const Codec<std::string>& quality_codec() {
  static const Codec<std::string> codec = [] {
    std::vector<EnumName<std::string>> table;
    for (const Quality& each : kQualities) table.push_back({std::string(each.name), each.name});
    return one_of(std::move(table));
  }();
  return codec;
}

std::string_view preset_of_quality(std::string_view quality) {
  return std::ranges::find(kQualities, quality, &Quality::name)->preset;
}

StreamConfig stream_config_of(const LiveState& state) {
  return {frame_size_of(state), state.scene.canvas.fps, state.stream};
}

void set_frame_size(LiveState& state, base::SizeI size) {
  if (size == state.scene.canvas.size) {
    state.frame_size.reset();
  } else {
    state.frame_size = size;
  }
}

const Codec<Transmission>& transmission_codec() {
  static const Codec<Transmission> codec =
      one_of<Transmission>({{Transmission::kOnAir, "on-air"},
                            {Transmission::kStopped, "stopped"},
                            {Transmission::kPaused, "paused"}});
  return codec;
}

}  // namespace layercast::scene
