#include "control/http_listener.h"

#include "base/shortened.h"
#include "base/thread_name.h"
#include "control/api.h"
#include "control/http_response.h"
#include "control/stream_socket.h"
#include "control/unix_socket.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio.hpp>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <sys/resource.h>
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

/// The address of a TCP endpoint; empty for a Unix socket.
std::string text_of(const StreamProtocol::endpoint& endpoint) {
  if (endpoint.protocol().family() == AF_UNIX) return {};
  tcp::endpoint typed;
  typed.resize(endpoint.size());
  std::memcpy(typed.data(), endpoint.data(), endpoint.size());
  const asio::ip::address address = typed.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

/// Whether a socket with this descriptor leaves fewer than `reserved` descriptors free, or than
/// half of all. The system gives the lowest free number, so at least as many descriptors are open.
bool is_reserved(int native, int reserved) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return false;
  const rlim_t kept = std::min<rlim_t>(static_cast<rlim_t>(reserved), files.rlim_cur / 2);
  return static_cast<rlim_t>(native) >= files.rlim_cur - kept;
}

/// Whether a page, a monitor or a supervisor depends on the answer, which is small: these routes
/// are served even if the budget is full.
bool is_vital(const Route* route) {
  return route != nullptr && (route->path == "/healthz" || route->path == "/readyz");
}

Problem busy(std::string_view why) {
  Problem refused = problem(503, why);
  refused.headers.emplace_back("Retry-After", "1");
  return refused;
}

/// Whether the head asks for a WebSocket; other heads get a problem that says what is expected.
/// Source: RFC 6455, section 4.2.1.
bool is_handshake(const RequestHead& head) {
  constexpr size_t kKeyBytes = 24;  // 16 bytes in base64
  return head.has_token("upgrade", "websocket") && head.has_token("connection", "upgrade") &&
         head.value_of("sec-websocket-version") == "13" &&
         head.value_of("sec-websocket-key").size() == kKeyBytes;
}

/// Counts connections, in all and per client. Thread: any (locked).
class ConnectionSlots : public std::enable_shared_from_this<ConnectionSlots> {
 public:
  explicit ConnectionSlots(const Limits& limits)
      : all_max_(limits.connections_max), each_max_(limits.connections_per_client_max) {}

  /// Takes a connection slot; null when none is left for this client.
  std::shared_ptr<void> take(const Peer& peer) {
    const std::lock_guard lock(mutex_);
    const std::string client = client_of(peer.address);
    int& count = by_client_[client];
    const bool is_counted = !peer.is_local_user && !is_loopback(peer.address);
    const bool is_full = all_ >= all_max_ || (is_counted && count >= each_max_);
    if (is_full) {
      if (count == 0) by_client_.erase(client);
      return nullptr;
    }
    ++count;
    ++all_;
    // Only the deleter matters; the pointer is just not null.
    return {static_cast<void*>(this),
            [self = shared_from_this(), client](void*) { self->give_back(client); }};
  }

 private:
  void give_back(const std::string& client) {
    const std::lock_guard lock(mutex_);
    --all_;
    const auto entry = by_client_.find(client);
    if (--entry->second == 0) by_client_.erase(entry);
  }

  std::mutex mutex_;
  int all_max_;
  int each_max_;
  int all_ = 0;
  std::map<std::string, int> by_client_;
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
  /// One socket that accepts connections.
  struct Entrance {
    explicit Entrance(asio::io_context& io) : acceptor(io), timer(io) {}
    asio::basic_socket_acceptor<StreamProtocol> acceptor;
    asio::steady_timer timer;  ///< until the next try after an error
  };
  /// Updated by connections on destruction, which may come after that of the listener.
  struct Accounting {
    std::set<Connection*> connections;
    int64_t bodies_bytes = 0;
  };

  base::Result<void> listen_tcp();
  base::Result<void> listen_unix();
  void accept(Entrance& entrance);
  void open_connection(StreamSocket socket);
  std::optional<Peer> peer_of(StreamSocket& socket);
  void relieve();
  void relieve_all();
  LaneThreads& lane_of(Lane lane);
  void log(const std::string& line);
  void begin_stopping();

  Options options_;
  const Limits& limits_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
  std::deque<Entrance> entrances_;
  int port_ = 0;
  UnixSocketFile socket_file_;
  std::shared_ptr<ConnectionSlots> slots_;
  std::shared_ptr<base::Counter> turned_away_;
  std::shared_ptr<base::Counter> cut_off_;
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

  std::atomic<bool> is_relieving_ = false;  // whether relieve() is queued

  std::mutex mutex_;
  std::condition_variable emptied_;
  bool is_empty_ = false;
  std::thread thread_;
};

