#include "render/renderer.h"

#include "base/check.h"
#include "base/cpu_clock.h"
#include "base/redaction.h"
#include "render/evaluate.h"
#include "render/mask_layer.h"
#include "render/mixed_picture.h"
#include "render/refitted.h"
#include "render/sampling_plan.h"
#include "render/scrolled.h"
#include "scene/eval/animated_size.h"
#include "scene/live/showing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <type_traits>
#include <utility>
#include <variant>

namespace layercast::render {
namespace {

using scene::OnError;

// The costs of layers are measured in one of so many frames. A prime number, so that changes with
// a period of whole frames are met at all their phases.
constexpr int64_t kMeasuredEvery = 31;

frame::PremulRgba8 background_of(const scene::Canvas& canvas) {
  const base::Color& color = canvas.background;
  return frame::premultiplied({color.red, color.green, color.blue, color.alpha});
}

// The pixels of a frame that show the canvas; the others are bars.
base::RectI shown_of(base::SizeI canvas, const base::Affine& frame_from_canvas) {
  const base::RectF place = base::bounds_of(
      frame_from_canvas,
      {0, 0, static_cast<double>(canvas.width), static_cast<double>(canvas.height)});
  return {static_cast<int>(std::floor(place.left)), static_cast<int>(std::floor(place.top)),
          static_cast<int>(std::ceil(place.right)), static_cast<int>(std::ceil(place.bottom))};
}

// The path of `animation` of a character, if an error is about it.
std::optional<std::string> failing_animation(const scene::AnimatedContent& animation,
                                             const base::Error& error,
                                             const scene::SceneSettings& settings) {
  const std::string source =
      settings.resolved(std::visit([](const auto& each) { return each.source; }, animation));
  // The error is about one of the files of a pattern.
  const bool is_one_of = std::holds_alternative<scene::FramesContent>(animation) &&
                         error.where.starts_with(source.substr(0, source.find_first_of("%*?[")));
  if (error.where != base::redacted_url(source) && !is_one_of) return std::nullopt;
  return ".source";
}

std::string failing_character_value(const scene::CharacterContent& character,
                                    const base::Error& error,
                                    const scene::SceneSettings& settings) {
  for (const auto& each : character.animations) {
    const auto value = failing_animation(each.content, error, settings);
    if (value) return ".content.animations." + each.name + *value;
  }
  const auto* animated = std::get_if<scene::AnimatedContent>(&character.source);
  const auto* source = std::get_if<std::string>(&character.source);
  const bool is_source = source != nullptr && error.where == settings.resolved(*source);
  if (animated != nullptr) {
    const auto value = failing_animation(*animated, error, settings);
    if (value) return ".content.source" + *value;
  }
  const bool is_texture =
      character.texture && error.where == settings.resolved(*character.texture) && !is_source;
  return is_texture ? ".content.texture" : ".content.source";
}

// The path of the value that an error of this content is about.
std::string failing_value(const scene::Content& content, const base::Error& error,
                          const scene::SceneSettings& settings) {
  if (const auto* character = std::get_if<scene::CharacterContent>(&content)) {
    return failing_character_value(*character, error, settings);
  }
  const bool has_source = std::visit(
      [](const auto& each) {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, scene::SvgContent>) {
          return each.source.has_value();
        } else {
          return requires { each.source; };
        }
      },
      content);
  return has_source ? ".content.source" : ".content";
}

// The stream time at which the layer's content begins.
base::Duration start_of(const scene::LayerRun& run) { return run.start.value_or(base::Duration{}); }

// The size of the layer box without the changes of size_at().
base::SizeF own_box(const scene::Layer& layer, base::SizeF content) {
  return scene::box_of(layer).value_or(content);
}

// Whether the layer has other filters at `time`, in a transition, than its content was made with.
bool has_other_filters(const scene::RunningLayer& layer, const LayerContent& content,
                       const base::SceneTime& time) {
  const bool changes = layer.run.transition && layer.run.transition->filters_start;
  return changes && content.plain && scene::filters_at(layer, time) != content.filters;
}

}  // namespace

