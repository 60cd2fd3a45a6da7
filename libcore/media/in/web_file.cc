#include "media/in/web_file.h"

#include "base/check.h"
#include "base/redaction.h"
#include "media/av/connection_error.h"
#include "media/av/connection_limits.h"
#include "media/av/libav.h"
#include "media/av/tls_trust.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

extern "C" {
#include <libavformat/avio.h>
#include <libavutil/dict.h>
#include <libavutil/error.h>
}

namespace layercast::media {
namespace {

using Clock = WebFiles::Clock;

constexpr const char* kProtocols = "http,https,tls,tcp,httpproxy";
constexpr int kChunkBytes = 64 << 10;
constexpr int kRedirectionsMax = 8;  // of libavformat

/// One request. Thread: one at a time.
class Transfer {
 public:
  explicit Transfer(const WebFileRequest& request)
      : request_(request),
        url_(base::with_lower_case_scheme(request.url)),
        limits_(request.url),
        end_(Clock::now() + request.patience) {}
  ~Transfer() { avio_closep(&io_); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  base::Result<std::string> read() {
    TRY_DO(limits_.check());
    const LibraryLog log(limits_.judge());
    if (is_over()) return error_of(AVERROR_EXIT);
    if (const int result = open(); result < 0) return error_of(result);
    if (avio_size(io_) > request_.bytes_max) return too_large();
    std::string bytes;
    for (;;) {
      const size_t size = bytes.size();
      bytes.resize(size + kChunkBytes);
      const int count = avio_read_partial(
          io_, reinterpret_cast<unsigned char*>(bytes.data() + size), kChunkBytes);
      if (count < 0 && count != AVERROR_EOF) return error_of(count);
      bytes.resize(size + static_cast<size_t>(std::max(0, count)));
      if (static_cast<int64_t>(bytes.size()) > request_.bytes_max) return too_large();
      if (is_over()) return error_of(AVERROR_EXIT);
      if (count <= 0) break;
    }
    if (bytes.empty()) return base::invalid_input("the server sent an empty file");
    return bytes;
  }

 private:
  int open() {
    AVDictionary* options = nullptr;
    add_tls_options(&options, url_);
    av_dict_set(&options, "seekable", "0", 0);  // no `Range`
    const AVIOInterruptCB interrupt{
        [](void* transfer) {
          const bool is_refused = LibraryLog::refused_address().has_value();
          return is_refused || static_cast<Transfer*>(transfer)->is_over() ? 1 : 0;
        },
        this};
    av_dict_set(&options, "protocol_whitelist", kProtocols, 0);
    const int result = avio_open2(&io_, url_.c_str(), AVIO_FLAG_READ, &interrupt, &options);
    av_dict_free(&options);
    return result;
  }

  bool is_given_up() const { return request_.is_given_up && request_.is_given_up(); }
  bool is_late() const { return Clock::now() >= end_; }
  bool is_over() const { return is_late() || is_given_up(); }

  base::Error too_large() const {
    return base::over_limit("the file is larger than " + std::to_string(request_.bytes_max >> 20) +
                            " MiB");
  }

  base::Error error_of(int result) const {
    if (auto error = ConnectionLimits::refusal()) return *std::move(error);
    if (is_given_up()) {
      return {base::ErrorCode::kInterrupted, "the transfer was cancelled", {}, nullptr};
    }
    if (result == AVERROR_EXIT || is_late()) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request_.patience);
      return base::over_limit("the server did not send the file within " +
                              std::to_string(seconds.count()) + " s");
    }
    if (result == AVERROR(EIO) && LibraryLog::connections() > kRedirectionsMax) {
      return base::io_error("the server redirects more than " + std::to_string(kRedirectionsMax) +
                            " times");
    }
    const Connection connection{url_, Connection::Direction::kPlay, LibraryLog::connections(),
                                [this] { return is_over(); }};
    if (auto error = connection_error(result, LibraryLog::lines(), connection)) {
      return *std::move(error);
    }
    base::Error error =
        transfer_error(result, "the server cannot be read", {}, base::ErrorCode::kIo);
    error.message = base::redacted_urls(base::redacted_text(error.message, url_));
    return error;
  }

  const WebFileRequest& request_;
  const std::string url_;
  const ConnectionLimits limits_;
  const Clock::time_point end_;
  AVIOContext* io_ = nullptr;
};

}  // namespace

base::Result<std::string> read_web_file(const WebFileRequest& request) {
  if (!base::is_web_url(request.url)) {
    return base::unsupported("not a URL of a web server; expected http or https");
  }
  return Transfer(request).read();
}

std::shared_ptr<const std::string> WebFiles::kept(const std::string& url) {
  const std::lock_guard lock(mutex_);
  kept_.remove_if([now = Clock::now()](const Kept& each) { return each.until <= now; });
  const auto found = std::ranges::find(kept_, url, &Kept::url);
  return found == kept_.end() ? nullptr : found->bytes;
}

void WebFiles::keep(const std::string& url, const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  kept_.remove_if([&](const Kept& each) { return each.url == url; });
  kept_.push_front(
      {url, std::make_shared<const std::string>(bytes), Clock::now() + options_.kept_for});
  int64_t sum = 0;
  kept_.remove_if([&](const Kept& each) {
    sum += static_cast<int64_t>(each.bytes->size());
    return sum > options_.kept_bytes_max;
  });
}

base::Result<std::string> WebFiles::read(const std::string& url, int64_t bytes_max) {
  if (const auto known = kept(url)) {
    if (static_cast<int64_t>(known->size()) <= bytes_max) return *known;
  }
  TRY(std::string bytes, read_web_file({url, bytes_max, options_.patience, options_.is_given_up}));
  keep(url, bytes);
  return bytes;
}

}  // namespace layercast::media
