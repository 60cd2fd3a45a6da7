#pragma once

#include "base/error.h"

#include <cstdint>
#include <functional>
#include <string>

namespace layercast::content {

/// Reads the file at a URL, of at most `bytes_max` bytes. Errors: without `where`.
/// Thread: any; it may be called on several threads at once.
using UrlReader =
    std::function<base::Result<std::string>(const std::string& url, int64_t bytes_max)>;

/// Sets how the images of the process are read from URLs, because this module knows no network.
/// Call it before contents are made. Without it, URLs are refused.
void set_url_reader(UrlReader reader);

/// Reads the regular file at `path`, or the file at a URL. FIFOs and devices are refused, because
/// reading them could block. Errors: `where` is the path, or the URL without its secrets:
/// kNotFound, kIo; kInvalidInput when it is empty or not a regular file; kLimit above `bytes_max`;
/// kForbidden as base::open_file(); those of the URL reader. Thread: any.
base::Result<std::string> read_file(const std::string& path, int64_t bytes_max);
/// The same for the file of a pattern, with the name that base::open_file() takes.
base::Result<std::string> read_file(const std::string& path, const std::string& name,
                                    int64_t bytes_max);

/// `error` with `path`, or the URL without its secrets, as its `where` if it has none.
base::Error at_path(base::Error error, const std::string& path);

/// Succeeds when `path` is a regular file. Errors: as read_file().
base::Result<void> check_is_file(const std::string& path);

/// The kLimit error for a file of more than `bytes_max` bytes.
base::Error file_too_large(int64_t bytes_max, const std::string& path);

}  // namespace layercast::content
