#include "sandbox/channel.h"

#include "base/check.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>

namespace layercast::sandbox {
namespace {

constexpr size_t kControlBytes = CMSG_SPACE(sizeof(int) * Channel::kDescriptorsMax);

// Takes the ownership of the descriptors before anything else can fail.
std::vector<Descriptor> descriptors_of(msghdr& header) {
  std::vector<Descriptor> descriptors;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof number);
      descriptors.emplace_back(number);
    }
  }
  return descriptors;
}

}  // namespace

base::Result<std::pair<Channel, Channel>> Channel::pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return base::io_error(errno, "cannot connect a helper process", {});
  }
  return std::pair(Channel(Descriptor(ends[0])), Channel(Descriptor(ends[1])));
}

base::Result<void> Channel::send(std::string_view bytes, std::span<const int> descriptors,
                                 Wait wait) {
  LAYERCAST_CHECK(bytes.size() <= kMessageBytesMax && descriptors.size() <= kDescriptorsMax);
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(first), descriptors.data(), descriptors.size_bytes());
  }
  const int flags = wait == Wait::kNever ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL;
  for (;;) {
    if (::sendmsg(socket_.number(), &header, flags) >= 0) return {};
    if (errno == EAGAIN) return base::over_limit("a helper process does not receive");
    if (errno != EINTR) return base::io_error(errno, "cannot send to a helper process", {});
  }
}

base::Result<std::optional<Message>> Channel::receive() {
  // A byte more than the limit shows a message that is too long.
  std::string bytes(kMessageBytesMax + 1, '\0');
  iovec part{bytes.data(), bytes.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t size = -1;
  do {
    size = ::recvmsg(socket_.number(), &header, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  if (size < 0 && errno == ECONNRESET) return std::optional<Message>{};
  if (size < 0) return base::io_error(errno, "cannot receive from a helper process", {});
  std::vector<Descriptor> descriptors = descriptors_of(header);
  if (size == 0 && descriptors.empty()) return std::optional<Message>{};
  const bool is_cut = (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  if (is_cut || static_cast<size_t>(size) > kMessageBytesMax) {
    return base::invalid_input("a helper process sent a message that is too long");
  }
  bytes.resize(static_cast<size_t>(size));
  return std::optional<Message>(Message{std::move(bytes), std::move(descriptors)});
}

}  // namespace layercast::sandbox
