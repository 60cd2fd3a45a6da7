#pragma once

#include <string>
#include <string_view>

namespace layercast::base {

/// Whether `text` begins as URLs do: `scheme://`. Source: RFC 3986, section 3.1.
bool is_url(std::string_view text);

/// `url` without what must not be shown, which becomes `***`: passwords, query values, and the last
/// part of an RTMP or SRT path, which is the stream's key. Files stay as they are.
std::string redacted_url(std::string_view url);

/// Whether `url` is one that was redacted.
bool is_redacted(std::string_view url);

/// `text`, which speaks of `url`, without what redacted_url() hides of it.
std::string redacted_text(std::string_view text, std::string_view url);

}  // namespace layercast::base
