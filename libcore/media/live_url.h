#pragma once

#include <string>
#include <string_view>

namespace layercast::media {

/// `text`, which speaks of the output `url`, without what redacted_url() hides of it.
std::string redacted_text(std::string_view text, std::string_view url);

}  // namespace layercast::media