std::string_view name_of(CacheKind kind) {
  constexpr std::array<std::string_view, kCacheKinds> kNames = {"image", "text", "animation"};
  return kNames.at(static_cast<size_t>(kind));
}

int64_t RenderStats::cache_hits() const {
  int64_t hits = 0;
  for (const CacheUse& use : caches) hits += use.hits;
  return hits;
}

int64_t RenderStats::cache_misses() const {
  int64_t misses = 0;
  for (const CacheUse& use : caches) misses += use.misses;
  return misses;
}

Renderer::Renderer(SceneViewPtr view, const RenderOptions& options)
    : options_(options),
      size_(options.size.value_or(view->settings.canvas.size)),
      rate_(options.rate.value_or(view->settings.canvas.fps)),
      frame_from_canvas_(frame_from_canvas(view->settings.canvas.size, size_)) {
  set_format(options.format);
  show(std::move(view));
}

void Renderer::set_format(frame::PixelFormat format) {
  if (compositor_ != nullptr && format == options_.format) return;
  options_.format = format;
  compositor_ = std::make_unique<compose::Compositor>(
      compose::CompositorOptions{format, size_, options_.threads, options_.verify});
}

std::vector<ContentFailure> Renderer::prepare(int64_t frame_index) {
  std::vector<ContentFailure> failures;
  const auto font_error = view_->rasterizer->font_error();
  // Reported once instead of for every text.
  if (font_error) failures.push_back({"fonts", "", *font_error});
  for (LayerState& state : layers_) {
    if (state.content->moving == nullptr) ++cache_of(state).misses;  // the picture of the view
    failures_.clear();
    refresh(state, frame_index);
    if (!failures_.empty() && !state.error) failures.push_back(failures_.front());
    const auto& error = state.error ? state.error : state.content->error;
    if (!error || (font_error && error->to_string() == font_error->to_string())) continue;
    failures.push_back(failure_of(state, *error));
  }
  failures_.clear();
  return failures;
}

std::vector<ContentRemark> Renderer::remarks() const {
  std::vector<ContentRemark> remarks;
  for (const LayerState& state : layers_) {
    const char* key = is_mask_name(state.name) ? "].mask" : "].content";
    for (const std::string& text : state.content->remarks) {
      remarks.push_back({"layers[" + std::to_string(state.index) + key, text});
    }
  }
  return remarks;
}

std::vector<ContentFailure> Renderer::take_failures() { return std::exchange(failures_, {}); }

bool Renderer::take_failing_change() { return std::exchange(has_failing_change_, false); }

std::vector<FailingLayer> Renderer::failing() const {
  std::vector<FailingLayer> failing;
  for (const LayerState& state : layers_) {
    for (const std::optional<base::Error>* error :
         {&state.overrun, &state.error, &std::as_const(state.content->error), &state.loss,
          &state.filter_error}) {
      if (!*error) continue;
      failing.push_back({std::string(owner_of(state.layer->id)), **error, error == &state.loss});
      break;
    }
  }
  return failing;
}

ContentFailure Renderer::failure_of(const LayerState& state, const base::Error& error) const {
  const std::string value = is_mask_name(state.name)
                                ? ".mask.source"
                                : failing_value(state.layer->content, error, view_->settings);
  const std::string path = "layers[" + std::to_string(state.index) + "]" + value;
  return {path, std::string(owner_of(state.layer->id)), error};
}

Renderer::LayerState Renderer::state_of(const ShownLayer& shown,
                                        const scene::LayerDefaults& defaults) const {
  LayerState state;
  state.layer = shown.layer;
  state.run = shown.run;
  state.index = shown.index;
  state.content = shown.content;
  state.name = shown.name;
  state.is_mask = shown.is_mask;
  state.mask = shown.mask;
  state.cost = shown.cost;
  state.is_still = shown.content->is_one_picture() && scene::is_motionless(shown.running());
  state.on_error = scene::on_error_of(
      *shown.layer, defaults,
      options_.patience == Patience::kNone ? OnError::kKeep : OnError::kErrorPicture);
  if (shown.former != nullptr) {
    const FormerContent& former = *shown.former;
    state.former = std::make_unique<LayerState>(
        state_of({former.layer, former.run, shown.index, former.content}, defaults));
    state.former_until = former.replaced_at;
    state.is_fading = true;
    state.former->is_fading = true;
  }
  return state;
}

