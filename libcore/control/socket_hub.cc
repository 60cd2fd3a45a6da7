#include "control/socket_hub.h"

#include "base/thread_name.h"
#include "control/stream_socket.h"

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

namespace layercast::control {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kHandshakeTime{10};
constexpr std::chrono::seconds kGoodbyeTime{1};
/// How soon a client whose messages must wait is checked again.
constexpr std::chrono::milliseconds kReadPause{10};
constexpr size_t kKeptBufferBytes = 16 << 10;
/// How much of a message is read before the limits are checked again.
constexpr size_t kReadBytes = 64 << 10;

/// Counts the bytes that the system has accepted for a client: Beast reports a message only once
/// all of it is written. Source: the concept RatePolicy of Boost.Beast.
class WriteMeter {
 public:
  uint64_t bytes() const { return bytes_; }

 private:
  friend class beast::rate_policy_access;
  static constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

  size_t available_read_bytes() const noexcept { return kUnlimited; }
  size_t available_write_bytes() const noexcept { return kUnlimited; }
  void transfer_read_bytes(size_t) const noexcept {}
  void transfer_write_bytes(size_t count) noexcept { bytes_ += count; }
  void on_timer() const noexcept {}

  uint64_t bytes_ = 0;
};

using MeteredStream = beast::basic_stream<StreamProtocol, asio::any_io_executor, WriteMeter>;

}  // namespace

class SocketHub::Work {
 public:
  explicit Work(Options given);
  ~Work() { stop(); }

  void stop();
  void admit(UpgradedConnection connection);
  void answer(Client client, Text text, size_t message_bytes);
  void subscribe(Client client, uint32_t kinds, Text first);
  void broadcast(std::vector<Notice> notices);
  void relieve();
  void disconnect_revoked();

 private:
  class Session;
  void disconnect_largest();
  std::shared_ptr<base::Counter> dropped_counter(const std::string& reason);
  void take(UpgradedConnection connection);
  void forget(Client client);

  Options options_;
  const Limits& limits_;
  std::shared_ptr<base::Gauge> clients_;
  std::shared_ptr<base::Counter> received_;
  std::shared_ptr<base::Counter> sent_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};

  // Used only on the hub's thread.
  std::unordered_map<Client, std::shared_ptr<Session>> sessions_;
  Client last_client_ = 0;
  std::shared_ptr<int64_t> unanswered_bytes_ = std::make_shared<int64_t>(0);

  std::atomic<bool> is_relieving_ = false;  // whether disconnect_largest() is queued
  std::mutex mutex_;
  std::condition_variable emptied_;
  bool is_empty_ = false;
  std::thread thread_;
};

