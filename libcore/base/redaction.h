#pragma once

#include <string>
#include <string_view>

namespace layercast::base {

/// Whether `text` begins with `scheme://`. Source: RFC 3986, section 3.1.
bool is_url(std::string_view text);

/// Whether `text` is a URL of the scheme http or https, in any case.
bool is_web_url(std::string_view text);

/// `text` with the scheme in lower case if it is a URL, else unchanged: schemes have no case, but
/// libraries compare them with lower-case names. Source: RFC 3986, section 3.1.
std::string with_lower_case_scheme(std::string_view text);

/// Whether `text` is a URL or misspells the begin of one, as `rtmp:/host/app/key` does, so that it
/// may hold secrets. File names are none.
bool is_url_like(std::string_view text);

/// What a URL is used for. It decides which schemes have paths that hold no key.
enum class UrlUse { kSource, kOutput };

/// `url` with `***` in place of its secrets: the password, or a user name without one; query
/// values; and the last segment of the path, which may be a stream key, unless the scheme is known
/// to have none there. A text that is not is_url_like() is returned unchanged.
/// Thread: any, like all functions here.
std::string redacted_url(std::string_view url, UrlUse use = UrlUse::kSource);

/// Whether `url` contains the `***` that redacted_url() writes.
bool is_redacted(std::string_view url);

/// `text`, such as an error message about `url`, with `***` in place of the secrets that
/// redacted_url() hides. Secrets below 3 bytes are replaced only as part of the whole URL, and
/// those below 8 bytes only where they are whole words of letters and digits.
std::string redacted_text(std::string_view text, std::string_view url,
                          UrlUse use = UrlUse::kSource);

/// `text` with each URL in it, up to the next blank or quote, as redacted_url() shows it: for the
/// messages of libraries, which may name other URLs than that of the user.
std::string redacted_urls(std::string_view text);

}  // namespace layercast::base