CacheUse& Renderer::cache_of(const LayerState& state) {
  CacheKind kind = CacheKind::kImage;
  if (state.content->moving != nullptr) {
    kind = CacheKind::kAnimation;
  } else if (!state.content->parts.empty()) {
    kind = CacheKind::kText;
  }
  return stats_.caches.at(static_cast<size_t>(kind));
}

// Keeps the state of a content that is still shown, wherever its layer is now.
void Renderer::take_over(LayerState& before, LayerState& state) const {
  state.text = std::move(before.text);
  state.drawn_for = before.drawn_for;
  state.raster = std::move(before.raster);
  state.parts = std::move(before.parts);
  state.grouped = std::move(before.grouped);
  state.group = std::move(before.group);
  state.effects = std::move(before.effects);
  state.unfilterable = std::move(before.unfilterable);
  state.filter_error = std::move(before.filter_error);
  state.loss = std::move(before.loss);
  state.last_shown = std::move(before.last_shown);
  state.error = std::move(before.error);
  state.absence = std::move(before.absence);
  if (state.is_mask) state.drawn = std::move(before.drawn);
  if (before.overrun && before.layer == state.layer) {
    state.overrun = std::move(before.overrun);
    state.overrun_picture = std::move(before.overrun_picture);
    state.is_error_too_slow = before.is_error_too_slow;
  }
  const bool is_same =
      before.layer == state.layer && before.run == state.run && before.on_error == state.on_error;
  if (is_same && state.is_still) state.items = std::move(before.items);
}

void Renderer::show(SceneViewPtr view) {
  std::vector<LayerState> layers;
  layers.reserve(view->layers.size());
  for (const ShownLayer& shown : view->layers) {
    layers.push_back(state_of(shown, view->settings.defaults));
    const auto take_over_by = [&](LayerState& state) {
      for (LayerState& before : layers_) {
        if (before.content == state.content) return take_over(before, state);
        const bool is_former = before.former && before.former->content == state.content;
        if (is_former) return take_over(*before.former, state);
      }
    };
    take_over_by(layers.back());
    if (layers.back().former) take_over_by(*layers.back().former);
  }
  layers_ = std::move(layers);
  has_failing_change_ = true;
  view_ = std::move(view);
  const scene::Canvas& canvas = view_->settings.canvas;
  list_ = {size_, background_of(canvas), {}, shown_of(canvas.size, frame_from_canvas_)};
  link_masks();
}

void Renderer::refresh(LayerState& state, int64_t frame_index) {
  if (state.overrun) return;
  refresh_content(state, frame_index);
  if (!state.former) return;
  refresh_content(*state.former, frame_index);
  cross_fade(state, rate_.time_of(frame_index));
}

// Replaces the parts by a mixture with those of the former content.
void Renderer::cross_fade(LayerState& state, const base::SceneTime& time) {
  const auto progress = scene::content_progress(state.running(), state.former_until, time);
  const LayerState& former = *state.former;
  // Both are mixed without effects, which apply to the mixture.
  const bool can_mix = !state.is_filtered && !former.is_filtered;
  if (!progress || !can_mix) {
    state.former.reset();
    state.is_fading = false;
    return;
  }
  const auto box_at = [&](const LayerState& each) {
    return scene::size_at(each.running(), own_box(*each.layer, box_of(each)), time);
  };
  const double weight = std::clamp(*progress, 0.0, 1.0) * 255;
  auto parts = cross_faded({former.parts, box_at(former)}, {state.parts, box_at(state)},
                           state.layer->transform.anchor, static_cast<uint8_t>(weight + 0.5));
  if (parts) state.parts = std::move(parts).value();
}

