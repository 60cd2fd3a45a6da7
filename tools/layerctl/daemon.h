#pragma once

#include "tools/layerctl/target.h"

#include <string>
#include <string_view>

namespace layercast::tools {

/// Where a daemon listens.
struct DaemonAddress {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string shown;  ///< as the user gave it
};

/// `http://HOST:PORT`. Errors: kInvalidInput.
base::Result<DaemonAddress> daemon_address(const std::string& url);

/// How commands are sent.
struct Sending {
  bool waits = false;  ///< until they are on air
  std::optional<std::string> at;
  std::optional<int64_t> if_revision;
};

/// A daemon that answers HTTP. Thread: main.
class Daemon : public Target {
 public:
  Daemon(DaemonAddress address, std::string token, Sending sending);

  base::Result<scene::Value> scene() override;
  base::Result<Reply> obey(const scene::Command& command,
                           std::optional<int64_t> if_revision) override;
  int exit_status(const base::Error& error) const override;

  /// The JSON that is at a path. Errors: as obey(); kIo when no daemon answers.
  base::Result<scene::Value> get(const std::string& path);
  /// The bytes that are at a path.
  base::Result<std::string> get_bytes(const std::string& path);

  const DaemonAddress& address() const { return address_; }
  const std::string& token() const { return token_; }
  /// Answers that take longer than a word's completion may are none.
  void hurry() { is_hurried_ = true; }
  /// From now on an error means that nobody answered.
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
