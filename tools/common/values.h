#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "scene/wire/scene_file.h"
#include "tools/common/log.h"
#include "tools/common/option_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::tools {

/// Error{kInvalidInput}: `--option: "given" is not understood, expected …`.
base::Error wrong_value(std::string_view option, std::string_view given, std::string_view expected);

/// Parse the values of options; nullopt when an option was not given. Errors: kInvalidInput, naming
/// the option.
base::Result<std::optional<base::SizeI>> size_option(const Arguments& arguments,
                                                     std::string_view name);
base::Result<std::optional<base::FrameRate>> rate_option(const Arguments& arguments,
                                                         std::string_view name);
base::Result<std::optional<base::Duration>> duration_option(const Arguments& arguments,
                                                            std::string_view name);
/// Whether a rate is within the limits of rate_option().
bool is_rate_in_range(const base::FrameRate& rate);

/// An inclusive range.
struct IntegerRange {
  int64_t min;
  int64_t max;
};
base::Result<std::optional<int64_t>> integer_option(const Arguments& arguments,
                                                    std::string_view name, IntegerRange range);

/// Loads a scene file; nullopt when it has faults, which it writes to the log.
std::optional<scene::SceneFile> load_scene_or_tell(const std::string& path, const Log& log);

/// The exit status for invalid input.
int usage_status();

}  // namespace layercast::tools
