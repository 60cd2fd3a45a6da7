#pragma once

#include "base/error.h"
#include "sandbox/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::sandbox {

/// A message and the descriptors that came with it.
struct Message {
  std::string bytes;
  std::vector<Descriptor> descriptors;
};

/// One end of a connection between two processes that keeps the borders of messages.
/// Thread: one at a time.
class Channel {
 public:
  static constexpr size_t kMessageBytesMax = 64 << 10;
  static constexpr size_t kDescriptorsMax = 200;  ///< of one message; the kernel allows 253
  enum class Wait : uint8_t { kForRoom, kNever };

  Channel() = default;
  explicit Channel(Descriptor socket) : socket_(std::move(socket)) {}

  /// Two connected ends. Errors: kIo.
  static base::Result<std::pair<Channel, Channel>> pair();

  /// Sends a message of at most kMessageBytesMax and kDescriptorsMax; the descriptors stay open
  /// here. Waits while the other end does not receive and too much is on its way; with
  /// Wait::kNever, that is kLimit. Errors: kBrokenPipe when the other end is gone; kIo.
  base::Result<void> send(std::string_view bytes, std::span<const int> descriptors = {},
                          Wait wait = Wait::kForRoom);

  /// Waits for a message; nullopt when the other end is gone. Errors: kIo; kInvalidInput for a
  /// message above the limits.
  base::Result<std::optional<Message>> receive();

  const Descriptor& socket() const { return socket_; }
  void close() { socket_.reset(); }

 private:
  Descriptor socket_;
};

}  // namespace layercast::sandbox