/// One client. Thread: the hub's.
class SocketHub::Work::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Work& hub, Client client, StreamSocket socket, UpgradedConnection connection)
      : hub_(hub),
        client_(client),
        stream_(std::move(socket)),
        pause_(hub.io_),
        write_timer_(hub.io_),
        message_timer_(hub.io_),
        connection_(std::move(connection)),
        share_(hub.options_.budget),
        all_unanswered_bytes_(hub.unanswered_bytes_),
        tokens_(hub.limits_.messages_per_second_max),
        refilled_(Clock::now()) {}
  ~Session() { *all_unanswered_bytes_ -= unanswered_bytes_; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Performs the WebSocket handshake with the head that the listener received.
  void start() {
    set_options();
    const size_t length = connection_.received.size();
    asio::buffer_copy(buffer_.prepare(length), asio::buffer(connection_.received));
    buffer_.commit(length);
    connection_.received.clear();
    ErrorCode error;
    parser_.put(buffer_.data(), error);
    buffer_.consume(buffer_.size());
    if (error || !parser_.is_header_done()) return leave();
    stream_.async_accept(parser_.get(), [self = shared_from_this()](ErrorCode refused) {
      if (refused || self->is_gone_) return self->leave();
      self->stream_.text(true);
      self->is_open_ = true;
      self->hub_.clients_->add(1);
      self->read_on();
    });
  }

  void subscribe(uint32_t kinds, Text first) {
    kinds_ = kinds;
    if (first != nullptr) send(std::move(first));
  }
  bool wants(const Notice& notice) const { return (kinds_ & notice.kinds) != 0; }

  void answer(Text text, size_t message_bytes) {
    --unanswered_;
    unanswered_bytes_ -= static_cast<int64_t>(message_bytes);
    *all_unanswered_bytes_ -= static_cast<int64_t>(message_bytes);
    share_.resize(unfinished_bytes_ + unanswered_bytes_);
    if (text != nullptr) send(std::move(text));
    if (!is_reading_ && !is_pausing_ && is_open_) read_on();
  }

  void send(Text text) {
    if (is_closing_ || !is_open_) return;
    queued_bytes_ += static_cast<int64_t>(text->size());
    if (queued_bytes_ > hub_.limits_.queue_bytes_max) {
      return cut_off(websocket::close_code::try_again_later, "slow", "too slow");
    }
    queue_.push_back(std::move(text));
    if (hub_.options_.budget->is_full()) hub_.relieve();
    if (queue_.size() > 1) return;
    queued_ = Clock::now();
    watch_progress();
    write();
  }

  /// The bytes that a slow client holds: of messages that it has been taking or sending for
  /// Limits::slow_after. 0: it is not slow.
  int64_t bytes_held_slowly() const {
    const auto now = Clock::now();
    const base::Duration slow_after = hub_.limits_.slow_after;
    int64_t bytes = 0;
    if (!queue_.empty() && now - queued_ >= slow_after) bytes += queued_bytes_;
    if (is_in_message_ && now - message_began_ >= slow_after) bytes += unfinished_bytes_;
    return bytes;
  }

  void disconnect_for_room() {
    cut_off(websocket::close_code::try_again_later, "budget", "too slow while others wait");
  }

  void disconnect_if_revoked() {
    if (!connection_.admission.is_revoked()) return;
    cut_off(websocket::close_code::policy_error, "revoked", "the token was revoked");
  }

  /// Sends a close frame after the message being written; disconnects a second later at the latest.
  void close(websocket::close_code code, const std::string& reason) {
    if (is_closing_) return;
    if (!is_open_) return leave();  // during the handshake
    is_closing_ = true;
    goodbye_ = websocket::close_reason(code, reason);
    // A started write cannot be cancelled.
    if (queue_.size() > 1) queue_.erase(queue_.begin() + 1, queue_.end());
    pause_.expires_after(kGoodbyeTime);
    pause_.async_wait([self = shared_from_this()](ErrorCode error) {
      if (!error) self->leave();
    });
    if (queue_.empty()) say_goodbye();
  }

 private:
  void set_options() {
    ErrorCode ignored;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::send_buffer_size(hub_.limits_.send_buffer_bytes), ignored);
    const auto silence =
        std::chrono::duration_cast<std::chrono::milliseconds>(hub_.limits_.silence_max);
    stream_.set_option(websocket::stream_base::timeout{kHandshakeTime, silence, true});
    stream_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(beast::http::field::server, "layercast");
    }));
    stream_.read_message_max(static_cast<size_t>(hub_.limits_.message_bytes_max));
    stream_.auto_fragment(false);
    parser_.eager(false);
    parser_.header_limit(static_cast<uint32_t>(hub_.limits_.head_bytes_max));
  }

  bool may_read() {
    const Limits& limits = hub_.limits_;
    const auto now = Clock::now();
    const std::chrono::duration<double> passed = now - refilled_;
    refilled_ = now;
    const double most = limits.messages_per_second_max;
    tokens_ = std::min(most, tokens_ + passed.count() * most);
    return tokens_ >= 1 && has_room() && unanswered_ < limits.unanswered_max &&
           unanswered_bytes_ < limits.unanswered_bytes_max &&
           *all_unanswered_bytes_ < limits.all_unanswered_bytes_max;
  }

  /// Reads the next message when the limits allow it; until then TCP holds the client back.
  void read_on() {
    if (is_closing_) return drain();
    if (!may_read()) {
      is_pausing_ = true;
      pause_.expires_after(kReadPause);
      pause_.async_wait([self = shared_from_this()](ErrorCode error) {
        self->is_pausing_ = false;
        if (!error) self->read_on();
      });
      return;
    }
    read_piece();
  }

  bool has_room() const {
    if (!hub_.options_.budget->is_full()) return true;
    hub_.relieve();
    return false;
  }

  /// Reads a piece of a message: an unfinished one counts in the budget, and has a deadline.
  void read_piece() {
    is_reading_ = true;
    stream_.async_read_some(buffer_, kReadBytes,
                            [self = shared_from_this()](ErrorCode error, size_t) {
                              self->is_reading_ = false;
                              if (error) return self->note_end(error);
                              self->take_piece();
                            });
  }

  void take_piece() {
    if (is_closing_) return drain();
    if (stream_.is_message_done()) {
      end_message();
      return take_message();
    }
    if (!is_in_message_) {
      is_in_message_ = true;
      message_began_ = Clock::now();
      expire(message_timer_, hub_.limits_.message_patience, [this] {
        if (!is_in_message_) return;
        cut_off(websocket::close_code::policy_error, "unfinished",
                "a message was not finished in time");
      });
    }
    count_unfinished(static_cast<int64_t>(buffer_.capacity()));
    read_rest();
  }

  /// Reads on in an unfinished message, once the budget has room.
  void read_rest() {
    if (is_closing_) return drain();
    if (has_room()) return read_piece();
    is_pausing_ = true;
    pause_.expires_after(kReadPause);
    pause_.async_wait([self = shared_from_this()](ErrorCode error) {
      self->is_pausing_ = false;
      if (!error) self->read_rest();
    });
  }

  void end_message() {
    is_in_message_ = false;
    message_timer_.cancel();
    count_unfinished(0);
  }

  void count_unfinished(int64_t bytes) {
    unfinished_bytes_ = bytes;
    share_.resize(unfinished_bytes_ + unanswered_bytes_);
  }

  /// Calls `act` after `patience`, unless the timer is cancelled or restarted before.
  template <class Act>
  void expire(asio::steady_timer& timer, base::Duration patience, Act act) {
    timer.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(patience));
    timer.async_wait([self = shared_from_this(), &timer, act](ErrorCode error) {
      // The timer may have been restarted after this handler was queued.
      if (!error && timer.expiry() <= Clock::now()) act();
    });
  }

  void watch_progress() {
    const uint64_t before = written_bytes();
    expire(write_timer_, hub_.limits_.progress_patience, [this, before] {
      if (queue_.empty() || !is_open_) return;
      const auto least = static_cast<uint64_t>(hub_.limits_.progress_bytes_min);
      if (written_bytes() - before >= least) return watch_progress();
      cut_off(websocket::close_code::try_again_later, "slow", "too slow");
    });
  }
  uint64_t written_bytes() const { return beast::get_lowest_layer(stream_).rate_policy().bytes(); }

  void take_message() {
    if (!stream_.got_text()) {
      return cut_off(websocket::close_code::unknown_data, "binary", "expected text messages");
    }
    std::string message = beast::buffers_to_string(buffer_.data());
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptBufferBytes) buffer_.shrink_to_fit();
    hub_.received_->add();
    tokens_ -= 1;
    ++unanswered_;
    unanswered_bytes_ += static_cast<int64_t>(message.size());
    *all_unanswered_bytes_ += static_cast<int64_t>(message.size());
    count_unfinished(0);
    hub_.options_.on_message(client_, connection_.admission, std::move(message));
    read_on();
  }

  void write() {
    stream_.async_write(asio::buffer(*queue_.front()),
                        [self = shared_from_this()](ErrorCode error, size_t) {
                          if (error) return self->leave();
                          self->hub_.sent_->add();
                          self->queued_bytes_ -= static_cast<int64_t>(self->queue_.front()->size());
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) {
                            self->queued_ = Clock::now();
                            return self->write();
                          }
                          self->write_timer_.cancel();
                          if (self->is_closing_) self->say_goodbye();
                        });
  }

  void say_goodbye() {
    stream_.async_close(goodbye_, [self = shared_from_this()](ErrorCode) { self->leave(); });
  }

  /// Discards messages that arrive before the client's close frame.
  void drain() { buffer_.consume(buffer_.size()); }

  void cut_off(websocket::close_code code, const std::string& reason, const std::string& words) {
    if (is_closing_) return;
    hub_.dropped_counter(reason)->add();
    if (hub_.options_.log) {
      const std::string_view token = connection_.admission.token_name();
      hub_.options_.log("disconnected WebSocket client " + connection_.peer.address +
                        (token.empty() ? "" : " (token " + std::string(token) + ")") + ": " +
                        words);
    }
    close(code, words);
  }

  void note_end(const ErrorCode& error) {
    if (error == websocket::error::message_too_big) {
      hub_.dropped_counter("message_too_big")->add();
    } else if (error == beast::error::timeout) {
      hub_.dropped_counter("silent")->add();
    }
    // A close handshake in progress ends by itself.
    if (!is_closing_) leave();
  }

  void leave() {
    if (is_gone_) return;
    is_gone_ = true;
    is_closing_ = true;
    if (is_open_) hub_.clients_->add(-1);
    is_open_ = false;
    pause_.cancel();
    write_timer_.cancel();
    message_timer_.cancel();
    // The system would keep what is in its buffers until the client has read it.
    ErrorCode ignored;
    if (!queue_.empty()) {
      beast::get_lowest_layer(stream_).socket().set_option(asio::socket_base::linger(true, 0),
                                                           ignored);
    }
    beast::get_lowest_layer(stream_).close();
    hub_.forget(client_);
  }

  Work& hub_;
  Client client_;
  websocket::stream<MeteredStream> stream_;
  asio::steady_timer pause_;
  asio::steady_timer write_timer_;    // while messages are queued
  asio::steady_timer message_timer_;  // while a message is unfinished
  UpgradedConnection connection_;
  beast::flat_buffer buffer_;
  beast::http::request_parser<beast::http::empty_body> parser_;
  std::deque<Text> queue_;
  int64_t queued_bytes_ = 0;
  Clock::time_point queued_;  // when the first message of the queue became the first
  uint32_t kinds_ = 0;
  ByteBudget::Share share_;  // of messages that are unfinished or unanswered
  int64_t unfinished_bytes_ = 0;
  bool is_in_message_ = false;
  Clock::time_point message_began_;
  std::shared_ptr<int64_t> all_unanswered_bytes_;  // sessions may end after the hub
  double tokens_;
  Clock::time_point refilled_;
  int unanswered_ = 0;
  int64_t unanswered_bytes_ = 0;
  websocket::close_reason goodbye_;
  bool is_open_ = false;
  bool is_reading_ = false;
  bool is_pausing_ = false;
  bool is_closing_ = false;
  bool is_gone_ = false;
};

