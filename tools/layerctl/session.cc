#include "tools/layerctl/session.h"

#include "scene/wire/json_codec.h"
#include "tools/common/values.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/scene_file_target.h"
#include "tools/layerctl/whole_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Value;

struct Work {
  std::string_view command;
  base::Result<int> (*run)(Session& session);  ///< returns the exit status
};

template <base::Result<void> (*run)(Session&)>
base::Result<int> done(Session& session) {
  TRY_DO(run(session));
  return 0;
}

constexpr std::array kWorks = {Work{"ls", done<list_layers>},
                               Work{"get", done<get_layer>},
                               Work{"create", done<create_layer>},
                               Work{"set", done<set_layer>},
                               Work{"show", done<show_layers>},
                               Work{"hide", done<hide_layers>},
                               Work{"rm", done<remove_layers>},
                               Work{"restart", done<restart_layers>},
                               Work{"release", done<release_layers>},
                               Work{"stopwatch", done<control_stopwatch>},
                               Work{"raise", done<raise_layer>},
                               Work{"lower", done<lower_layer>},
                               Work{"activate", done<activate_layer>},
                               Work{"animate", done<animate_layer>},
                               Work{"animations ls", done<list_animations>},
                               Work{"animations rm", done<remove_animations>},
                               Work{"at ls", done<list_scheduled>},
                               Work{"at cancel", done<cancel_scheduled>},
                               Work{"say", done<say>},
                               Work{"apply", done<apply_scene>},
                               Work{"diff", diff_scene},
                               Work{"export", done<export_scene>},
                               Work{"watch", done<watch>},
                               Work{"snapshot", done<take_snapshot>},
                               Work{"status", done<show_status>},
                               Work{"start", done<start_stream>},
                               Work{"stop", done<stop_stream>},
                               Work{"pause", done<pause_stream>},
                               Work{"config get", done<get_config>},
                               Work{"config set", done<set_config>},
                               Work{"outputs ls", done<list_outputs>},
                               Work{"outputs add", done<add_output>},
                               Work{"outputs rm", done<remove_output>},
                               Work{"audio ls", done<list_sounds>},
                               Work{"audio add", done<add_sound>},
                               Work{"audio set", done<set_sound>},
                               Work{"audio rm", done<remove_sound>}};

// The value of variable `name` if it is not empty, else that of `other`.
std::string environment(const char* name, const char* other) {
  for (const char* const each : {name, other}) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* const value = std::getenv(each);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

// Succeeds when the text of the token file at `path` is a single token. Errors contain no part of
// it.
base::Result<void> check_token_file(std::string_view text, const std::string& path) {
  constexpr std::string_view kRemedy =
      "expected the token alone, on one line; from a line ROLE NAME TOKEN of the daemon's file, "
      "copy the TOKEN to a file of its own";
  if (text.empty()) {
    return base::invalid_input("contains no token; expected one line with the token", path);
  }
  if (const size_t end = text.find_first_of("\r\n"); end != std::string_view::npos) {
    const size_t next = text.find_first_not_of(" \t\r\n", end);
    const auto number = std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(next), '\n');
    return base::invalid_input("a second line; " + std::string(kRemedy),
                               path + ":" + std::to_string(number + 1));
  }
  const std::string_view role = text.substr(0, text.find_first_of(" \t"));
  if (role != text && (role == "read" || role == "operate" || role == "admin")) {
    return base::invalid_input("begins with the role of a token; " + std::string(kRemedy),
                               path + ":1");
  }
  return {};
}

base::Result<std::string> token(const Arguments& arguments) {
  const auto path = arguments.one("token-file");
  if (!path) return environment("LAYERCAST_TOKEN", "LAYERCTL_TOKEN");
  errno = 0;
  std::ifstream file(*path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    Error error = base::io_error(errno, "cannot read the token", *path);
    error.code = ErrorCode::kInvalidInput;
    error.message += "; expected a file that you can read, with the token on its only line";
    return error;
  }
  const size_t end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  TRY_DO(check_token_file(text, *path));
  return text;
}

base::Result<void> check_for_file(const Arguments& arguments) {
  for (const std::string_view option : {"url", "token-file", "wait", "at", "if-revision"}) {
    if (!arguments.has(option)) continue;
    return Error{ErrorCode::kInvalidInput, "applies only to a running daemon, not to --scene",
                 "--" + std::string(option), nullptr};
  }
  return {};
}

