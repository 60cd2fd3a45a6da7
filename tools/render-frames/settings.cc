#include "tools/render-frames/settings.h"

#include "base/nearest.h"
#include "base/parse_number.h"
#include "media/out/container.h"
#include "tools/common/values.h"
#include "tools/common/video_options.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <thread>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;

constexpr int64_t kFrameMax = int64_t{1} << 40;
constexpr int kThreadsMax = 256;

std::optional<int64_t> parse_index(std::string_view text) {
  const auto number = base::parse_number<int64_t>(text);
  return number && *number >= 0 && *number <= kFrameMax ? number : std::nullopt;
}

base::Result<void> read_frames(const Arguments& arguments, RenderSettings& settings) {
  const auto given = arguments.one("frames");
  if (!given) return {};
  const auto wrong = wrong_value("frames", *given, "A:B with A before B, such as 0:120 or 60:");
  const size_t colon = given->find(':');
  if (colon == std::string::npos) return wrong;
  const std::string_view first = std::string_view(*given).substr(0, colon);
  const std::string_view last = std::string_view(*given).substr(colon + 1);
  settings.first = first.empty() ? std::optional<int64_t>(0) : parse_index(first);
  if (!last.empty()) settings.last = parse_index(last);
  if (!settings.first || (!last.empty() && !settings.last)) return wrong;
  if (settings.last && *settings.last <= *settings.first) return wrong;
  return {};
}

base::Result<void> read_shard(const Arguments& arguments, RenderSettings& settings) {
  const auto given = arguments.one("shard");
  if (!given) return {};
  const auto wrong = wrong_value("shard", *given, "I/N with I from 1 to N, such as 2/4");
  const size_t slash = given->find('/');
  if (slash == std::string::npos) return wrong;
  const auto index = parse_index(std::string_view(*given).substr(0, slash));
  const auto count = parse_index(std::string_view(*given).substr(slash + 1));
  if (!index || !count || *index < 1 || *index > *count || *count > 1'000'000) return wrong;
  settings.shard = *index;
  settings.shards = *count;
  return {};
}

constexpr std::array<std::pair<std::string_view, content::StillFormat>, 6> kStills = {
    {{"png", content::StillFormat::kPng},
     {"jpg", content::StillFormat::kJpeg},
     {"jpeg", content::StillFormat::kJpeg},
     {"webp", content::StillFormat::kWebp},
     {"gif", content::StillFormat::kGif},
     {"avif", content::StillFormat::kAvif}}};

// The name of the output format, from --format or from the output's name.
std::string format_name(const Arguments& arguments, const std::string& output) {
  if (const auto forced = arguments.one("format")) return *forced;
  if (output == "null:") return "null";
  if (output == "-") return "rgba";
  if (media::is_known_output(output)) return "video";
  const std::string extension = std::filesystem::path(output).extension().string();
  return extension.empty() ? std::string{} : extension.substr(1);
}

Error unknown_format(const Arguments& arguments, const std::string& output,
                     const std::string& name) {
  std::vector<std::string> all = {"rgba", "y4m", "png", "jpg", "webp", "gif", "avif", "null"};
  for (const auto& container : media::known_containers()) all.emplace_back(container);
  const std::vector<std::string_view> known(all.begin(), all.end());
  std::string list;
  for (const auto& each : known) list += (list.empty() ? "" : ", ") + std::string(each);
  const auto nearest = base::nearest_name(name, known);
  std::string message = name.empty() ? "the name has no format" : "unknown format \"" + name + "\"";
  message += ", expected one of " + list;
  if (nearest) message += "; did you mean \"" + std::string(*nearest) + "\"?";
  return base::invalid_input(message, arguments.has("format") ? std::string("--format") : output);
}

base::Result<void> read_output(const Arguments& arguments, RenderSettings& settings) {
  settings.output = arguments.one("output").value_or("-");
  settings.format = format_name(arguments, settings.output);
  const auto containers = media::known_containers();
  const auto still = std::ranges::find(kStills, settings.format,
                                       &std::pair<std::string_view, content::StillFormat>::first);
  if (settings.format == "rgba") {
    settings.kind = OutputKind::kRaw;
  } else if (settings.format == "y4m") {
    settings.kind = OutputKind::kRaw;
    settings.raw_format = frame::PixelFormat::kYuv420p;
  } else if (settings.format == "null") {
    settings.kind = OutputKind::kNothing;
    settings.raw_format = frame::PixelFormat::kYuv420p;
  } else if (still != kStills.end()) {
    settings.kind = OutputKind::kStills;
    settings.still_format = still->second;
  } else if (settings.format == "video" ||
             std::ranges::find(containers, settings.format) != containers.end()) {
    settings.kind = OutputKind::kVideo;
    if (!arguments.has("format")) settings.format.clear();
  } else {
    return unknown_format(arguments, settings.output, settings.format);
  }
  return {};
}

base::Result<void> read_video(const Arguments& arguments, RenderSettings& settings) {
  if (settings.kind != OutputKind::kVideo) {
    const std::string given = given_video_option(arguments);
    if (given.empty()) return {};
    return base::invalid_input(
        "the output is not encoded, expected a video output such as -o x.mp4", given);
  }
  TRY(settings.video, video_settings(arguments));
  TRY(settings.audio, audio_settings(arguments));
  return {};
}

base::Result<void> read_times(const Arguments& arguments, RenderSettings& settings) {
  TRY_DO(read_frames(arguments, settings));
  TRY(settings.at, duration_option(arguments, "at"));
  if (settings.at && settings.first) {
    return base::invalid_input("both are given, expected one of them", "--at and --frames");
  }
  TRY_DO(read_shard(arguments, settings));
  TRY(settings.size, size_option(arguments, "size"));
  TRY(settings.rate, rate_option(arguments, "fps"));
  if (const auto clock = arguments.one("clock")) {
    auto parsed = scene::parse_wall_time(*clock);
    if (!parsed) return base::invalid_input(parsed.error().message, "--clock");
    settings.clock = parsed.value();
  }
  return {};
}

}  // namespace

base::Result<RenderSettings> render_settings(const Arguments& arguments) {
  RenderSettings settings;
  TRY_DO(read_output(arguments, settings));
  TRY_DO(read_video(arguments, settings));
  TRY_DO(read_times(arguments, settings));
  TRY(const auto threads, integer_option(arguments, "threads", {1, kThreadsMax}));
  settings.threads =
      threads ? static_cast<int>(*threads)
              : std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kThreadsMax);
  settings.keep_going = arguments.has("keep-going");
  settings.verify = arguments.has("verify");
  settings.stats = arguments.one("stats");
  return settings;
}

base::Result<FrameSpan> frame_span(const RenderSettings& settings,
                                   std::optional<base::Duration> duration, base::FrameRate rate) {
  if (settings.at) {
    const int64_t index = rate.index_at(*settings.at);
    return FrameSpan{index, index + 1};
  }
  if (!settings.last && !duration) {
    return base::invalid_input(
        "the scene has no duration, expected --frames A:B, --at TIME, or a duration in "
        "the scene");
  }
  const int64_t first = settings.first.value_or(0);
  const int64_t last = settings.last ? *settings.last : rate.frames_in(*duration);
  const int64_t count = std::max<int64_t>(0, last - first);
  const FrameSpan span{first + count * (settings.shard - 1) / settings.shards,
                       first + count * settings.shard / settings.shards};
  if (span.count() > 0) return span;
  return base::invalid_input("no frames to render: frames " + std::to_string(first) +
                             " to before " + std::to_string(last) + " in " +
                             std::to_string(settings.shards) + " parts");
}

}  // namespace layercast::tools
