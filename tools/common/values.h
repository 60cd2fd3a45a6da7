#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "scene/scene_file.h"
#include "tools/common/log.h"
#include "tools/common/option_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::tools {

/// Error{kInvalidInput}: `--option: "given" is not understood, expected …`.
base::Error wrong_value(std::string_view option, std::string_view given, std::string_view expected);

/// The values of options, read from an Arguments; nullopt when the option was not given.
/// Errors: kInvalidInput naming the option.
base::Result<std::optional<base::SizeI>> size_option(const Arguments& arguments,
                                                     std::string_view name);
base::Result<std::optional<base::FrameRate>> rate_option(const Arguments& arguments,
                                                         std::string_view name);
base::Result<std::optional<base::Duration>> duration_option(const Arguments& arguments,
                                                            std::string_view name);
/// Range: min to max.
struct IntegerRange {
  int64_t min;
  int64_t max;
};
base::Result<std::optional<int64_t>> integer_option(const Arguments& arguments,
                                                    std::string_view name, IntegerRange range);

/// A scene file, or nothing once its faults are on stderr.
std::optional<scene::SceneFile> load_scene_or_tell(const std::string& path, const Log& log);

/// Exit status of what a user wrote wrongly.
int usage_status();

}  // namespace layercast::tools
