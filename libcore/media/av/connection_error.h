#pragma once

#include "base/error.h"
#include "media/av/libav.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace layercast::media {

/// The connection whose failure connection_error() explains.
struct Connection {
  enum class Direction { kPublish, kPlay };

  std::string url;
  Direction direction = Direction::kPlay;
  int attempts = 1;  ///< How many TCP connections the operation has made.
  /// Ends the look-up of the reason for a refused certificate; may be empty.
  std::function<bool()> is_given_up{};
  bool accepts_any_certificate = false;  ///< Although tls_trust() does not.
};

/// The Error for a negative result of an operation on a connection, in words for an operator: which
/// side failed and why. `said`: the messages of the library. nullopt when the result is not about
/// the connection. The message contains no secret of the URL; `where` is empty.
/// Errors: kForbidden when the peer was reached and refused, so that the same request will hardly
/// succeed soon; kBrokenPipe, kIo otherwise. May connect to the peer once more, for at most three
/// seconds, to find out what is wrong with its certificate. Thread: any.
std::optional<base::Error> connection_error(int result, const std::vector<LibraryLog::Line>& said,
                                            const Connection& connection);

}  // namespace layercast::media