void Renderer::refresh_content(LayerState& state, int64_t frame_index) {
  if (state.content->moving != nullptr && !state.error) return refresh_moving(state, frame_index);
  redraw(state, frame_index);
  if (const auto& error = state.error ? state.error : state.content->error) {
    if (state.error || state.on_error != OnError::kErrorPicture) return show_failure(state, *error);
  }
  const base::SceneTime time = rate_.time_of(frame_index);
  state.is_plain = state.raster || needs_plain(state, time);
  state.is_filtered = !state.content->filters.empty() && !state.is_plain;
  const auto& own = state.is_plain ? state.content->plain : state.content->raster;
  const auto& raster = state.raster ? state.raster : own;
  state.parts.assign(1, part_of(*raster));
  scroll(state.running(), *raster, time, state.parts.front());
  if (raster->behind != nullptr) {
    const base::PointF corner = raster->behind->origin();
    state.parts.insert(state.parts.begin(),
                       content::Part{raster->behind, base::translation(corner.x, corner.y)});
  }
  follow_size(state, time);
}

// Whether the effects that the content was made with must apply to something else: to a mixture, to
// a box of another size; or whether they are other ones now.
bool Renderer::needs_plain(const LayerState& state, const base::SceneTime& time) const {
  if (!state.content->plain) return false;
  if (state.content->is_whole || state.is_fading) return true;
  if (has_other_filters(state.running(), *state.content, time)) return true;
  const base::SizeF own = own_box(*state.layer, state.content->plain->box);
  return scene::size_at(state.running(), own, time) != own;
}

// Moves the parts into a box that has changed its size.
void Renderer::follow_size(LayerState& state, const base::SceneTime& time) {
  const bool is_whole = state.content->is_whole;
  if (state.drawn_for || (!is_whole && !scene::changes_size(state.running()))) return;
  const auto fit = fit_of(*state.layer);
  const base::SizeF own = own_box(*state.layer, box_of(state));
  const base::SizeF size = scene::size_at(state.running(), own, time);
  if (fit && (is_whole || size != own)) refit(*fit, size, state.parts);
}

// The size for which the content has to be redrawn; nullopt: its own.
std::optional<base::SizeF> Renderer::size_to_draw(const LayerState& state,
                                                  const base::SceneTime& time) const {
  if (!scene::changes_size(state.running()) || !is_drawn_for_size(*state.layer)) return {};
  const base::SizeF own = own_box(*state.layer, state.content->raster->box);
  const base::SizeF size = scene::size_at(state.running(), own, time);
  return size == own ? std::nullopt : std::optional(size);
}

// Draws a text that has changed, or a content in a box that has changed its size.
void Renderer::redraw(LayerState& state, int64_t frame_index) {
  const LayerContent& content = *state.content;
  const bool has_failed = content.error || state.error;
  const auto size = has_failed ? std::nullopt : size_to_draw(state, rate_.time_of(frame_index));
  if (!content.changes && !size && !state.drawn_for) {
    ++cache_of(state).hits;
    return;
  }
  if (!content.changes && !size) {
    state.raster.reset();
    state.drawn_for.reset();
    return;
  }
  std::string text =
      content.changes ? scene::expanded(content.parts, {frame_index, rate_, options_.clock_start,
                                                        start_of(*state.run), state.run->stopwatch})
                      : content.text;
  if (text == (state.raster ? state.text : content.text) && size == state.drawn_for) {
    ++cache_of(state).hits;
    return;
  }
  ++cache_of(state).misses;
  base::Shared<scene::Layer> layer = state.layer;
  if (size) layer.edit().size = scene::LengthSize{size->width, size->height};
  auto raster = view_->rasterizer->rasterise(*layer, text);
  state.drawn_for = size;
  state.text = std::move(text);
  if (raster) {
    state.raster = std::move(raster).value();
  } else if (state.on_error == OnError::kErrorPicture) {
    state.raster = view_->rasterizer->error_raster(*state.layer, raster.error());
  }
}

