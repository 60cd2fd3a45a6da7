#include "frame/frame.h"
#include "render/renderer.h"
#include "tools/common/frame_writer.h"
#include "tools/common/interruption.h"
#include "tools/common/log.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/common/stats.h"
#include "tools/common/values.h"
#include "tools/render-frames/options.h"
#include "tools/render-frames/settings.h"
#include "tools/render-frames/sink.h"

#include <string>
#include <utility>

namespace layercast::tools {
namespace {

base::Result<void> render_span(render::Renderer& renderer, const FrameSpan& span, FrameSink& sink,
                               Progress& progress) {
  frame::FramePool pool(sink.format(), renderer.size());
  FrameWriter writer(
      [&sink](const NumberedFrame& next) { return sink.write(next.frame, next.index); });
  for (int64_t index = span.first; index < span.last; ++index) {
    if (interrupted()) {
      return base::Error{base::ErrorCode::kInterrupted,
                         "interrupted after " + std::to_string(index - span.first) + " of " +
                             std::to_string(span.count()) + " frames",
                         "", nullptr};
    }
    auto frame = pool.take();
    renderer.render(index, *frame);
    if (!writer.push({index, std::move(frame)})) break;
    progress.update(index - span.first + 1);
  }
  return writer.join();
}

// Tells what cannot be shown. Errors: kInvalidInput unless the run keeps going.
bool content_is_fit(render::Renderer& renderer, int64_t first, bool keep_going, const Log& log) {
  const auto failures = renderer.prepare(first);
  for (const auto& failure : failures) {
    const std::string line = failure.where + ": " + failure.error.to_string();
    if (keep_going) {
      log.write(LogLevel::kWarning, line);
    } else {
      log.write_fault(line);
    }
  }
  return failures.empty() || keep_going;
}

void add_render_stages(const render::RenderTimes& times, Stats& stats) {
  stats.add_stage("evaluate", times.evaluate);
  stats.add_stage("rasterise", times.rasterise);
  stats.add_stage("compose", times.compose);
  stats.add_stage("convert", times.convert);
}

base::Result<void> run(const RenderSettings& settings, render::Renderer& renderer,
                       const FrameSpan& span, const Log& log, Stats& stats) {
  TRY(auto sink, open_sink(settings, renderer.size(), renderer.rate(), span.count()));
  Progress progress(log.is_text() ? Progress::Show::kOnTerminal : Progress::Show::kNever,
                    span.count());
  TRY_DO(render_span(renderer, span, *sink, progress));
  TRY_DO(sink->finish());
  progress.clear();
  add_render_stages(renderer.times(), stats);
  sink->report(stats);
  if (settings.stats) TRY_DO(stats.write(*settings.stats, span.count()));
  return {};
}

int render_frames(const Arguments& arguments, const Log& log) {
  Stats stats;
  auto settings = render_settings(arguments);
  if (!settings) return log.fail(settings.error());
  const auto file = load_scene_or_tell(arguments.positional(), log);
  if (!file) return usage_status();
  const base::FrameRate rate = settings.value().rate.value_or(file->scene.canvas.fps);
  const auto span = frame_span(settings.value(), file->scene.duration, rate);
  if (!span) {
    return log.fail({span.error().code, span.error().message, file->path, nullptr});
  }
  render::Renderer renderer(*file, {settings.value().size, settings.value().rate,
                                    settings.value().threads, settings.value().clock});
  if (!content_is_fit(renderer, span.value().first, settings.value().keep_going, log)) {
    return base::meaning_of(base::ErrorCode::kInternal).exit_status;
  }
  return exit_status(run(settings.value(), renderer, span.value(), log, stats), log);
}

}  // namespace
}  // namespace layercast::tools

int main(int argc, char** argv) {
  namespace tools = layercast::tools;
  return tools::run_tool(tools::render_frames_options(), argc, argv, tools::render_frames);
}
