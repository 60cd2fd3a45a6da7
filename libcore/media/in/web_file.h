#pragma once

#include "base/error.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace layercast::media {

/// Which file of a web server to read.
struct WebFileRequest {
  std::string url;                     ///< http or https
  int64_t bytes_max = 0;               ///< of the file
  std::chrono::milliseconds patience;  ///< for connecting, redirections and all data together
  std::function<bool()> is_given_up;   ///< cancels the call, which polls it; may be empty
};

/// Reads a file from a web server. Certificates follow tls_trust(); at most eight redirections, to
/// http and https only, are followed. The URL of a client is read within its ConnectionLimits.
/// Errors: `where` is empty, and no secret of the URL is in the message: kUnsupported for other
/// URLs; kIo, kForbidden for connections, as connection_error() and ConnectionLimits; kLimit for a
/// file that is too large or arrives too slowly; kInterrupted when `is_given_up` cancelled the
/// call; kInvalidInput for an empty file. Blocks; connects to no server if the call is cancelled,
/// or its time is over, from the start. Thread: any.
base::Result<std::string> read_web_file(const WebFileRequest& request);

/// Reads files from web servers and keeps them for a while, because a picture is made again when
/// its layer is scaled. Thread: any (locked); a server delays only the caller.
class WebFiles {
 public:
  using Clock = std::chrono::steady_clock;
  struct Options {
    std::chrono::milliseconds patience;  ///< as WebFileRequest
    Clock::duration kept_for;
    int64_t kept_bytes_max;             ///< of all kept files
    std::function<bool()> is_given_up;  ///< as WebFileRequest
  };

  explicit WebFiles(Options options) : options_(std::move(options)) {}

  /// The file at `url`. Errors: as read_web_file().
  base::Result<std::string> read(const std::string& url, int64_t bytes_max);

 private:
  struct Kept {
    std::string url;
    std::shared_ptr<const std::string> bytes;
    Clock::time_point until;
  };
  std::shared_ptr<const std::string> kept(const std::string& url);
  void keep(const std::string& url, const std::string& bytes);

  const Options options_;
  std::mutex mutex_;
  std::list<Kept> kept_;  ///< the latest first; with the lock
};

}  // namespace layercast::media