/// One client, from accept to close. Thread: the listener's.
class HttpListener::Work::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Work& listener, StreamSocket socket, Peer peer, std::shared_ptr<void> slot)
      : listener_(listener),
        accounting_(listener.accounting_),
        socket_(std::move(socket)),
        timer_(listener.io_),
        peer_(std::move(peer)),
        slot_(std::move(slot)),
        body_share_(listener.options_.budget),
        answer_share_(listener.options_.budget) {
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
    // Without it, the system buffers megabytes for a client that does not read.
    socket_.set_option(asio::socket_base::send_buffer_size(listener_.limits_.send_buffer_bytes),
                       ignored);
    give_time(listener_.limits_.head_patience);
    await_bytes();
  }

  /// The bytes that a slow client holds: of a body or a response that has been under way for
  /// Limits::slow_after. 0: it is not slow.
  int64_t bytes_held_slowly() const {
    const bool is_moving = phase_ == Phase::kBody || phase_ == Phase::kSend;
    if (!is_moving || std::chrono::steady_clock::now() - begun_ < listener_.limits_.slow_after) {
      return 0;
    }
    return body_share_.bytes() + static_cast<int64_t>(response_.size() - sent_bytes_);
  }

  /// Closes a connection whose client is too slow.
  void cut_off() {
    listener_.cut_off_->add();
    listener_.log("disconnected " + peer_.address + ": too slow");
    // The system would keep what is in its buffers until the client has read it.
    ErrorCode ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
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
    if (phase_ == Phase::kSend) return check_progress();
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
    socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](ErrorCode error) {
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
    head_ = {};
    route_ = nullptr;
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
      return refuse(
          problem(501, "the method " + base::shortened(head_.method) + " is not supported"));
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
    admission_ = admitted.value();
    if (head_.content_length > listener_.limits_.body_bytes_max) {
      return refuse(problem(413, "the body is longer than " +
                                     std::to_string(listener_.limits_.body_bytes_max) + " bytes"));
    }
    if (listener_.options_.budget->is_full() && !is_vital(route_)) return refuse_for_room();
    const bool is_handed_over = hands_over(length);
    if (is_handed_over) return;
    received_.erase(0, length);
    begin_body();
  }

  /// Hands the connection over to a WebSocket or the preview. False: it stays here.
  bool hands_over(size_t length) {
    if (route_ == nullptr || head_.method != "GET" || head_.content_length > 0) return false;
    const bool is_socket =
        route_->serving == Serving::kWebSocket && is_handshake(head_) && received_.size() == length;
    const bool is_preview = route_->serving == Serving::kPreview;
    if (!is_socket && !is_preview) return false;
    timer_.cancel();
    ErrorCode error;
    const int native = socket_.release(error);
    if (error) return true;
    listener_.options_.count(route_->path, is_socket ? 101 : 200);
    UpgradedConnection connection{OwnSocket(native), std::move(received_), peer_, admission_,
                                  std::move(slot_)};
    is_socket ? listener_.options_.to_web_socket(std::move(connection))
              : listener_.options_.to_preview(std::move(connection));
    return true;
  }

  void begin_body() {
    const int64_t length = head_.content_length;
    if (accounting_->bodies_bytes + length > listener_.limits_.bodies_bytes_max ||
        (length > 0 && !listener_.options_.budget->has_room_for(length))) {
      return refuse_for_room();
    }
    body_share_.resize(length);
    accounting_->bodies_bytes += length;
    phase_ = Phase::kBody;
    begun_ = std::chrono::steady_clock::now();
    give_time(listener_.limits_.body_patience);
    if (head_.find("expect") == nullptr || received_.size() >= static_cast<size_t>(length)) {
      return take_body();
    }
    response_ = {"HTTP/1.1 100 Continue\r\n\r\n"};
    asio::async_write(socket_, asio::buffer(response_.start),
                      [self = shared_from_this()](ErrorCode error, size_t) {
                        if (error) return self->close();
                        self->response_ = {};
                        self->take_body();
                      });
  }

  void take_body() {
    const auto length = static_cast<size_t>(body_share_.bytes());
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
    // A token may have been revoked while the body was on its way.
    if (admission_.is_revoked()) return refuse(token_revoked());
    LaneThreads& threads = lane();
    if (threads.waiting >= listener_.limits_.requests_waiting_max) {
      return refuse(busy("too many concurrent requests"));
    }
    ++threads.waiting;
    if (is_last_) head_.keeps_alive = false;
    asio::post(threads.pool, [self = shared_from_this(), &threads,
                              body = std::move(body)]() mutable {
      Work& listener = self->listener_;
      ResponseBytes response = self->counted_response_to(std::move(body));
      --threads.waiting;
      // Moved: the connection must be destroyed on the listener's thread.
      asio::post(listener.io_, [self = std::move(self), response = std::move(response)]() mutable {
        self->free_body();
        self->send(std::move(response));
      });
    });
  }

  /// The response, whose bytes are taken from the budget. When that is full, or the token was
  /// revoked while the request was queued, requests are not executed; a full budget also replaces
  /// responses to those that only read by 503. Thread: a lane's.
  ResponseBytes counted_response_to(std::string body) {
    const ByteBudget& budget = *listener_.options_.budget;
    if (admission_.is_revoked()) return revoked();
    if (budget.is_full() && !is_vital(route_)) return no_room();
    ResponseBytes response = response_to(std::move(body));
    const auto own_bytes = static_cast<int64_t>(response.start.size());
    const bool fits = head_.changes_something() || budget.has_room_for(own_bytes);
    if (!fits && !is_vital(route_)) return no_room();
    answer_share_.resize(own_bytes);
    return response;
  }

  /// Thread: a lane's.
  ResponseBytes revoked() const {
    listener_.options_.count(route_ == nullptr ? "none" : route_->path, 401);
    return response_bytes(answer_of(token_revoked()), head_);
  }

  /// Thread: a lane's.
  ResponseBytes no_room() const {
    listener_.options_.count(route_ == nullptr ? "none" : route_->path, 503);
    listener_.relieve_all();
    return response_bytes(answer_of(busy("too many bytes wait for clients")), head_);
  }

  /// Thread: a lane's. The listener's thread touches none of what this reads meanwhile.
  ResponseBytes response_to(std::string body) const {
    const auto request = request_of(head_, path_, admission_.role, std::move(body), found_);
    if (!request.ok()) {
      const Problem& refused = request.error();
      listener_.options_.count(route_ == nullptr ? "none" : route_->path, refused.status);
      return response_bytes(answer_of(refused), head_);
    }
    try {
      return response_bytes(listener_.options_.answer(request.value(), found_), head_);
    } catch (const std::exception&) {
      return response_bytes(answer_of(problem(500, "internal error while building the response")),
                            head_);
    }
  }

  void free_body() {
    accounting_->bodies_bytes -= body_share_.bytes();
    body_share_.resize(0);
  }

  void send(ResponseBytes response) {
    phase_ = Phase::kSend;
    begun_ = std::chrono::steady_clock::now();
    response_ = std::move(response);
    sent_bytes_ = 0;
    checked_bytes_ = 0;
    give_time(listener_.limits_.progress_patience);
    send_more();
  }

  /// What is not sent yet.
  std::array<asio::const_buffer, 3> unsent() const {
    const Text& shared = response_.shared;
    std::array<asio::const_buffer, 3> parts = {
        asio::buffer(response_.start),
        shared == nullptr ? asio::const_buffer() : asio::buffer(*shared),
        asio::buffer(response_.end)};
    size_t before = sent_bytes_;
    for (asio::const_buffer& part : parts) {
      const size_t count = std::min(before, part.size());
      part += count;
      before -= count;
    }
    return parts;
  }

  void send_more() {
    socket_.async_write_some(unsent(), [self = shared_from_this()](ErrorCode error, size_t count) {
      if (error) return self->close();
      self->sent_bytes_ += count;
      if (self->sent_bytes_ < self->response_.size()) {
        return self->send_more();
      }
      self->sent();
    });
  }

  void check_progress() {
    const auto least = static_cast<size_t>(listener_.limits_.progress_bytes_min);
    if (sent_bytes_ - checked_bytes_ < least) return cut_off();
    checked_bytes_ = sent_bytes_;
    give_time(listener_.limits_.progress_patience);
  }

  void sent() {
    response_ = {};
    sent_bytes_ = 0;
    answer_share_.resize(0);
    if (!head_.keeps_alive || is_last_) return linger();
    phase_ = Phase::kHead;
    give_time(received_.empty() ? listener_.limits_.idle_patience
                                : listener_.limits_.head_patience);
    if (received_.empty()) return await_bytes();
    go_on();
  }

  void refuse_for_room() {
    listener_.relieve_all();
    refuse(busy("too many bytes wait for clients"));
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
    send({std::move(text)});
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
  StreamSocket socket_;
  asio::steady_timer timer_;
  Peer peer_;
  std::shared_ptr<void> slot_;
  Phase phase_ = Phase::kHead;
  std::chrono::steady_clock::time_point begun_;  // of kBody or kSend
  std::string received_;
  ByteBudget::Share body_share_;  // also counted in Accounting::bodies_bytes
  ByteBudget::Share answer_share_;
  ResponseBytes response_;
  size_t sent_bytes_ = 0;     // of response_
  size_t checked_bytes_ = 0;  // those that were sent when the progress was last checked
  RequestHead head_;
  std::string path_;  // decoded
  Found found_;
  const Route* route_ = nullptr;
  Admission admission_;
  bool is_last_ = false;
};