SocketHub::Work::Work(Options given)
    : options_(std::move(given)),
      limits_(*options_.limits),
      clients_(options_.metrics->gauge({"websocket_clients", "WebSocket clients connected."})),
      received_(options_.metrics->counter({"websocket_messages_total", "WebSocket messages."},
                                          {{"direction", "received"}})),
      sent_(options_.metrics->counter({"websocket_messages_total", "WebSocket messages."},
                                      {{"direction", "sent"}})),
      thread_(base::named_thread("websocket", [this] { io_.run(); })) {}

std::shared_ptr<base::Counter> SocketHub::Work::dropped_counter(const std::string& reason) {
  return options_.metrics->counter(
      {"websocket_dropped_clients_total", "WebSocket clients disconnected by the server."},
      {{"reason", reason}});
}

void SocketHub::Work::admit(UpgradedConnection connection) {
  asio::post(io_,
             [this, connection = std::move(connection)]() mutable { take(std::move(connection)); });
}

void SocketHub::Work::take(UpgradedConnection connection) {
  StreamSocket socket = socket_of(std::move(connection.socket), io_);
  if (!socket.is_open()) return;
  const Client client = ++last_client_;
  auto session = std::make_shared<Session>(*this, client, std::move(socket), std::move(connection));
  sessions_.emplace(client, session);
  session->start();
  session->disconnect_if_revoked();
}

