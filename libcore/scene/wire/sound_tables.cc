#include "scene/wire/sound_tables.h"

#include "scene/model/sound_names.h"
#include "scene/wire/value_codecs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

Codec<base::Duration> seconds_within(limits::Range range) {
  const auto of = [](double seconds) {
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
  };
  return duration_within(of(range.min), of(range.max));
}

Codec<MeterStyle> meter_style() {
  return one_of<MeterStyle>({{MeterStyle::kBars, "bars"},
                             {MeterStyle::kWaveform, "waveform"},
                             {MeterStyle::kSpectrum, "spectrum"},
                             {MeterStyle::kRing, "ring"}});
}

// [low, high]
Codec<LevelRange> level_range() {
  const auto ends = list(number(limits::kLevel), 2, 2, "levels");
  const std::string kind = "[low, high] in dBFS, each from -120 to 0, low below high";
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<LevelRange> {
            const auto read = ends.read(value, reader);
            if (!read || read->size() != 2) return std::nullopt;
            if (read->front() < read->back()) return LevelRange{read->front(), read->back()};
            reader.fault(value, "the first level is not below the second", kind);
            return std::nullopt;
          },
          [=](const LevelRange& range) {
            return ends.write({range.low, range.high});
          },
          ends.schema};
}

// The ids of the layers and of the sounds of a scene.
struct KnownIds {
  std::vector<std::string_view> all;

  void add(const Value* items) {
    if (items == nullptr) return;
    for (const Value& item : items->items) {
      const Value* id = item.find("id");
      if (id != nullptr) all.emplace_back(id->text);
    }
  }
  bool contain(std::string_view name) const { return std::ranges::find(all, name) != all.end(); }
};

// Whether the layer may have sound; also true if that cannot be read.
bool may_sound(const Value& layer) {
  const Value* content = layer.find("content");
  const Value* type = content == nullptr ? nullptr : content->find("type");
  return type == nullptr || type->text == "video" || type->text == "character";
}

bool is_id_of(const Value* items, std::string_view name) {
  return items != nullptr && std::ranges::any_of(items->items, [&](const Value& item) {
           const Value* id = item.find("id");
           return id != nullptr && id->text == name;
         });
}

void check_name(const Value& scene, const Value& name, const KnownIds& known, Reader& reader) {
  if (!name.is(Value::Kind::kString) || is_fixed_sound(name.text)) return;
  if (!known.contain(name.text)) {
    reader.fault(name, "there is no layer and no sound \"" + name.text + "\"",
                 "program, or the id of a layer or a sound" + suggestion(name.text, known.all));
    return;
  }
  if (is_id_of(scene.find("audio"), name.text)) return;
  for (const Value& layer : scene.find("layers")->items) {
    const Value* id = layer.find("id");
    if (id == nullptr || id->text != name.text || may_sound(layer)) continue;
    reader.warn(name, "the layer \"" + name.text + "\" has no sound",
                "a layer with a video, a sound, or program");
  }
}

}  // namespace

Codec<std::string> sound_name() { return name(); }

ObjectTable<MeterContent> meter_table() {
  using C = MeterContent;
  return {
      .title = "content: meter",
      .doc =
          "Shows a sound of the scene as it is heard in the mix, with its volume. The sound is "
          "measured every 10 ms, over 43 ms around that time, a spectrum over 85 ms. Offline, each "
          "frame shows exactly "
          "its own sound. Without size, the box is 320 x 120 px, or 160 x 160 px for a ring.",
      .fields = {
          required("of", &C::of, sound_name(),
                   "The sound: program (the whole mix), or the id of a layer or a sound. none "
                   "is silence; a meter gets it when its layer or sound is removed live."),
          optional("style", &C::style, meter_style(),
                   "bars: the peak levels of the left and the right channel, along the longer "
                   "side of the box. waveform: the sound of 43 ms. spectrum: the peak levels of "
                   "frequency bands from 40 Hz to 16 kHz, low ones on the left. ring: the peak "
                   "level, clockwise from the top."),
          optional("bands", &C::bands, integer(limits::kMeterBands),
                   "Columns of a spectrum (absent: 32) or a waveform (absent: 64); segments of "
                   "each bar or of the ring (absent: continuous)."),
          optional("range", &C::range, level_range(),
                   "The levels at both ends of the scale, in dBFS. The upper one is also the "
                   "amplitude that fills the box of a waveform."),
          optional("color", &C::color, color(), "Colour of the level."),
          optional("gradient", &C::gradient, gradient(),
                   "Fills the level instead of color; it spans the box."),
          optional("background_color", &C::background_color, color(),
                   "Colour of the part of the scale that the level does not fill."),
          optional("gap", &C::gap, number(limits::kLength),
                   "Space between bars, columns and segments, in px."),
          optional("radius", &C::radius, number(limits::kLength),
                   "Rounds the corners of bars, columns and their segments, in px."),
          optional("thickness", &C::thickness, number({0.5, limits::kLength.max}),
                   "Thickness of the ring in px; absent: an eighth of the shorter side."),
          optional("smoothing", &C::smoothing, seconds_within(limits::kSmoothingSeconds),
                   "How long the display takes to fall from the top of the range to its bottom "
                   "after the sound has ended; it rises at once. A waveform is not smoothed.")}};
}

Codec<Talking> talking() {
  using T = Talking;
  return object<T>(
      {.title = "talking",
       .doc = "The sound of the voice chooses the state of the character.",
       .fields = {
           optional("level_above", &T::level_above, number(limits::kLevel),
                    "The character talks while the RMS level of the voice over 43 ms is above "
                    "this, in dBFS. A sine wave at full scale has -3."),
           optional("hold", &T::hold, seconds_within(limits::kHoldSeconds),
                    "How long it talks on after the voice was last above the level."),
           optional("state", &T::state, name(), "The state that it shows while it talks."),
           optional("else", &T::otherwise, name(),
                    "The state that it shows otherwise; absent: the source.")}});
}

void check_followed_sounds(const Value& scene, Reader& reader) {
  const Value* layers = scene.find("layers");
  if (layers == nullptr || !layers->is(Value::Kind::kArray)) return;
  KnownIds known;
  known.add(layers);
  known.add(scene.find("audio"));
  const Reader::Step list(reader, "layers");
  for (size_t i = 0; i < layers->items.size(); ++i) {
    const Value* content = layers->items[i].find("content");
    const Value* type = content == nullptr ? nullptr : content->find("type");
    if (type == nullptr) continue;
    const std::string_view key = type->text == "meter"       ? "of"
                                 : type->text == "character" ? "voice"
                                                             : "";
    const Value* name = key.empty() ? nullptr : content->find(key);
    if (name == nullptr) continue;
    const Reader::Step item(reader, i);
    const Reader::Step within(reader, "content");
    const Reader::Step member(reader, key);
    check_name(scene, *name, known, reader);
  }
}

}  // namespace layercast::scene
