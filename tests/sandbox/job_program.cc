// A helper program whose jobs misbehave as they are told.

#include "sandbox/fork_server.h"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/uio.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using layercast::sandbox::Channel;

void compute_for_ever() {
  while (std::clock() >= 0) {
  }
}

void allocate_for_ever() {
  // Memory that is not written to counts, too, and costs no processor time.
  constexpr size_t kBytes = 16 << 20;
  std::vector<std::unique_ptr<char[]>> kept;
  for (;;) kept.emplace_back(std::make_unique_for_overwrite<char[]>(kBytes))[0] = 'x';
}

void answer(Channel& channel, const std::string& request) {
  if (request == "abort") std::abort();
  if (request == "fault") *reinterpret_cast<volatile int*>(8) = 1;
  if (request == "exit") ::_exit(3);
  if (request == "compute") compute_for_ever();
  if (request == "allocate") allocate_for_ever();
  if (request == "sleep") std::this_thread::sleep_for(std::chrono::hours(1));
  if (request == "flood") {
    while (channel.send("answer")) {
    }
    return;
  }
  if (request == "long") {
    std::string bytes(Channel::kMessageBytesMax + 10, 'x');
    iovec part{bytes.data(), bytes.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    ::sendmsg(channel.socket().number(), &header, 0);
    return;
  }
  if (request == "socket") {
    const bool is_open = ::socket(AF_INET, SOCK_STREAM, 0) >= 0;
    static_cast<void>(channel.send(is_open ? "opened" : "refused"));
    return;
  }
  if (request == "variable") {
    const char* value = std::getenv("LAYERCAST_TEST_VARIABLE");
    static_cast<void>(channel.send(value == nullptr ? "none" : value));
    return;
  }
  if (request == "pid") {
    static_cast<void>(channel.send(std::to_string(::getpid())));
    return;
  }
  static_cast<void>(channel.send("echo " + request));
}

void serve(Channel channel) {
  for (;;) {
    auto received = channel.receive();
    if (!received || !received.value()) return;
    answer(channel, received.value()->bytes);
  }
}

}  // namespace

int main(int count, char** arguments) {
  namespace sandbox = layercast::sandbox;
  const bool has_network =
      count > 1 && std::string(arguments[1]) == std::string(sandbox::kNetworkArgument);
  return sandbox::serve_jobs(sandbox::Channel(sandbox::Descriptor(sandbox::kControlDescriptor)),
                             serve,
                             has_network ? sandbox::Reach::kNetwork : sandbox::Reach::kNothing);
}
