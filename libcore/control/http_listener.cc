#include "control/http_listener.h"

#include "base/thread_name.h"
#include "control/api.h"
#include "control/http_response.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::control {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr size_t kScratchBytes = 64 << 10;
constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kLinger{2};
constexpr std::chrono::seconds kStopPatience{1};
constexpr int kLogLinesPerSecond = 10;
constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

std::string text_of(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

/// Counts connections, in all and per address. Thread: any (locked).
class ConnectionSlots : public std::enable_shared_from_this<ConnectionSlots> {
 public:
  explicit ConnectionSlots(const Limits& limits)
      : all_max_(limits.connections_max), each_max_(limits.connections_per_client_max) {}

  /// Takes a connection slot; null when none is left for this address.
  std::shared_ptr<void> take(const std::string& address) {
    const std::lock_guard lock(mutex_);
    int& count = by_address_[address];
    const bool is_full = all_ >= all_max_ || (!is_loopback(address) && count >= each_max_);
    if (is_full) {
      if (count == 0) by_address_.erase(address);
      return nullptr;
    }
    ++count;
    ++all_;
    // Only the deleter matters; the pointer is just not null.
    return {static_cast<void*>(this),
            [self = shared_from_this(), address](void*) { self->give_back(address); }};
  }

 private:
  void give_back(const std::string& address) {
    const std::lock_guard lock(mutex_);
    --all_;
    const auto entry = by_address_.find(address);
    if (--entry->second == 0) by_address_.erase(entry);
  }

  std::mutex mutex_;
  int all_max_;
  int each_max_;
  int all_ = 0;
  std::map<std::string, int> by_address_;
};

/// The thread pool of one lane, and how many requests wait in it.
struct LaneThreads {
  explicit LaneThreads(int threads) : pool(static_cast<size_t>(threads)) {}
  asio::thread_pool pool;
  std::atomic<int> waiting = 0;
};

}  // namespace

OwnSocket::~OwnSocket() {
  if (native_ >= 0) ::close(native_);
}

class HttpListener::Work {
 public:
  explicit Work(Options given);
  ~Work();

  base::Result<void> listen();
  int port() const { return port_; }
  void stop_accepting();

 private:
  class Connection;
  /// Updated by connections on destruction, which may come after that of the listener.
  struct Accounting {
    std::set<Connection*> connections;
    int64_t bodies_bytes = 0;
  };

  void accept();
  void open_connection(tcp::socket socket);
  LaneThreads& lane_of(Lane lane);
  void log(const std::string& line);
  void begin_stopping();

  Options options_;
  const Limits& limits_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer accept_timer_{io_};
  int port_ = 0;
  std::shared_ptr<ConnectionSlots> slots_;
  std::shared_ptr<base::Counter> turned_away_;
  LaneThreads quick_;
  LaneThreads store_;
  LaneThreads frame_;
  LaneThreads later_;

  // Used only on the listener's thread.
  std::array<char, kScratchBytes> scratch_{};
  std::shared_ptr<Accounting> accounting_ = std::make_shared<Accounting>();
  bool is_stopping_ = false;
  std::chrono::steady_clock::time_point log_second_;
  int log_lines_ = 0;

  std::mutex mutex_;
  std::condition_variable emptied_;
  bool is_empty_ = false;
  std::thread thread_;
};

