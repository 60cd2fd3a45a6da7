#include "scene/live/run_tables.h"

#include "scene/model/limits.h"
#include "scene/wire/length_codecs.h"
#include "scene/wire/motion_tables.h"
#include "scene/wire/value_codecs.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

Codec<TransitionRun> transition_run() {
  using T = TransitionRun;
  return object<T>(
      {.title = "transition run",
       .doc = "The values that a layer changes from while its transition plays.",
       .fields = {
           optional("opacity_start", &T::opacity_start, duration(),
                    "Stream time at which the opacity began to change."),
           optional("opacity", &T::opacity, number(limits::kUnit), "The opacity at that time."),
           optional("transform_start", &T::transform_start, duration(),
                    "Stream time at which the transform began to change."),
           optional("transform", &T::transform, transform(), "The transform at that time."),
           optional("filters_start", &T::filters_start, duration(),
                    "Stream time at which the filters began to change."),
           optional("filters", &T::filters, filters(), "The filters at that time."),
           optional("size_start", &T::size_start, duration(),
                    "Stream time at which the size began to change."),
           optional("size", &T::size, length_size(), "The size at that time."),
           optional("content_start", &T::content_start, duration(),
                    "Stream time at which the content began to cross-fade.")}});
}

Codec<CharacterRun> character_run() {
  using C = CharacterRun;
  return object<C>(
      {.title = "character run",
       .doc = "When the state of a character began.",
       .fields = {optional("state_before", &C::state_before, name(), "The previous state."),
                  optional("state_start", &C::state_start, duration(),
                           "Stream time at which the present state began."),
                  optional("state_before_start", &C::state_before_start, duration(),
                           "Stream time at which state_before began; absent: with the layer."),
                  optional("fade_start", &C::fade_start, duration(),
                           "Stream time at which the cross-fade began; absent: state_start.")}});
}

Codec<MessageRun> message_run() {
  using M = MessageRun;
  return object<M>(
      {.title = "message run",
       .doc = "When a message appeared.",
       .fields = {
           required("id", &M::id, string(1, limits::kNameLengthMax, "a text", FileRole::kNone),
                    "Id of the message."),
           required("shown_at", &M::shown_at, duration(), "Stream time at which it appeared.")}});
}

Codec<Stopwatch> stopwatch() {
  using S = Stopwatch;
  return object<S>(
      {.title = "stopwatch",
       .doc = "The stopwatch of a text. Without it, the stopwatch runs from the start.",
       .fields = {optional("elapsed", &S::elapsed, duration(),
                           "Time that it had counted when it "
                           "was last started or stopped."),
                  optional("running_since", &S::running_since, duration(),
                           "Stream time since which it runs; absent: it is stopped."),
                  optional("reset_at", &S::reset_at, duration(),
                           "Stream time of the last reset, from which countdowns count.")}});
}

// Null: the animation begins with the layer.
Codec<AnimationStarts> animation_starts() {
  const auto time = duration();
  const Codec<std::optional<base::Duration>> start = {
      "a duration or null",
      [=](const Value& value, Reader& reader) -> std::optional<std::optional<base::Duration>> {
        if (value.is(Value::Kind::kNull)) return std::optional<base::Duration>();
        const auto read = time.read(value, reader);
        return read ? std::optional(read) : std::nullopt;
      },
      [=](const std::optional<base::Duration>& typed) {
        return typed ? time.write(*typed) : Value::null();
      },
      [=](SchemaBuilder& builder) {
        return either(time.schema(builder), Value::object().add("type", Value::of("null")));
      }};
  return list(start, 0, limits::kAnimationsMax, "starts");
}

constexpr const char* kStartsDoc =
    "Stream times at which the animations began, in their order; null: with the layer.";

}  // namespace

const Codec<LayerRun>& layer_run_codec() {
  using R = LayerRun;
  static const Codec<LayerRun> codec = object<R>(
      {.title = "layer run",
       .doc = "When the parts of a live layer began. Only commands change it.",
       .fields = {
           optional("start", &R::start, duration(),
                    "Stream time at which content and animations began; absent: the layer has not "
                    "been shown yet."),
           optional("shown_since", &R::shown_since, duration(),
                    "Stream time at which the layer was last shown; absent: start."),
           optional("exit_start", &R::exit_start, duration(),
                    "Stream time at which the layer was hidden; if it was shown again while its "
                    "exit played, the time at which the reversed exit ends."),
           optional("transition", &R::transition, transition_run(),
                    "The values that the layer changes from."),
           optional("animations", &R::animations, animation_starts(), kStartsDoc),
           optional("character", &R::character, character_run(),
                    "When the state of the character began."),
           optional("messages", &R::messages,
                    list(message_run(), 0, limits::kMessagesMax, "messages"),
                    "When the messages of a chat appeared."),
           optional("stopwatch", &R::stopwatch, stopwatch(),
                    "The stopwatch of a text; absent: it runs from start."),
       }});
  return codec;
}

const Codec<TrackRun>& track_run_codec() {
  using R = TrackRun;
  static const Codec<TrackRun> codec = object<R>(
      {.title = "sound run",
       .doc = "When a live sound began.",
       .fields = {optional("start", &R::start, duration(),
                           "Stream time at which it began; its delay follows."),
                  optional("animations", &R::animations, animation_starts(), kStartsDoc)}});
  return codec;
}

}  // namespace layercast::scene