HttpListener::Work::Work(Options given)
    : options_(std::move(given)),
      limits_(*options_.limits),
      slots_(std::make_shared<ConnectionSlots>(limits_)),
      turned_away_(options_.metrics->counter(
          {"connections_refused_total", "Connections refused because too many were open."})),
      cut_off_(options_.metrics->counter(
          {"slow_clients_total", "HTTP clients disconnected because they were too slow."})),
      quick_(limits_.quick_threads),
      store_(limits_.store_threads),
      frame_(limits_.frame_threads),
      later_(limits_.later_threads) {}

base::Result<void> HttpListener::Work::listen() {
  if (!options_.address.empty()) TRY_DO(listen_tcp());
  if (!options_.socket_path.empty()) TRY_DO(listen_unix());
  for (Entrance& entrance : entrances_) accept(entrance);
  thread_ = base::named_thread("http", [this] { io_.run(); });
  return {};
}

base::Result<void> HttpListener::Work::listen_tcp() {
  ErrorCode error;
  const auto address = asio::ip::make_address(options_.address, error);
  if (error) {
    return base::invalid_input("\"" + options_.address + "\" is not an IP address");
  }
  const tcp::endpoint endpoint(address, static_cast<uint16_t>(options_.port));
  auto& acceptor = entrances_.emplace_back(io_).acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) {
    return base::io_error("cannot listen on " + options_.address + " port " +
                          std::to_string(options_.port) + ": " + error.message());
  }
  tcp::endpoint bound;
  const auto local = acceptor.local_endpoint();
  bound.resize(local.size());
  std::memcpy(bound.data(), local.data(), local.size());
  port_ = bound.port();
  return {};
}