void Renderer::refresh_moving(LayerState& state, int64_t frame_index) {
  const base::SceneTime time = rate_.time_of(frame_index).since(start_of(*state.run));
  const bool had_any = !state.parts.empty();
  const frame::AnyPicture before = had_any ? state.parts.front().picture : frame::AnyPicture{};
  state.parts.clear();
  auto shown = state.content->moving->show(time, options_.patience, state.parts);
  if (auto failure = state.content->moving->take_failure()) {
    failures_.push_back(failure_of(state, *failure));
  }
  if (shown) {
    note_loss(state);
    if (const auto absence = state.content->moving->absence()) show_absence(state, *absence);
    const bool is_known = state.parts.empty() || state.parts.front().picture == before;
    CacheUse& use = cache_of(state);
    ++(is_known ? use.hits : use.misses);
    scroll(state.running(), box_of(state), rate_.time_of(frame_index), state.parts);
    if (state.content->caption) state.parts.push_back(part_of(*state.content->caption));
    follow_size(state, rate_.time_of(frame_index));
    return;
  }
  state.error = std::move(shown).error();
  state.raster.reset();
  has_failing_change_ = true;
  failures_.push_back(failure_of(state, *state.error));
  show_failure(state, *state.error);
}

// Notes whether a live source has a picture, and what the layer shows while it has one.
void Renderer::note_loss(LayerState& state) {
  auto loss = state.content->moving->loss();
  const bool is_known = loss && state.loss && loss->message == state.loss->message;
  if ((loss || state.loss) && !is_known) {
    has_failing_change_ = true;
    state.loss = std::move(loss);
  }
  if (state.on_error == OnError::kKeep && !state.parts.empty()) state.last_shown = state.parts;
}

// Shows nothing, the last picture, or the error picture, which is redrawn when its text changes.
void Renderer::show_absence(LayerState& state, const base::Error& absence) {
  if (state.on_error != OnError::kErrorPicture) return show_failure(state, absence);
  if (std::string text = absence.to_string(); !state.raster || text != state.absence) {
    state.absence = std::move(text);
    state.raster = view_->rasterizer->error_raster(*state.layer, absence);
  }
  state.parts.assign(1, part_of(*state.raster));
}

// Shows what `on_error` says instead of a content that failed.
void Renderer::show_failure(LayerState& state, const base::Error& error) {
  switch (state.on_error) {
    case OnError::kKeep:
      state.parts = state.last_shown;
      break;
    case OnError::kHide:
      state.parts.clear();
      break;
    case OnError::kErrorPicture:
      if (!state.raster) state.raster = view_->rasterizer->error_raster(*state.layer, error);
      state.parts.assign(1, part_of(*state.raster));
      break;
  }
}

base::SizeF Renderer::box_of(const LayerState& state) const {
  const bool shows_error_picture = state.error && state.on_error == OnError::kErrorPicture;
  if (state.content->moving != nullptr && !shows_error_picture) return state.content->moving->box();
  const bool is_own = state.raster && !state.drawn_for;
  return (is_own ? state.raster : state.content->raster)->box;
}

// Combines the parts into one picture, to which effects on the whole layer apply.
void Renderer::group_parts(LayerState& state, base::SizeF box) {
  if (!state.group || state.grouped != state.parts) {
    auto group = flattened(state.parts, box);
    if (!group) return;  // too large for one picture: the parts are drawn one by one
    state.grouped = state.parts;
    state.group = std::move(group).value();
  }
  state.parts.assign(1, *state.group);
}

