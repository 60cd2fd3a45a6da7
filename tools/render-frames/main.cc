#include "frame/frame.h"
#include "media/out/audio_encoder.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "stream/offline_sound.h"
#include "stream/soundtrack.h"
#include "tools/common/closing_line.h"
#include "tools/common/decoding.h"
#include "tools/common/frame_writer.h"
#include "tools/common/interruption.h"
#include "tools/common/log.h"
#include "tools/common/network_options.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/common/stats.h"
#include "tools/common/values.h"
#include "tools/common/video_feeds.h"
#include "tools/common/web_pictures.h"
#include "tools/render-frames/options.h"
#include "tools/render-frames/settings.h"
#include "tools/render-frames/sink.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace layercast::tools {
namespace {

// Logs content failures with their places in the scene file.
struct FailureLog {
  const scene::SceneFile& file;
  const Log& log;
  bool keep_going;

  // False when the failures end the run.
  bool report(const std::vector<render::ContentFailure>& failures) const {
    for (const auto& failure : failures) {
      const std::string line = file.where(failure.value_path) + ": " + failure.error.to_string();
      if (keep_going) {
        log.write(LogLevel::kWarning, line);
      } else {
        log.write_fault(line);
      }
    }
    return failures.empty() || keep_going;
  }
};

base::Error interruption_after(int64_t frames, int64_t of) {
  return {base::ErrorCode::kInterrupted,
          "interrupted after " + std::to_string(frames) + " of " + std::to_string(of) + " frames",
          "", nullptr};
}

// Renders the frames of `span` in order and passes them to `push` until it returns false.
template <class Push>
base::Result<void> render_into(const Push& push, render::Renderer& renderer, const FrameSpan& span,
                               const FailureLog& failures, Progress& progress) {
  for (int64_t index = span.first; index < span.last; ++index) {
    if (interrupted()) return interruption_after(index - span.first, span.count());
    frame::FramePtr frame = renderer.render(index);
    if (!failures.report(renderer.take_failures())) {
      return base::io_error("stopped because a video cannot be read");
    }
    if (!push(NumberedFrame{index, std::move(frame)})) break;
    progress.update(index - span.first + 1);
  }
  return {};
}

base::Result<void> render_span(render::Renderer& renderer, const FrameSpan& span, FrameSink& sink,
                               const FailureLog& failures, Progress& progress, Stats& stats) {
  const auto write = [&sink](const NumberedFrame& next) {
    return sink.write(next.frame, next.index);
  };
  if (!sink.takes_time()) {
    const auto push = [&write](const NumberedFrame& next) { return write(next).ok(); };
    return render_into(push, renderer, span, failures, progress);
  }
  FrameWriter writer(write);
  const auto push = [&writer](NumberedFrame next) { return writer.push(std::move(next)); };
  TRY_DO(render_into(push, renderer, span, failures, progress));
  stats.add_stage("hand_over", writer.waited_nanoseconds());
  return writer.join();
}

void report(const render::Renderer& renderer, Stats& stats) {
  const render::RenderStats rendering = renderer.stats();
  const compose::ComposeStats& composing = renderer.compose_stats();
  stats.add_stage("decode", rendering.decode_nanoseconds);
  stats.add_stage("evaluate", rendering.evaluate_nanoseconds);
  stats.add_stage("rasterise", rendering.rasterise_nanoseconds);
  stats.add_stage("plan", composing.plan_nanoseconds);
  stats.add_stage("compose", composing.compose_nanoseconds);
  stats.add_stage("convert", composing.convert_nanoseconds);
  stats.add_count("frames_repeated", composing.frames_repeated);
  stats.add_count("tiles_composed", composing.tiles_composed);
  stats.add_count("tiles_copied", composing.tiles_copied);
  stats.add_count("tiles_fetched", composing.tiles_fetched);
  stats.add_count("tiles_skipped", composing.tiles_skipped);
  stats.add_count("pixels_blended", composing.pixels_blended);
  stats.add_count("cache_hits", rendering.cache_hits());
  stats.add_count("cache_misses", rendering.cache_misses());
  stats.add_count("frames_made", static_cast<int64_t>(renderer.frames_made()));
  stats.add_count("frame_bytes", static_cast<int64_t>(renderer.frame_bytes()));
}

// Reports what a run has written, unless that is only a picture, or nothing.
void close_run(const RenderSettings& settings, const FrameSpan& span, base::FrameRate rate,
               std::chrono::steady_clock::time_point began, const Log& log) {
  const bool is_picture = settings.kind == OutputKind::kStills && span.count() == 1;
  if (settings.output == "-" || settings.kind == OutputKind::kNothing || is_picture) return;
  log.write(LogLevel::kInfo, closing_line({{settings.output},
                                           span.count(),
                                           rate,
                                           bytes_of_file(settings.output),
                                           std::chrono::steady_clock::now() - began}));
}

base::Result<void> run(const RenderSettings& settings, render::Renderer& renderer,
                       const FrameSpan& span, const FailureLog& failures, Stats& stats) {
  const auto began = std::chrono::steady_clock::now();
  const bool is_opaque = failures.file.scene.canvas.background.alpha == 255;
  TRY(auto sink, open_sink(settings, {renderer.size(), renderer.rate(), span.count(), is_opaque}));
  if (const std::string remark = sink->remark(); !remark.empty()) {
    failures.log.write(LogLevel::kWarning, settings.output + ": " + remark);
  }
  Progress progress(failures.log.is_text() ? Progress::Show::kOnTerminal : Progress::Show::kNever,
                    span.count());
  renderer.set_format(sink->format());
  TRY_DO(render_span(renderer, span, *sink, failures, progress, stats));
  TRY_DO(sink->finish());
  progress.clear();
  report(renderer, stats);
  sink->report(stats);
  if (settings.stats) TRY_DO(stats.write(*settings.stats, span.count()));
  close_run(settings, span, renderer.rate(), began, failures.log);
  return {};
}

render::OfflineOptions offline_options(const RenderSettings& settings,
                                       const stream::OfflineSound& sound, int64_t first_frame) {
  render::OfflineOptions options;
  options.size = settings.size;
  options.rate = settings.rate;
  options.threads = settings.threads;
  options.clock_start = settings.clock;
  options.open_feed = feed_opener(Showing::kOffline, settings.threads);
  options.open_probe = sound.opener();
  options.verify = settings.verify ? compose::Verify::kEveryFrame : compose::Verify::kNever;
  options.first_frame = first_frame;
  return options;
}

// Adds the scene's sound to an encoded output, unless the options replace or disable it; otherwise
// only `measured`, which meters and characters follow, may have failures. False when a failure ends
// the run.
bool add_sound(RenderSettings& settings, int64_t first_frame, base::FrameRate rate,
               stream::OfflineSound& measured, const FailureLog& failures) {
  const bool is_heard =
      settings.kind == OutputKind::kVideo && settings.audio.kind == media::AudioKind::kSilence;
  settings.audio.first_frame = first_frame;
  if (!is_heard) return failures.report(measured.take_failures());
  auto opened = stream::Soundtrack::open(failures.file, media::samples_until(first_frame, rate));
  settings.audio.kind = media::AudioKind::kSource;
  settings.audio.source = std::move(opened.soundtrack);
  return failures.report(opened.failures);
}

int render_frames(const Arguments& arguments, const Log& log) {
  Stats stats;
  if (const auto applied = apply_network_options(arguments); !applied) {
    return log.fail(applied.error());
  }
  const auto decoding = decoding_settings(arguments);
  if (!decoding) return log.fail(decoding.error());
  if (const auto applied = apply_decoding(decoding.value(), log); !applied) {
    return log.fail(applied.error());
  }
  const WebPictures web_pictures;
  auto settings = render_settings(arguments);
  if (!settings) return log.fail(settings.error());
  const auto file = load_scene_or_tell(arguments.positional(), log);
  if (!file) return usage_status();
  const base::FrameRate rate = settings.value().rate.value_or(file->scene.canvas.fps);
  const auto span = frame_span(settings.value(), file->scene.duration, rate);
  if (!span) {
    return log.fail({span.error().code, span.error().message, file->path, nullptr});
  }
  const int64_t first = span.value().first;
  const FailureLog failures{*file, log, settings.value().keep_going};
  stream::OfflineSound sound(*file);
  render::Renderer renderer =
      render::offline_renderer(*file, offline_options(settings.value(), sound, first));
  if (!failures.report(renderer.prepare(first))) {
    return base::meaning_of(base::ErrorCode::kInternal).exit_status;
  }
  for (const render::ContentRemark& remark : renderer.remarks()) {
    log.write(LogLevel::kWarning, file->where(remark.value_path) + ": " + remark.text);
  }
  if (!add_sound(settings.value(), first, rate, sound, failures)) {
    return base::meaning_of(base::ErrorCode::kInternal).exit_status;
  }
  return exit_status(run(settings.value(), renderer, span.value(), failures, stats), log);
}

}  // namespace
}  // namespace layercast::tools

int main(int argc, char** argv) {
  namespace tools = layercast::tools;
  return tools::run_tool(tools::render_frames_options(), argc, argv, tools::render_frames);
}