void SocketHub::Work::forget(Client client) {
  if (sessions_.erase(client) > 0) options_.on_gone(client);
}

void SocketHub::Work::answer(Client client, Text text, size_t message_bytes) {
  asio::post(io_, [this, client, text = std::move(text), message_bytes]() mutable {
    const auto session = sessions_.find(client);
    if (session == sessions_.end()) return;
    // Keeps the session alive: sending the answer may disconnect it.
    const auto held = session->second;
    held->answer(std::move(text), message_bytes);
  });
}

void SocketHub::Work::subscribe(Client client, uint32_t kinds, Text first) {
  asio::post(io_, [this, client, kinds, first = std::move(first)]() mutable {
    const auto session = sessions_.find(client);
    if (session == sessions_.end()) return;
    const auto held = session->second;
    held->subscribe(kinds, std::move(first));
  });
}

void SocketHub::Work::broadcast(std::vector<Notice> notices) {
  asio::post(io_, [this, notices = std::move(notices)] {
    std::vector<std::shared_ptr<Session>> all;
    all.reserve(sessions_.size());
    for (const auto& [client, session] : sessions_) all.push_back(session);
    for (const auto& session : all) {
      for (const Notice& notice : notices) {
        if (session->wants(notice)) session->send(notice.text);
      }
    }
  });
}

