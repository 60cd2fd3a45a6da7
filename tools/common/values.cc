#include "tools/common/values.h"

#include "base/parse_number.h"
#include "scene/model/limits.h"

namespace layercast::tools {
namespace {

std::optional<base::SizeI> parse_size(std::string_view text) {
  const size_t times = text.find('x');
  if (times == std::string_view::npos) return std::nullopt;
  const auto width = base::parse_number<int64_t>(text.substr(0, times));
  const auto height = base::parse_number<int64_t>(text.substr(times + 1));
  const auto fits = [](std::optional<int64_t> side) {
    return side && *side >= static_cast<int64_t>(scene::limits::kCanvasSide.min) &&
           *side <= static_cast<int64_t>(scene::limits::kCanvasSide.max);
  };
  if (!fits(width) || !fits(height)) return std::nullopt;
  return base::SizeI{static_cast<int>(*width), static_cast<int>(*height)};
}

std::optional<base::FrameRate> parse_rate(std::string_view text) {
  const auto rate = base::parse_frame_rate(text);
  return rate && is_rate_in_range(*rate) ? rate : std::nullopt;
}

// Parses an option's value with `parse`.
template <class T, class Parse>
base::Result<std::optional<T>> parsed_option(const Arguments& arguments, std::string_view name,
                                             std::string_view expected, Parse parse) {
  const auto given = arguments.one(name);
  if (!given) return std::optional<T>{};
  std::optional<T> parsed = parse(*given);
  if (!parsed) return wrong_value(name, *given, expected);
  return parsed;
}

}  // namespace

base::Error wrong_value(std::string_view option, std::string_view given,
                        std::string_view expected) {
  return base::invalid_input(
      "\"" + std::string(given) + "\" is not understood, expected " + std::string(expected),
      "--" + std::string(option));
}

bool is_rate_in_range(const base::FrameRate& rate) {
  return rate.denominator <= scene::limits::kFrameRateDenominatorMax &&
         rate.per_second() >= scene::limits::kFrameRate.min &&
         rate.per_second() <= scene::limits::kFrameRate.max;
}

base::Result<std::optional<base::SizeI>> size_option(const Arguments& arguments,
                                                     std::string_view name) {
  return parsed_option<base::SizeI>(
      arguments, name, "WIDTHxHEIGHT such as 1280x720, each from 16 to 7680", parse_size);
}

base::Result<std::optional<base::FrameRate>> rate_option(const Arguments& arguments,
                                                         std::string_view name) {
  return parsed_option<base::FrameRate>(
      arguments, name, "frames per second from 1 to 240, such as 30 or 30000/1001", parse_rate);
}

base::Result<std::optional<base::Duration>> duration_option(const Arguments& arguments,
                                                            std::string_view name) {
  return parsed_option<base::Duration>(arguments, name, "a time such as 2.5s, 500ms or 1m30s",
                                       base::parse_duration);
}

base::Result<std::optional<int64_t>> integer_option(const Arguments& arguments,
                                                    std::string_view name, IntegerRange range) {
  const auto within = [range](std::string_view text) {
    const auto number = base::parse_number<int64_t>(text);
    return number && *number >= range.min && *number <= range.max ? number : std::nullopt;
  };
  return parsed_option<int64_t>(
      arguments, name,
      "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max),
      within);
}

std::optional<scene::SceneFile> load_scene_or_tell(const std::string& path, const Log& log) {
  auto loaded = scene::load_scene(path);
  if (loaded) {
    for (const auto& line : loaded.value().warnings) log.write(LogLevel::kWarning, line);
    return std::move(loaded).value();
  }
  for (const auto& line : loaded.error().lines) log.write_fault(line);
  return std::nullopt;
}

int usage_status() { return base::meaning_of(base::ErrorCode::kInvalidInput).exit_status; }

}  // namespace layercast::tools
