#pragma once

#include "gtest/gtest.h"
#include "tests/media/read_back.h"

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace layercast::media::test {

using Clock = std::chrono::steady_clock;

/// Whether `is_true` becomes so within `patience`; asked every few milliseconds.
inline bool wait_for(const std::function<bool()>& is_true, std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  while (!is_true()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

/// A TCP socket on the loopback interface.
class Socket {
 public:
  Socket() : number_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  explicit Socket(int number) : number_(number) {}
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

  /// 0 for any free port.
  bool listen(int port) const {
    const int one = 1;
    ::setsockopt(number_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address = loopback(port);
    return ::bind(number_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
           ::listen(number_, 16) == 0;
  }
  bool connect(int port) const {
    sockaddr_in address = loopback(port);
    return ::connect(number_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  void set_receive_bytes(int bytes) const {
    ::setsockopt(number_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(number_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  bool is_readable(int milliseconds) const {
    pollfd poll{number_, POLLIN, 0};
    return ::poll(&poll, 1, milliseconds) > 0;
  }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  int number_;
};

inline int free_port() {
  const Socket socket;
  EXPECT_TRUE(socket.listen(0));
  return socket.port();
}

/// nginx with its RTMP module, on ports and in a folder of its own.
class RtmpServer {
 public:
  RtmpServer() : rtmp_port_(free_port()), http_port_(free_port()) {
    const std::string folder = folder_ / "";
    std::ofstream(folder_ / "nginx.conf")
        << "load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;\n"
        << "daemon off; master_process off; pid " << folder << "nginx.pid;\n"
        << "error_log " << folder << "e.log info;\n"
        << "events { worker_connections 128; }\n"
        << "rtmp { access_log off; server { listen 127.0.0.1:" << rtmp_port_
        << "; chunk_size 4096;\n"
        << "  application live { live on; record off; drop_idle_publisher 10s; } } }\n"
        << "http { access_log off; client_body_temp_path " << folder << "; proxy_temp_path "
        << folder << "; fastcgi_temp_path " << folder << ";\n  uwsgi_temp_path " << folder
        << "; scgi_temp_path " << folder << ";\n  server { listen 127.0.0.1:" << http_port_
        << "; location /stat { rtmp_stat all; } } }\n";
    start();
  }
  ~RtmpServer() { kill(); }

  void start() {
    const std::string log = folder_ / "e.log";
    const std::string configuration = folder_ / "nginx.conf";
    const std::string folder = folder_ / "";
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::execlp("nginx", "nginx", "-e", log.c_str(), "-p", folder.c_str(), "-c",
               configuration.c_str(), nullptr);
      ::execl("/usr/sbin/nginx", "nginx", "-e", log.c_str(), "-p", folder.c_str(), "-c",
              configuration.c_str(), nullptr);
      ::_exit(127);
    }
    ASSERT_TRUE(wait_for([this] { return Socket().connect(rtmp_port_); }, std::chrono::seconds(5)));
  }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  void freeze() const { ::kill(process_, SIGSTOP); }
  void thaw() const { ::kill(process_, SIGCONT); }

  int rtmp_port() const { return rtmp_port_; }
  std::string url(const std::string& key) const {
    return "rtmp://127.0.0.1:" + std::to_string(rtmp_port_) + "/live/" + key;
  }

  /// Whether the server has a publisher of `key` whose video it knows.
  bool is_publishing(const std::string& key) const {
    const std::string page = statistics();
    const size_t begin = page.find("<name>" + key + "</name>");
    if (begin == std::string::npos) return false;
    const std::string stream = page.substr(begin, page.find("</stream>", begin) - begin);
    return stream.find("<publishing/>") != std::string::npos &&
           stream.find("<width>") != std::string::npos;
  }

 private:
  std::string statistics() const {
    const Socket socket;
    std::string page;
    if (!socket.connect(http_port_)) return page;
    const std::string_view request = "GET /stat HTTP/1.0\r\n\r\n";
    if (::send(socket.number(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return page;
    std::array<char, 4096> bytes{};
    while (socket.is_readable(1000)) {
      const ssize_t count = ::recv(socket.number(), bytes.data(), bytes.size(), 0);
      if (count <= 0) break;
      page.append(bytes.data(), static_cast<size_t>(count));
    }
    return page;
  }

  TemporaryFolder folder_;
  int rtmp_port_;
  int http_port_;
  pid_t process_ = -1;
};

/// Hands TCP connections on to another port, at a rate that changes while it runs.
class SlowProxy {
 public:
  static constexpr int64_t kUnlimited = 1 << 30;

  explicit SlowProxy(int to_port) : to_port_(to_port) {
    listener_.set_receive_bytes(16 << 10);
    EXPECT_TRUE(listener_.listen(0));
    thread_ = std::thread([this] { run(); });
  }
  ~SlowProxy() {
    is_over_ = true;
    thread_.join();
  }
  int port() const { return listener_.port(); }
  void set_bytes_per_second(int64_t bytes) { bytes_per_second_ = bytes; }

 private:
  void run() {
    std::vector<std::thread> connections;
    while (!is_over_) {
      if (!listener_.is_readable(20)) continue;
      const int accepted = ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted >= 0) connections.emplace_back([this, accepted] { serve(Socket(accepted)); });
    }
    for (std::thread& connection : connections) connection.join();
  }

  void serve(const Socket& client) {
    const Socket server;
    if (!server.connect(to_port_)) return;
    std::thread back([&] {
      while (!is_over_ && (!server.is_readable(20) || hand_on(server, client, 4096) > 0)) {
      }
      ::shutdown(client.number(), SHUT_RDWR);
    });
    while (!is_over_) {
      const int64_t rate = bytes_per_second_;
      const size_t portion = rate >= kUnlimited ? 65536 : static_cast<size_t>(rate / 50);
      if (rate < kUnlimited) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (client.is_readable(20) && hand_on(client, server, portion) <= 0) break;
    }
    ::shutdown(server.number(), SHUT_RDWR);
    back.join();
  }

  static ssize_t hand_on(const Socket& from, const Socket& to, size_t bytes_max) {
    std::vector<char> bytes(bytes_max);
    const ssize_t count = ::recv(from.number(), bytes.data(), bytes.size(), 0);
    for (ssize_t sent = 0; sent < count;) {
      const ssize_t more =
          ::send(to.number(), bytes.data() + sent, static_cast<size_t>(count - sent), MSG_NOSIGNAL);
      if (more <= 0) return more;
      sent += more;
    }
    return count;
  }

  Socket listener_;
  int to_port_;
  std::atomic<int64_t> bytes_per_second_ = kUnlimited;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

/// Takes connections and closes each as soon as the other side has spoken.
class ClosingServer {
 public:
  explicit ClosingServer(int port) {
    EXPECT_TRUE(wait_for([&] { return listener_.listen(port); }, std::chrono::seconds(2)));
    thread_ = std::thread([this] {
      while (!is_over_) {
        if (!listener_.is_readable(20)) continue;
        const Socket client(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
        client.is_readable(200);
        ++closed_;
      }
    });
  }
  ~ClosingServer() {
    is_over_ = true;
    thread_.join();
  }
  int closed() const { return closed_; }

 private:
  Socket listener_;
  std::atomic<bool> is_over_ = false;
  std::atomic<int> closed_ = 0;
  std::thread thread_;
};

}  // namespace layercast::media::test