// Applies the filters that the picture was not made with; not to error pictures. Colour filters at
// the end are left to the compositor. Returns whether there were any filters.
bool Renderer::filter_parts(LayerState& state, base::SizeF box, const base::SceneTime& time) {
  state.recoloring.reset();
  state.is_clipped = state.content->clip && !state.is_plain;
  const bool has_failed = state.error || state.content->error;
  if (has_failed && state.on_error == OnError::kErrorPicture) return false;
  if (state.is_filtered || state.parts.empty()) return false;
  const bool has_any = !state.layer->filters.empty() || state.run->transition;
  if (!has_any && !animates_filters(*state.layer)) return false;
  const auto clip = state.is_clipped ? std::nullopt : state.layer->clip;
  const base::Result<void> done =
      state.effects.apply(state.running(), time, box, clip, state.parts, limit_);
  if (done) {
    state.is_clipped = state.is_clipped || state.effects.has_clipped();
    if (state.filter_error) has_failing_change_ = true;
    state.filter_error.reset();
    state.unfilterable.reset();
    state.recoloring = state.effects.recoloring();
    return true;
  }
  if (limit_.is_over()) {  // the frame is abandoned, and nothing is wrong with the filters
    state.parts.clear();
    return true;
  }
  if (!state.filter_error) {
    failures_.push_back(failure_of(state, done.error()));
    state.filter_error = done.error();
    has_failing_change_ = true;
  }
  if (state.on_error != OnError::kErrorPicture) {
    state.parts.clear();  // unfiltered, it could show what the filter is to hide
    return true;
  }
  if (!state.unfilterable) {
    state.unfilterable = view_->rasterizer->error_raster(*state.layer, done.error());
  }
  state.parts.assign(1, part_of(*state.unfilterable));
  return true;
}

void Renderer::add_items(LayerState& state, const base::SceneTime& time, Items& items) {
  const Stage stage{view_->settings.canvas.size, frame_from_canvas_};
  auto placed = placed_at(state.running(), box_of(state), state.parts, time, stage);
  if (!placed) return;
  if (filter_parts(state, placed->box, time)) {
    // Placed again, since filters may have enlarged the parts: a slide begins just outside the
    // canvas.
    placed = placed_at(state.running(), box_of(state), state.parts, time, stage);
    if (!placed) return;
  }
  placed->is_clipped = state.is_clipped;
  const bool is_group = placed->opacity < 1 ||
                        state.layer->blend_mode != base::BlendMode::kNormal || state.layer->mask;
  if (is_group && state.parts.size() > 1) group_parts(state, placed->box);
  LayerSampling sampling = layer_sampling(state.running(), *state.content, time);
  if (state.former || state.drawn_for) sampling.is_constant = false;
  for (const content::Part& part : state.parts) {
    auto item = sampled_item(*state.layer, *placed, part, sampling, *view_->resampled);
    if (!item) continue;
    item->recoloring = state.recoloring;
    items.push_back(*std::move(item));
  }
}

// False when the frame has overrun its limit.
bool Renderer::update_draw_list(int64_t frame_index) {
  list_.items.clear();
  ++update_;
  const base::SceneTime time = rate_.time_of(frame_index);
  for (LayerState& state : layers_) {
    state.first_item = list_.items.size();
    measured(state, [&] {
      if (!state.is_mask) append_masked(state, time, list_.items);
    });
    state.item_count = list_.items.size() - state.first_item;
    if (is_overrun()) return false;
  }
  return true;
}

// Does `work` for the layer, and notes its time in a frame that is measured or has a limit.
template <class Work>
void Renderer::measured(LayerState& state, const Work& work) {
  work();
  if (!measures_layers_ && !options_.frame_limit) return;
  const auto now = std::chrono::steady_clock::now();
  state.measured_nanoseconds += std::chrono::nanoseconds(now - lap_).count();
  lap_ = now;
}

bool Renderer::is_overrun() const {
  return options_.frame_limit && lap_ - began_ > *options_.frame_limit;
}

