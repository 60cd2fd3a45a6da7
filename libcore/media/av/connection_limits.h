#pragma once

#include "base/client_limits.h"
#include "base/error.h"
#include "media/av/libav.h"

#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// The servers that the library may connect to for one URL: any, unless a client named the URL.
/// Then their addresses must be public, or allowed by base::SourceHosts, also after redirections
/// and for the segments of a playlist. A proxy server counts as such a server. Thread: one at a
/// time.
class ConnectionLimits {
 public:
  explicit ConnectionLimits(const std::string& url);

  /// Succeeds if the library may open the URL. For SRT, whose connections no LibraryLog sees, this
  /// looks up the name of the host, and blocks. Errors: kForbidden.
  base::Result<void> check() const;
  /// For the LibraryLog of each call of the library. Ownership: that of this object.
  const ConnectionJudge& judge() const { return judge_; }
  /// Why LibraryLog::refused_address() of this thread is refused; nullopt if there is none.
  static std::optional<base::Error> refusal();

 private:
  const std::string url_;
  const std::shared_ptr<const base::ClientLimits> limits_;
  ConnectionJudge judge_;  ///< empty without limits
};

}  // namespace layercast::media
