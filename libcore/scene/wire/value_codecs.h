#pragma once

#include "base/color.h"
#include "base/geometry.h"
#include "base/time.h"
#include "scene/model/easing.h"
#include "scene/model/scene.h"
#include "scene/wire/codec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Codecs of values with a special form, for the tables of objects.
namespace layercast::scene {

/// The value as faults quote it: a scalar in quotes, or the name of its kind.
std::string given(const Value& value);

Codec<base::Color> color();
Codec<base::Duration> duration();
Codec<base::Duration> duration_within(base::Duration min, base::Duration max);
Codec<Easing> easing();
Codec<Gradient> gradient();
Codec<Paint> paint();
Codec<base::FrameRate> frame_rate();
Codec<int64_t> bitrate();
/// The size of a file, in bytes.
Codec<int64_t> file_size();
Codec<base::PointF> point(limits::Range range, const std::string& what);
/// One factor for both directions, or [x, y].
Codec<base::PointF> scale();
/// CSS padding: one number, two or four.
Codec<Insets> insets();
Codec<double> iterations();
Codec<int> font_weight();
/// A path; relative ones are resolved in the folder of the scene file. A FileRole::kAsset refuses
/// URLs.
Codec<std::string> file_path(FileRole role);

/// Reports every item of the list at `key` whose `id` an earlier one has. `kind`: the kind of item.
void check_unique_ids(const Value& value, std::string_view key, std::string_view kind,
                      Reader& reader);

/// The schema of a value with two possible forms.
Value either(Value one, Value other);
/// The schema of the objects that have `key`.
Value requires_key(std::string_view key);

/// Reads `6M`, `2500k` or plain bits per second; nullopt if invalid or outside the limits.
std::optional<int64_t> parse_bitrate(std::string_view text);
/// Reads `500M`, `2G` or plain bytes, in powers of 1000; nullopt if invalid or outside the limits.
std::optional<int64_t> parse_file_size(std::string_view text);

}  // namespace layercast::scene