/// One client, from accept to close. Thread: the listener's.
class HttpListener::Work::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Work& listener, tcp::socket socket, Peer peer, std::shared_ptr<void> slot)
      : listener_(listener),
        accounting_(listener.accounting_),
        socket_(std::move(socket)),
        timer_(listener.io_),
        peer_(std::move(peer)),
        slot_(std::move(slot)) {
    accounting_->connections.insert(this);
  }
  ~Connection() {
    free_body();
    accounting_->connections.erase(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    ErrorCode ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    give_time(listener_.limits_.head_patience);
    await_bytes();
  }

  /// Closes the connection now, or after the response in progress.
  void finish() {
    is_last_ = true;
    if (phase_ == Phase::kHead && received_.empty()) close();
  }

 private:
  enum class Phase : uint8_t { kHead, kBody, kAnswer, kSend, kLinger };

  void give_time(base::Duration patience) {
    timer_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(patience));
    timer_.async_wait([self = shared_from_this()](ErrorCode error) {
      // The timer may have been restarted after this handler was queued.
      if (!error && self->timer_.expiry() <= std::chrono::steady_clock::now()) self->run_late();
    });
  }

  void run_late() {
    if (phase_ == Phase::kAnswer) return;
    const bool is_waiting = phase_ == Phase::kHead || phase_ == Phase::kBody;
    if (!is_waiting || received_.empty()) return close();
    refuse(problem(408, "the request was not complete in time"));
  }

  void close() {
    timer_.cancel();
    ErrorCode ignored;
    socket_.close(ignored);
  }

  void await_bytes() {
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](ErrorCode error) {
      if (error) return self->close();
      self->receive();
    });
  }

  void receive() {
    ErrorCode error;
    const size_t count = socket_.read_some(asio::buffer(listener_.scratch_), error);
    if (error == asio::error::would_block || error == asio::error::try_again) return await_bytes();
    if (error) return close();
    if (phase_ == Phase::kLinger) return await_bytes();
    if (phase_ == Phase::kHead && received_.empty()) give_time(listener_.limits_.head_patience);
    received_.append(listener_.scratch_.data(), count);
    go_on();
  }

  /// Processes as much of the received bytes as possible.
  void go_on() {
    if (phase_ == Phase::kHead) return take_head();
    if (phase_ == Phase::kBody) take_body();
  }

  void take_head() {
    // Erases all blank lines at once: a client may send very many.
    size_t blank = 0;
    while (std::string_view(received_).substr(blank).starts_with("\r\n")) blank += 2;
    received_.erase(0, blank);
    const auto length = head_length(received_);
    const auto most = static_cast<size_t>(listener_.limits_.head_bytes_max);
    if (length.value_or(received_.size()) > most) {
      return refuse(problem(431, "the request head exceeds " + std::to_string(most) + " bytes"));
    }
    if (!length) return await_bytes();
    auto parsed = parse_head(std::string_view(received_).substr(0, *length));
    if (!parsed.ok()) return refuse(parsed.error());
    head_ = std::move(parsed).value();
    if (std::ranges::find(kMethods, head_.method) == kMethods.end()) {
      return refuse(problem(501, "the method " + head_.method + " is not supported"));
    }
    admit(*length);
  }

  void admit(size_t length) {
    const auto path = percent_decoded(head_.path);
    if (!path) return refuse(problem(400, "the path contains an invalid percent escape"));
    path_ = *path;
    found_ = find_route(head_.method, path_);
    route_ = found_.route;
    const auto admitted = listener_.options_.gate->admit(head_, peer_, route_);
    if (!admitted.ok()) return refuse(admitted.error());
    trust_ = admitted.value();
    if (head_.content_length > listener_.limits_.body_bytes_max) {
      return refuse(problem(413, "the body is longer than " +
                                     std::to_string(listener_.limits_.body_bytes_max) + " bytes"));
    }
    const bool is_handed_over = hands_over(length);
    if (is_handed_over) return;
    received_.erase(0, length);
    begin_body();
  }

  /// Hands the connection over to a WebSocket or the preview. False: it stays here.
  bool hands_over(size_t length) {
    if (route_ == nullptr || head_.method != "GET" || head_.content_length > 0) return false;
    const bool is_socket = route_->serving == Serving::kWebSocket &&
                           head_.has_token("upgrade", "websocket") && received_.size() == length;
    const bool is_preview = route_->serving == Serving::kPreview;
    if (!is_socket && !is_preview) return false;
    timer_.cancel();
    ErrorCode error;
    const int native = socket_.release(error);
    if (error) return true;
    listener_.options_.count(route_->path, is_socket ? 101 : 200);
    UpgradedConnection connection{OwnSocket(native), std::move(received_), peer_, std::move(slot_)};
    is_socket ? listener_.options_.to_web_socket(std::move(connection))
              : listener_.options_.to_preview(std::move(connection));
    return true;
  }

  void begin_body() {
    if (accounting_->bodies_bytes + head_.content_length > listener_.limits_.bodies_bytes_max) {
      Problem refused = problem(503, "too many concurrent requests");
      refused.headers.emplace_back("Retry-After", "1");
      return refuse(refused);
    }
    body_bytes_ = head_.content_length;
    accounting_->bodies_bytes += body_bytes_;
    phase_ = Phase::kBody;
    give_time(listener_.limits_.body_patience);
    if (head_.find("expect") == nullptr || received_.size() >= static_cast<size_t>(body_bytes_)) {
      return take_body();
    }
    sent_ = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(sent_),
                      [self = shared_from_this()](ErrorCode error, size_t) {
                        if (error) return self->close();
                        self->take_body();
                      });
  }

  void take_body() {
    const auto length = static_cast<size_t>(body_bytes_);
    if (received_.size() < length) return await_bytes();
    std::string rest = received_.substr(length);
    received_.resize(length);
    std::string body = std::exchange(received_, std::move(rest));
    phase_ = Phase::kAnswer;
    timer_.cancel();
    make_answer(std::move(body));
  }

  LaneThreads& lane() {
    if (route_ == nullptr) return listener_.quick_;
    const bool waits_for_frame =
        route_->lane == Lane::kStore && query_value(head_.query, "wait").has_value();
    if (!waits_for_frame) return listener_.lane_of(route_->lane);
    // A client that waits for a scheduled command must not hold up snapshots.
    const bool is_later = query_value(head_.query, "at").has_value();
    return listener_.lane_of(is_later ? Lane::kLater : Lane::kFrame);
  }

  void make_answer(std::string body) {
    LaneThreads& threads = lane();
    if (threads.waiting >= listener_.limits_.requests_waiting_max) {
      Problem refused = problem(503, "too many concurrent requests");
      refused.headers.emplace_back("Retry-After", "1");
      return refuse(refused);
    }
    ++threads.waiting;
    if (is_last_) head_.keeps_alive = false;
    asio::post(
        threads.pool, [self = shared_from_this(), &threads, body = std::move(body)]() mutable {
          Work& listener = self->listener_;
          std::string text = self->response_to(std::move(body));
          --threads.waiting;
          // Moved: the connection must be destroyed on the listener's thread.
          asio::post(listener.io_, [self = std::move(self), text = std::move(text)]() mutable {
            self->free_body();
            self->send(std::move(text));
          });
        });
  }

  /// Thread: a lane's. The listener's thread touches none of what this reads meanwhile.
  std::string response_to(std::string body) const {
    const auto request = request_of(head_, path_, trust_, std::move(body), found_);
    if (!request.ok()) {
      const Problem& refused = request.error();
      listener_.options_.count(route_ == nullptr ? "none" : route_->path, refused.status);
      return response_text(answer_of(refused), head_);
    }
    try {
      return response_text(listener_.options_.answer(request.value(), found_), head_);
    } catch (const std::exception&) {
      return response_text(answer_of(problem(500, "internal error while building the response")),
                           head_);
    }
  }

  void free_body() {
    accounting_->bodies_bytes -= body_bytes_;
    body_bytes_ = 0;
  }

  void send(std::string text) {
    phase_ = Phase::kSend;
    sent_ = std::move(text);
    const auto bytes = static_cast<int64_t>(sent_.size());
    give_time(listener_.limits_.answer_patience +
              std::chrono::seconds(bytes / listener_.limits_.answer_bytes_per_second_min));
    asio::async_write(socket_, asio::buffer(sent_),
                      [self = shared_from_this()](ErrorCode error, size_t) {
                        if (error) return self->close();
                        self->sent();
                      });
  }

  void sent() {
    std::string().swap(sent_);
    if (!head_.keeps_alive || is_last_) return linger();
    phase_ = Phase::kHead;
    give_time(received_.empty() ? listener_.limits_.idle_patience
                                : listener_.limits_.head_patience);
    if (received_.empty()) return await_bytes();
    go_on();
  }

  /// Sends the problem and ends the connection, because the end of the request is unknown.
  void refuse(const Problem& problem) {
    listener_.options_.count(route_ == nullptr ? "none" : route_->path, problem.status);
    listener_.log("refused a request from " + peer_.address + ": " +
                  std::to_string(problem.status) + " " + problem.detail);
    free_body();
    received_.clear();
    const bool has_head = !head_.method.empty();
    std::string text = refusal_text(problem, has_head ? &head_ : nullptr);
    head_.keeps_alive = false;
    send(std::move(text));
  }

  /// Discards what the client still sends: closing at once could reset the connection before the
  /// client has read the response.
  void linger() {
    phase_ = Phase::kLinger;
    give_time(kLinger);
    ErrorCode ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    await_bytes();
  }

  Work& listener_;
  std::shared_ptr<Accounting> accounting_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  Peer peer_;
  std::shared_ptr<void> slot_;
  Phase phase_ = Phase::kHead;
  std::string received_;
  std::string sent_;
  RequestHead head_;
  std::string path_;  // decoded
  Found found_;
  const Route* route_ = nullptr;
  Request::Trust trust_ = Request::Trust::kNone;
  int64_t body_bytes_ = 0;  // counted in Accounting::bodies_bytes
  bool is_last_ = false;
};

