#include "base/printable.h"
#include "scene/wire/json_codec.h"
#include "tools/common/interruption.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"
#include "tools/layerctl/web_socket.h"
#include "tools/layerctl/whole_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Value;
using std::chrono::milliseconds;

// The daemon pings more often than that.
constexpr milliseconds kSilence{60'000};
constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLongestPause{5'000};

constexpr std::array kEvents = {
    "layer.created",  "layer.updated",  "layer.deleted", "layer.activated",   "scene.updated",
    "stream.started", "stream.stopped", "stream.paused", "stream.configured", "output.added",
    "output.removed", "chat.said",      "output.state",  "stream.error",      "audio.added",
    "audio.updated",  "audio.removed",  "health.changed"};

std::string subscription(bool with_stats) {
  Value events = Value::array();
  for (const char* const event : kEvents) events.items.push_back(Value::of(event));
  if (with_stats) events.items.push_back(Value::of("stats"));
  const Value request = Value::object()
                            .add("jsonrpc", Value::of("2.0"))
                            .add("id", Value::of(1))
                            .add("method", Value::of("subscribe"))
                            .add("params", Value::object().add("events", std::move(events)));
  return scene::write_json(request, 0);
}

// The details of an event in a line: the layer, the output, the statistics.
std::string told(const Value& params) {
  std::string text;
  for (const auto& member : params.members) {
    if (member.key == "revision" || member.value.is(Value::Kind::kNull)) continue;
    const Value* id = member.value.find("id");
    text += text.empty() ? "" : " ";
    if (member.key == "id") {
      text += member.value.text;
    } else if (member.key == "layer" && params.find("id") != nullptr && id != nullptr) {
      Value rest = member.value;
      rest.erase("id");
      text += flow_text(rest);
    } else {
      text += member.key + "=" + flow_text(member.value);
    }
  }
  return text;
}

std::string scene_line(const Value& scene) {
  const Value* name = scene.find("scene");
  const Value* layers = scene.find("layers");
  return "scene " + (name == nullptr ? "" : name->text) + ", " +
         std::to_string(layers == nullptr ? 0 : layers->items.size()) + " layers";
}

// The line for an event; empty for other messages.
std::string line_of(const Session& session, const Value& message) {
  const Value* method = message.find("method");
  const Value* params = message.find("params");
  if (method == nullptr || params == nullptr) return {};
  if (session.is_json()) {
    return scene::write_json(Value::object().add("event", *method).add("params", *params), 0) +
           "\n";
  }
  const Value* revision = params->find("revision");
  std::string line = revision == nullptr ? "-" : base::printable(revision->text);
  constexpr size_t kColumn = 8;
  line.resize(std::max(line.size() + 1, kColumn), ' ');
  line += method->text == "scene" ? base::printable(scene_line(*params))
                                  : accented(base::printable(method->text), Accent::kStrong) + " " +
                                        base::printable(told(*params));
  return line + "\n";
}

// Prints events until the connection or the output fails. Sets `is_open` after the first message.
base::Result<void> watch_once(Session& session, bool& is_open) {
  const DaemonClient& daemon = *session.daemon;
  TRY(const auto socket, WebSocket::open(daemon.address(), daemon.token(), "/api/v1/ws"));
  TRY_DO(socket->send(subscription(session.arguments.has("stats"))));
  for (;;) {
    TRY(const std::string text, socket->receive(kSilence));
    is_open = true;
    const scene::JsonDocument message = scene::read_json(text);
    if (const Value* error = message.value.find("error")) {
      const Value* why = error->find("message");
      return Error{ErrorCode::kForbidden, why == nullptr ? "refused" : why->text, "", nullptr};
    }
    const std::string line = line_of(session, message.value);
    if (line.empty()) continue;
    if (const auto printed = write_stdout(line); !printed) {
      return base::with_context(printed.error(), "events", "");
    }
  }
}

base::Result<void> pause_for(milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    if (interrupted()) return Error{ErrorCode::kInterrupted, "interrupted", "", nullptr};
    constexpr milliseconds kStep{50};
    std::this_thread::sleep_for(kStep);
  }
  return {};
}

}  // namespace

base::Result<void> watch(Session& session) {
  TRY(DaemonClient * daemon, running_daemon(session));
  bool was_open = false;
  milliseconds pause = kFirstPause;
  for (;;) {
    bool is_open = false;
    const auto seen = watch_once(session, is_open);
    const Error& error = seen.error();
    was_open = was_open || is_open;
    // Errors of the connection have no cause; errors of standard output do.
    const bool is_away = error.code == ErrorCode::kIo && error.cause == nullptr;
    if (!is_away) return error;
    if (!was_open) {
      daemon->note_away();
      return Error{error.code, error.message, daemon->address().shown, nullptr};
    }
    if (is_open) {
      session.log.write(LogLevel::kWarning, error.message + "; retrying");
      pause = kFirstPause;
    }
    TRY_DO(pause_for(pause));
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace layercast::tools
