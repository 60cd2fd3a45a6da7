#pragma once

#include <span>
#include <string>
#include <string_view>

namespace layercast::media {

/// `a, b or c`, for messages.
std::string listed(std::span<const std::string_view> names);

/// `, did you mean NAME?` with the known name nearest to `wrong`; `otherwise` when none is near.
std::string suggestion(std::string_view wrong, std::span<const std::string_view> known,
                       std::string_view otherwise = {});

}  // namespace layercast::media