HttpListener::Work::Work(Options given)
    : options_(std::move(given)),
      limits_(*options_.limits),
      slots_(std::make_shared<ConnectionSlots>(limits_)),
      turned_away_(options_.metrics->counter(
          {"connections_refused_total", "Connections refused because too many were open."})),
      quick_(limits_.quick_threads),
      store_(limits_.store_threads),
      frame_(limits_.frame_threads),
      later_(limits_.later_threads) {}

base::Result<void> HttpListener::Work::listen() {
  ErrorCode error;
  const auto address = asio::ip::make_address(options_.address, error);
  if (error) {
    return base::invalid_input("\"" + options_.address + "\" is not an IP address");
  }
  const tcp::endpoint endpoint(address, static_cast<uint16_t>(options_.port));
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) {
    return base::io_error("cannot listen on " + options_.address + " port " +
                          std::to_string(options_.port) + ": " + error.message());
  }
  port_ = acceptor_.local_endpoint().port();
  accept();
  thread_ = base::named_thread("http", [this] { io_.run(); });
  return {};
}

void HttpListener::Work::accept() {
  acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || is_stopping_) return;
    if (!error) {
      open_connection(std::move(socket));
      return accept();
    }
    // Probably out of file descriptors: retry until other connections end.
    log("cannot accept a connection: " + error.message());
    accept_timer_.expires_after(kAcceptPause);
    accept_timer_.async_wait([this](ErrorCode aborted) {
      if (!aborted) accept();
    });
  });
}