base::Result<void> HttpListener::Work::listen_unix() {
  TRY(socket_file_, UnixSocketFile::listen(options_.socket_path, kBacklog));
  auto& acceptor = entrances_.emplace_back(io_).acceptor;
  ErrorCode error;
  acceptor.assign(StreamProtocol(AF_UNIX, 0), socket_file_.take_socket(), error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) {
    return base::io_error("cannot listen on " + options_.socket_path + ": " + error.message());
  }
  return {};
}

void HttpListener::Work::accept(Entrance& entrance) {
  entrance.acceptor.async_accept([this, &entrance](ErrorCode error, StreamSocket socket) {
    if (error == asio::error::operation_aborted || is_stopping_) return;
    if (!error) {
      open_connection(std::move(socket));
      return accept(entrance);
    }
    // Probably out of file descriptors: retry until other connections end.
    log("cannot accept a connection: " + error.message());
    entrance.timer.expires_after(kAcceptPause);
    entrance.timer.async_wait([this, &entrance](ErrorCode aborted) {
      if (!aborted) accept(entrance);
    });
  });
}

/// Nullopt for a client that has left, or that may not use the Unix socket.
std::optional<Peer> HttpListener::Work::peer_of(StreamSocket& socket) {
  ErrorCode error;
  const auto local = socket.local_endpoint(error);
  if (error) return std::nullopt;
  if (local.protocol().family() == AF_UNIX) {
    if (is_own_user_or_root(socket.native_handle())) {
      return Peer{options_.socket_path, options_.socket_path, true};
    }
    turned_away_->add();
    log("refused a connection to " + options_.socket_path + ": another user");
    return std::nullopt;
  }
  const auto remote = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  return Peer{text_of(remote), text_of(local)};
}

void HttpListener::Work::open_connection(StreamSocket socket) {
  auto peer = peer_of(socket);
  if (!peer) return;
  const bool is_last = is_reserved(socket.native_handle(), limits_.descriptors_reserved);
  auto slot = is_last ? nullptr : slots_->take(*peer);
  if (slot == nullptr) {
    turned_away_->add();
    return log("refused a connection from " + peer->address +
               (is_last ? ": the process has too many open files" : ": too many connections"));
  }
  std::make_shared<Connection>(*this, std::move(socket), *std::move(peer), std::move(slot))
      ->start();
}

/// Disconnects the slow client that holds the most bytes.
void HttpListener::Work::relieve() {
  const auto largest =
      std::ranges::max_element(accounting_->connections, {}, &Connection::bytes_held_slowly);
  if (largest == accounting_->connections.end()) return;
  if ((*largest)->bytes_held_slowly() > 0) (*largest)->cut_off();
}

void HttpListener::Work::relieve_all() {
  if (is_relieving_.exchange(true)) return;
  asio::post(io_, [this] {
    is_relieving_ = false;
    relieve();
  });
  if (options_.relieve) options_.relieve();
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
  for (Entrance& entrance : entrances_) {
    entrance.acceptor.close(ignored);
    entrance.timer.cancel();
  }
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
