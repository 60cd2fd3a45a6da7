#include "control/preview.h"

#include "base/thread_name.h"
#include "control/api.h"
#include "control/http_response.h"
#include "control/stream_socket.h"

#include <array>
#include <boost/asio.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::control {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::milliseconds kPatience{250};
/// The kernel's, for each viewer: small, so that a viewer that does not read is noticed soon.
constexpr int kSendBufferBytes = 64 << 10;

std::string part_of(const EncodedPicture& picture) {
  return "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " +
         std::to_string(picture.bytes.size()) +
         "\r\nLayercast-Frame: " + std::to_string(picture.frame) + "\r\n\r\n" + picture.bytes +
         "\r\n";
}

Text head_text() {
  return std::make_shared<const std::string>(
      std::string("HTTP/1.1 200 OK\r\nContent-Type: ") + kPreviewType +
      "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n");
}

}  // namespace

class Preview::Work {
 public:
  Work(StreamStatusProvider& status_provider, const Limits& limits, base::Metrics& metrics)
      : status_provider_(status_provider),
        limits_(limits),
        count_(metrics.gauge({"preview_viewers", "Connected preview clients."})),
        network_(base::named_thread("preview-http", [this] { io_.run(); })),
        maker_(base::named_thread("preview-maker", [this] { make_pictures(); })) {}
  ~Work();

  void admit(UpgradedConnection connection);
  void disconnect_revoked();

 private:
  class Viewer;

  void take(UpgradedConnection connection);
  void show(const Text& part);
  void make_pictures();
  void note_viewers();

  StreamStatusProvider& status_provider_;
  const Limits& limits_;
  std::shared_ptr<base::Gauge> count_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
  std::set<std::shared_ptr<Viewer>> viewers_;  // used only on the network thread

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t looking_ = 0;
  bool is_stopping_ = false;
  std::thread network_;
  std::thread maker_;
};

/// One preview client. Thread: the network thread.
class Preview::Work::Viewer : public std::enable_shared_from_this<Viewer> {
 public:
  Viewer(Work& preview, StreamSocket socket, Admission admission, std::shared_ptr<void> slot)
      : preview_(preview),
        socket_(std::move(socket)),
        timer_(preview.io_),
        admission_(std::move(admission)),
        slot_(std::move(slot)) {}

  void start() {
    watch();
    send(head_text());
  }

  /// Sends `part`, or replaces the picture that waits to be sent.
  void show(const Text& part) {
    if (sending_ == nullptr) return send(part);
    next_ = part;
  }

  bool is_revoked() const { return admission_.is_revoked(); }

  void leave() {
    timer_.cancel();
    ErrorCode ignored;
    // The system would keep what is in its buffers until the client has read it.
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
    if (preview_.viewers_.erase(shared_from_this()) > 0) preview_.note_viewers();
  }

 private:
  void send(Text text) {
    sending_ = std::move(text);
    sent_bytes_ = 0;
    send_more();
  }

  /// Every piece that the client takes is progress; without any, it leaves its place to others.
  void send_more() {
    timer_.expires_after(
        std::chrono::duration_cast<asio::steady_timer::duration>(preview_.limits_.viewer_patience));
    timer_.async_wait([self = shared_from_this()](ErrorCode error) {
      const bool is_due = self->timer_.expiry() <= std::chrono::steady_clock::now();
      if (!error && is_due && self->sending_ != nullptr) self->leave();
    });
    socket_.async_write_some(asio::buffer(*sending_) + sent_bytes_,
                             [self = shared_from_this()](ErrorCode error, size_t count) {
                               if (error) return self->leave();
                               self->sent_bytes_ += count;
                               if (self->sent_bytes_ < self->sending_->size()) {
                                 return self->send_more();
                               }
                               self->timer_.cancel();
                               self->sending_ = nullptr;
                               if (self->next_ != nullptr) {
                                 self->send(std::exchange(self->next_, nullptr));
                               }
                             });
  }

  /// Detects that the client disconnects; discards what it sends.
  void watch() {
    socket_.async_read_some(asio::buffer(heard_),
                            [self = shared_from_this()](ErrorCode error, size_t) {
                              if (error) return self->leave();
                              self->watch();
                            });
  }

  Work& preview_;
  StreamSocket socket_;
  asio::steady_timer timer_;
  Admission admission_;
  std::shared_ptr<void> slot_;
  std::array<char, 256> heard_{};
  Text sending_;
  size_t sent_bytes_ = 0;  // of sending_
  Text next_;
};

void Preview::Work::admit(UpgradedConnection connection) {
  asio::post(io_,
             [this, connection = std::move(connection)]() mutable { take(std::move(connection)); });
}

void Preview::Work::take(UpgradedConnection connection) {
  StreamSocket socket = socket_of(std::move(connection.socket), io_);
  if (!socket.is_open() || connection.admission.is_revoked()) return;
  ErrorCode error;
  socket.non_blocking(true, error);
  socket.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), error);
  if (viewers_.size() >= static_cast<size_t>(limits_.viewers_max)) {
    Problem refused = problem(503, "too many preview clients");
    refused.headers.emplace_back("Retry-After", "10");
    const std::string text = refusal_text(refused, nullptr);
    socket.write_some(asio::buffer(text), error);
    return;
  }
  auto viewer = std::make_shared<Viewer>(*this, std::move(socket), std::move(connection.admission),
                                         std::move(connection.slot));
  viewers_.insert(viewer);
  viewer->start();
  note_viewers();
}

void Preview::Work::disconnect_revoked() {
  asio::post(io_, [this] {
    const std::vector<std::shared_ptr<Viewer>> all(viewers_.begin(), viewers_.end());
    for (const auto& viewer : all) {
      if (viewer->is_revoked()) viewer->leave();
    }
  });
}

void Preview::Work::show(const Text& part) {
  const std::vector<std::shared_ptr<Viewer>> looking(viewers_.begin(), viewers_.end());
  for (const auto& viewer : looking) viewer->show(part);
}

void Preview::Work::note_viewers() {
  count_->set(static_cast<double>(viewers_.size()));
  const std::lock_guard lock(mutex_);
  looking_ = viewers_.size();
  changed_.notify_all();
}

void Preview::Work::make_pictures() {
  int64_t after = 0;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return looking_ > 0 || is_stopping_; });
      if (is_stopping_) return;
    }
    const auto picture = status_provider_.preview(after, kPatience);
    if (!picture) continue;
    after = picture->number;
    auto part = std::make_shared<const std::string>(part_of(*picture));
    asio::post(io_, [this, part = std::move(part)] { show(part); });
  }
}

Preview::Work::~Work() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  maker_.join();
  guard_.reset();
  io_.stop();
  network_.join();
  viewers_.clear();
}

Preview::Preview(StreamStatusProvider& status_provider, const Limits& limits,
                 base::Metrics& metrics)
    : work_(std::make_unique<Work>(status_provider, limits, metrics)) {}
Preview::~Preview() = default;

void Preview::disconnect_revoked() { work_->disconnect_revoked(); }
void Preview::admit(UpgradedConnection connection) { work_->admit(std::move(connection)); }

}  // namespace layercast::control