void HttpListener::Work::open_connection(tcp::socket socket) {
  ErrorCode error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  const tcp::endpoint local = socket.local_endpoint(error);
  if (error) return;
  Peer peer{text_of(remote.address()), text_of(local.address())};
  auto slot = slots_->take(peer.address);
  if (slot == nullptr) {
    turned_away_->add();
    return log("refused a connection from " + peer.address + ": too many connections");
  }
  std::make_shared<Connection>(*this, std::move(socket), std::move(peer), std::move(slot))->start();
}

LaneThreads& HttpListener::Work::lane_of(Lane lane) {
  switch (lane) {
    case Lane::kQuick:
      return quick_;
    case Lane::kStore:
      return store_;
    case Lane::kFrame:
      return frame_;
    case Lane::kLater:
      return later_;
  }
  return quick_;
}

void HttpListener::Work::log(const std::string& line) {
  if (!options_.log) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - log_second_ >= std::chrono::seconds(1)) {
    log_second_ = now;
    log_lines_ = 0;
  }
  if (++log_lines_ <= kLogLinesPerSecond) options_.log(line);
}

void HttpListener::Work::begin_stopping() {
  if (is_stopping_) return;
  is_stopping_ = true;
  ErrorCode ignored;
  acceptor_.close(ignored);
  accept_timer_.cancel();
  const std::vector<Connection*> open(accounting_->connections.begin(),
                                      accounting_->connections.end());
  for (Connection* connection : open) connection->finish();
}

void HttpListener::Work::stop_accepting() {
  asio::post(io_, [this] { begin_stopping(); });
}

HttpListener::Work::~Work() {
  if (!thread_.joinable()) return;
  stop_accepting();
  const auto end = std::chrono::steady_clock::now() + kStopPatience;
  while (std::chrono::steady_clock::now() < end) {
    asio::post(io_, [this] {
      const std::lock_guard lock(mutex_);
      is_empty_ = accounting_->connections.empty();
      emptied_.notify_all();
    });
    std::unique_lock lock(mutex_);
    emptied_.wait_for(lock, std::chrono::milliseconds(20));
    if (is_empty_) break;
  }
  for (LaneThreads* lane : {&quick_, &store_, &frame_, &later_}) {
    lane->pool.stop();
    lane->pool.join();
  }
  guard_.reset();
  io_.stop();
  thread_.join();
}

base::Result<std::unique_ptr<HttpListener>> HttpListener::open(Options options) {
  auto work = std::make_unique<Work>(std::move(options));
  TRY_DO(work->listen());
  return std::unique_ptr<HttpListener>(new HttpListener(std::move(work)));
}

HttpListener::HttpListener(std::unique_ptr<Work> work) : work_(std::move(work)) {}
HttpListener::~HttpListener() = default;

int HttpListener::port() const { return work_->port(); }
void HttpListener::stop_accepting() { work_->stop_accepting(); }

}  // namespace layercast::control