// Takes into account that the frame took longer than its limit, `cpu_time` of it on processors.
void Renderer::note_overrun(base::Duration cpu_time) {
  // If the machine stood still, no layer is to blame. The frame was abandoned at the limit, and its
  // thread may have had to share the processor until then.
  constexpr int kShares = 10;
  if (layers_.empty() || cpu_time < *options_.frame_limit / kShares) return suspect_.reset();
  LayerState& costliest = *std::ranges::max_element(layers_, {}, &LayerState::measured_nanoseconds);
  // What is made once, as smaller versions of a large picture, is there in the next frame.
  if (std::exchange(suspect_, costliest.name) != costliest.name) return;
  suspect_.reset();
  mark_overrun(costliest);
}

void Renderer::mark_overrun(LayerState& state) {
  if (state.overrun) {
    state.is_error_too_slow = true;
    return;
  }
  state.overrun = base::over_limit("it takes more than a second a frame; change the layer");
  state.overrun_picture = view_->rasterizer->error_raster(*state.layer, *state.overrun);
  state.items.reset();
  state.former.reset();
  state.effects = {};
  failures_.push_back(failure_of(state, *state.overrun));
  has_failing_change_ = true;
}

// Composes a frame that is measured. It stands for the frames that are not. Null: it is abandoned.
frame::FramePtr Renderer::compose_measured() {
  frame::FramePtr frame = compositor_->compose(list_, &item_nanoseconds_, limit_);
  constexpr double kSeconds = 1e-9 * kMeasuredEvery;
  for (LayerState& state : layers_) {
    int64_t composed = 0;
    for (size_t i = 0; i < state.item_count; ++i) {
      composed += item_nanoseconds_[state.first_item + i];
    }
    if (state.cost != nullptr) {
      state.cost->prepare->add(static_cast<double>(state.measured_nanoseconds) * kSeconds);
      state.cost->compose->add(static_cast<double>(composed) * kSeconds);
    }
    state.measured_nanoseconds += composed / options_.threads;
  }
  return frame;
}

frame::FramePtr Renderer::render(int64_t frame_index) {
  LAYERCAST_CHECK(frame_index >= 0);
  base::CpuStopwatch watch;
  const bool has_costs = !layers_.empty() && layers_.front().cost != nullptr;
  const bool is_due = frames_++ % kMeasuredEvery == kMeasuredEvery - 1;
  measures_layers_ = std::exchange(measures_next_, false) || (has_costs && is_due);
  began_ = lap_ = std::chrono::steady_clock::now();
  if (options_.frame_limit) limit_ = base::TimeLimit(began_ + *options_.frame_limit);
  int64_t cpu_nanoseconds = 0;
  const auto lap = [&](int64_t& sum) {
    const int64_t taken = watch.lap();
    sum += taken;
    cpu_nanoseconds += taken;
  };
  for (LayerState& state : layers_) {
    state.measured_nanoseconds = 0;
    measured(state, [&] { refresh(state, frame_index); });
    if (is_overrun()) break;
  }
  lap(stats_.rasterise_nanoseconds);
  const bool is_listed = !is_overrun() && update_draw_list(frame_index);
  lap(stats_.evaluate_nanoseconds);
  if (!is_listed) {
    note_overrun(std::chrono::nanoseconds(cpu_nanoseconds));
    return nullptr;
  }
  const int64_t composed = compositor_->stats().compose_nanoseconds;
  frame::FramePtr frame =
      measures_layers_ ? compose_measured() : compositor_->compose(list_, nullptr, limit_);
  if (!options_.frame_limit) return frame;
  lap_ = std::chrono::steady_clock::now();
  if (!is_overrun()) {
    suspect_.reset();
  } else {
    // Only a measured frame tells which layer took so long.
    cpu_nanoseconds += (compositor_->stats().compose_nanoseconds - composed) / options_.threads;
    if (measures_layers_) note_overrun(std::chrono::nanoseconds(cpu_nanoseconds));
    measures_next_ = true;
  }
  return frame;
}

RenderStats Renderer::stats() const {
  RenderStats stats = stats_;
  for (const LayerState& state : layers_) {
    if (state.content->moving != nullptr) {
      stats.decode_nanoseconds += state.content->moving->decode_nanoseconds();
    }
  }
  return stats;
}

}  // namespace layercast::render
