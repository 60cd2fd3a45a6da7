#pragma once

#include "tools/layerctl/target.h"

#include <string>
#include <string_view>

namespace layercast::tools {

/// The address of a daemon.
struct DaemonAddress {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string shown;          ///< as the user gave it
  std::string socket_path{};  ///< of a Unix socket, which is used instead; empty: none
};

/// Parses `http://HOST:PORT` or `unix:PATH`. Errors: kInvalidInput.
base::Result<DaemonAddress> daemon_address(const std::string& url);

/// Options for sending commands.
struct Sending {
  bool waits = false;  ///< until the change is on air
  std::optional<std::string> at;
  std::optional<int64_t> if_revision;
};

/// A running daemon, accessed by HTTP. Thread: main.
class DaemonClient : public Target {
 public:
  DaemonClient(DaemonAddress address, std::string token, Sending sending);

  base::Result<scene::Value> scene() override;
  base::Result<Reply> execute(const scene::CommandDocument& command,
                              std::optional<int64_t> if_revision) override;
  int exit_status(const base::Error& error) const override;

  /// Gets a JSON document. Errors: as execute(); kIo when no daemon answers.
  base::Result<scene::Value> get(const std::string& path);
  /// Gets a file. Errors: as get().
  base::Result<std::string> get_bytes(const std::string& path);

  const DaemonAddress& address() const { return address_; }
  const std::string& token() const { return token_; }
  /// Shortens the timeouts for shell completion: 0.7 s.
  void hurry() { is_hurried_ = true; }
  /// Makes exit_status() return kNoDaemonStatus for later errors.
  void note_away() { is_away_ = true; }

 private:
  struct Request;
  struct Response;
  base::Result<Response> ask(const Request& request);

  DaemonAddress address_;
  std::string token_;
  Sending sending_;
  bool is_hurried_ = false;
  bool is_away_ = false;
};

}  // namespace layercast::tools