int fail(const Log& log, const Error& error, int status) {
  std::string lines = error.to_string();
  for (size_t end = 0; end != std::string::npos;) {
    end = lines.find('\n');
    if (error.code != ErrorCode::kBrokenPipe) log.write(LogLevel::kError, lines.substr(0, end));
    if (end != std::string::npos) lines.erase(0, end + 1);
  }
  return status;
}

int fail(const Log& log, const Error& error) {
  return fail(log, error, base::meaning_of(error.code).exit_status);
}

int run_on(Session& session) {
  const auto* work = std::ranges::find(kWorks, session.arguments.subcommand(), &Work::command);
  LAYERCAST_CHECK(work != kWorks.end());
  const auto status = work->run(session);
  if (status) return status.value();
  return fail(session.log, status.error(), session.target->exit_status(status.error()));
}

int run_on_file(const std::string& path, const Arguments& arguments, const Log& log) {
  if (const auto fits = check_for_file(arguments); !fits) return fail(log, fits.error());
  auto opened = SceneFileTarget::open(path, log);
  if (!opened) {
    for (const std::string& line : opened.error().lines) log.write_fault(line);
    return usage_status();
  }
  Session session{arguments, log, std::move(opened).value()};
  return run_on(session);
}

}  // namespace

base::Result<std::unique_ptr<DaemonClient>> open_daemon(const Arguments& arguments) {
  std::string url = arguments.one("url").value_or(environment("LAYERCAST_URL", "LAYERCTL_URL"));
  if (url.empty()) url = "http://127.0.0.1:8080";
  TRY(DaemonAddress address, daemon_address(url));
  TRY(std::string secret, token(arguments));
  Sending sending;
  sending.waits = arguments.has("wait");
  sending.at = arguments.one("at");
  TRY(sending.if_revision, integer_option(arguments, "if-revision", {0, int64_t{1} << 53U}));
  return std::make_unique<DaemonClient>(std::move(address), std::move(secret), std::move(sending));
}

base::Result<DaemonClient*> running_daemon(const Session& session) {
  if (session.daemon != nullptr) return session.daemon;
  return Error{ErrorCode::kInvalidInput,
               "\"" + session.arguments.subcommand() + "\" needs a running daemon, not --scene", "",
               nullptr};
}

base::Result<void> print_json(const Value& value) {
  return write_stdout(scene::write_json(value) + "\n");
}

namespace {

// An error if a content of the command cannot be shown.
base::Result<void> check_shown(const Reply& reply) {
  const Value* failing = reply.document.find("failing");
  if (failing == nullptr || failing->items.empty()) return {};
  std::string message;
  for (const Value& layer : failing->items) {
    const Value* id = layer.find("id");
    const Value* reason = layer.find("message");
    if (id == nullptr || reason == nullptr) continue;
    message += (message.empty() ? "" : "; ") + id->text + ": " + reason->text;
  }
  return base::io_error("the change was made, but its content cannot be shown: " + message);
}

}  // namespace

base::Result<void> print_reply(const Session& session, const Reply& reply) {
  if (session.is_json()) {
    TRY_DO(print_json(reply.document));
    return check_shown(reply);
  }
  if (reply.result.find("scheduled") != nullptr) {
    session.log.write(LogLevel::kInfo, "the command is scheduled");
    return {};
  }
  if (!session.arguments.has("wait")) return {};
  const Value* frame = reply.document.find("frame");
  if (frame == nullptr || frame->is(Value::Kind::kNull)) {
    session.log.write(LogLevel::kWarning, "the change was made, but was not on air in time");
    return {};
  }
  TRY_DO(write_stdout("frame " + frame->text + "\n"));
  return check_shown(reply);
}

int run_layerctl(const Arguments& arguments, const Log& log) {
  if (arguments.subcommand() == "validate") return validate_scenes(arguments, log);
  const bool completes = arguments.subcommand() == "complete";
  const auto path = arguments.one("scene");
  if (completes) return complete_words(arguments);
  if (path) return run_on_file(*path, arguments, log);
  auto daemon = open_daemon(arguments);
  if (!daemon) return fail(log, daemon.error());
  Session session{arguments, log, std::move(daemon).value()};
  session.daemon = static_cast<DaemonClient*>(session.target.get());
  return run_on(session);
}

}  // namespace layercast::tools