void SocketHub::Work::relieve() {
  if (is_relieving_.exchange(true)) return;
  asio::post(io_, [this] {
    is_relieving_ = false;
    disconnect_largest();
  });
}

void SocketHub::Work::disconnect_revoked() {
  asio::post(io_, [this] {
    std::vector<std::shared_ptr<Session>> all;
    all.reserve(sessions_.size());
    for (const auto& [client, session] : sessions_) all.push_back(session);
    for (const auto& session : all) session->disconnect_if_revoked();
  });
}

void SocketHub::Work::disconnect_largest() {
  std::shared_ptr<Session> largest;
  for (const auto& [client, session] : sessions_) {
    const int64_t bytes = session->bytes_held_slowly();
    if (bytes > (largest == nullptr ? 0 : largest->bytes_held_slowly())) largest = session;
  }
  if (largest != nullptr) largest->disconnect_for_room();
}

void SocketHub::Work::stop() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    std::vector<std::shared_ptr<Session>> all;
    for (const auto& [client, session] : sessions_) all.push_back(session);
    for (const auto& session : all) session->close(websocket::close_code::going_away, "goodbye");
  });
  const auto end = Clock::now() + kGoodbyeTime;
  while (Clock::now() < end) {
    asio::post(io_, [this] {
      const std::lock_guard lock(mutex_);
      is_empty_ = sessions_.empty();
      emptied_.notify_all();
    });
    std::unique_lock lock(mutex_);
    emptied_.wait_for(lock, std::chrono::milliseconds(20));
    if (is_empty_) break;
  }
  guard_.reset();
  io_.stop();
  thread_.join();
  sessions_.clear();
}

SocketHub::SocketHub(Options options) : work_(std::make_unique<Work>(std::move(options))) {}
SocketHub::~SocketHub() = default;
void SocketHub::stop() { work_->stop(); }

void SocketHub::admit(UpgradedConnection connection) { work_->admit(std::move(connection)); }
void SocketHub::answer(Client client, Text text, size_t message_bytes) {
  work_->answer(client, std::move(text), message_bytes);
}
void SocketHub::subscribe(Client client, uint32_t kinds, Text first) {
  work_->subscribe(client, kinds, std::move(first));
}
void SocketHub::relieve() { work_->relieve(); }
void SocketHub::disconnect_revoked() { work_->disconnect_revoked(); }
void SocketHub::broadcast(std::vector<Notice> notices) { work_->broadcast(std::move(notices)); }

}  // namespace layercast::control
