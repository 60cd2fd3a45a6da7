#include "render/layer_content.h"

#include "base/redaction.h"
#include "content/animation/animated.h"
#include "content/filter/filters.h"
#include "content/picture/fit.h"
#include "content/picture/meter.h"
#include "content/picture/remarks.h"
#include "render/evaluate.h"
#include "render/layer_effects.h"
#include "render/refitted.h"
#include "scene/model/sound_names.h"

#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <variant>

namespace layercast::render {

namespace {

// The source of an animation with a resolved path; nullopt for other contents.
std::optional<content::PictureSource> picture_source(const scene::Content& content,
                                                     const scene::SceneSettings& settings) {
  const auto source = [&](auto typed) -> std::optional<content::PictureSource> {
    typed.source = settings.resolved(typed.source);
    return typed;
  };
  if (const auto* gif = std::get_if<scene::GifContent>(&content)) return source(*gif);
  if (const auto* sprite = std::get_if<scene::SpriteContent>(&content)) return source(*sprite);
  if (const auto* frames = std::get_if<scene::FramesContent>(&content)) return source(*frames);
  return std::nullopt;
}

// The same layer without transform and animations.
scene::Layer unscaled(const scene::Layer& layer) {
  scene::Layer plain = layer;
  plain.transform = {};
  plain.animations.clear();
  plain.enter.clear();
  plain.exit.clear();
  return plain;
}

content::VideoFiles video_files(const scene::VideoContent& video,
                                const scene::SceneSettings& settings) {
  content::VideoFiles files{settings.resolved(video.source), std::nullopt};
  if (video.fallback) files.fallback = settings.resolved(*video.fallback);
  return files;
}

// `raster` with the clip and the filters of `made` applied.
base::Result<content::Raster> with_effects(const LayerContent& made, const scene::Layer& layer,
                                           const content::Raster& raster) {
  if (!made.clip) return content::filtered(raster, made.filters);
  const base::SizeF box = scene::box_of(layer).value_or(raster.box);
  return content::filtered(clipped(raster, box, made.clip->radius), made.filters);
}

}  // namespace

ContentMaker::ContentMaker(scene::SceneSettings settings, ContentSources sources,
                           std::shared_ptr<content::PicturePool> pool)
    : settings_(std::move(settings)),
      sources_(std::move(sources)),
      preload_(pool ? Preload::kStates : Preload::kNone),
      pool_(pool ? std::move(pool) : std::make_shared<content::PicturePool>()),
      rasterizer_(std::make_shared<content::Rasterizer>(settings_)) {}

// Opens a moving content; null for a content without motion.
base::Result<std::unique_ptr<content::MovingContent>> ContentMaker::open(
    const scene::RunningLayer& running) {
  const scene::Layer& layer = running.layer;
  if (const auto* video = std::get_if<scene::VideoContent>(&layer.content)) {
    return content::open_video(*video, scene::box_of(layer), video_files(*video, settings_),
                               sources_.open_feed);
  }
  if (const auto* chat = std::get_if<scene::ChatContent>(&layer.content)) {
    return rasterizer_->open_chat(scene::timed_chat(*chat, running.run), scene::box_of(layer),
                                  running.run.start.value_or(base::Duration{}));
  }
  if (const auto* character = std::get_if<scene::CharacterContent>(&layer.content)) {
    return open_character(
        *character, running,
        {settings_, sources_.open_feed, *pool_, *rasterizer_, sources_.open_probe, preload_});
  }
  if (const auto* meter = std::get_if<scene::MeterContent>(&layer.content)) {
    const bool has_probe = sources_.open_probe && meter->of != scene::kNoSound;
    return content::open_meter(*meter, scene::box_of(layer),
                               running.run.start.value_or(base::Duration{}),
                               has_probe ? sources_.open_probe(meter->of) : nullptr);
  }
  if (auto source = picture_source(layer.content, settings_)) {
    const auto box = is_made_whole(running) ? std::nullopt : scene::box_of(layer);
    return content::open_animated({*std::move(source), box, std::nullopt}, *pool_);
  }
  return std::unique_ptr<content::MovingContent>();
}

LayerContentPtr ContentMaker::make(const scene::RunningLayer& running,
                                   const scene::PlaceholderClock& clock) {
  content::Remarks remarks;
  LayerContentPtr made;
  try {
    made = made_without_remarks(running, clock);
  } catch (const std::bad_alloc&) {
    made = make_failed(running, content::lacks_memory("it cannot be drawn"));
  }
  made->remarks = remarks.take();
  return made;
}

LayerContentPtr ContentMaker::make_failed(const scene::RunningLayer& running, base::Error error) {
  auto made = std::make_shared<LayerContent>();
  made->is_whole = is_made_whole(running);
  fail(*made, running.layer, std::move(error));
  return made;
}

// Makes `made` the error picture.
void ContentMaker::fail(LayerContent& made, const scene::Layer& layer, base::Error error) {
  error.message = base::redacted_text(error.message, error.where);
  error.where = base::redacted_url(error.where);
  made.raster = rasterizer_->error_raster(layer, error);
  made.filters = lasting_filters(layer);
  made.clip = lasting_clip(layer);
  made.error = std::move(error);
}

LayerContentPtr ContentMaker::made_without_remarks(const scene::RunningLayer& running,
                                                   const scene::PlaceholderClock& clock) {
  const scene::Layer& layer = running.layer;
  auto made = std::make_shared<LayerContent>();
  made->is_whole = is_made_whole(running);
  scene::Layer source = layer;
  if (made->is_whole) source.size.reset();
  auto moving = open(running);
  if (!moving) {
    fail(*made, layer, std::move(moving).error());
    return made;
  }
  made->moving = std::move(moving).value();
  if (made->moving != nullptr) {
    auto caption = rasterizer_->caption(layer, scene::box_of(layer).value_or(made->moving->box()));
    if (!caption) {
      made->moving.reset();
      fail(*made, layer, std::move(caption).error());
    } else {
      made->caption = std::move(caption).value();
    }
    return made;
  }
  if (const auto* text = std::get_if<scene::TextContent>(&layer.content)) {
    made->parts = scene::parse_placeholders(text->text).parts;
    made->changes = scene::changes_with_time(made->parts);
    made->text = scene::expanded(made->parts, clock);
  }
  if (!made->changes) {
    made->clip = lasting_clip(layer);
    made->filters = lasting_filters(layer);
  }
  auto raster = rasterizer_->rasterise(source, made->text);
  auto finished = raster ? with_effects(*made, layer, raster.value()) : raster;
  if (raster && !finished && raster.value().pixels_from_box != base::Affine{}) {
    // At the scale at which it is shown, the filtered picture would be too large.
    raster = rasterizer_->rasterise(unscaled(source), made->text);
    if (raster) finished = with_effects(*made, layer, raster.value());
  }
  if (raster && layer.transition && !made->filters.empty()) made->plain = raster.value();
  raster = std::move(finished);
  if (!raster) {
    fail(*made, layer, std::move(raster).error());
  } else {
    made->raster = std::move(raster).value();
  }
  return made;
}

}  // namespace layercast::render
