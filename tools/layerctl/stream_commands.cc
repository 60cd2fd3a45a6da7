#include "base/printable.h"
#include "base/redaction.h"
#include "tools/common/closing_line.h"
#include "tools/common/values.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"
#include "tools/layerctl/whole_file.h"
#include "tools/layerctl/words.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Value;

std::string text_of(const Value& object, std::string_view key) {
  const Value* found = object.find(key);
  if (found == nullptr || found->is(Value::Kind::kNull)) return {};
  return found->is_scalar() ? found->text : flow_text(*found);
}

double number_of(const Value& object, std::string_view key) {
  const Value* found = object.find(key);
  return found == nullptr ? 0 : found->number;
}

const Value& list_in(const Value& object, std::string_view key) {
  static const Value none = Value::array();
  const Value* found = object.find(key);
  return found == nullptr ? none : *found;
}

template <class... Parts>
std::string formatted(const char* format, Parts... parts) {
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), format, parts...);
  return text.data();
}

// `3h 12m 5s`
std::string duration_text(double seconds) {
  const auto whole = static_cast<int64_t>(seconds);
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 3600;
  std::string text;
  if (whole >= kHour) text += std::to_string(whole / kHour) + "h ";
  if (whole >= kMinute) text += std::to_string(whole % kHour / kMinute) + "m ";
  return text + std::to_string(whole % kMinute) + "s";
}

Accent accent_of(const std::string& state) {
  if (state == "live") return Accent::kGood;
  return state == "failed" || state == "reconnecting" ? Accent::kBad : Accent::kNone;
}

std::string outputs_table(const Value& outputs) {
  const bool has_files = std::ranges::any_of(
      outputs.items, [](const Value& output) { return !text_of(output, "file").empty(); });
  std::vector<std::string> heading = {"ID", "STATE", "URL", "FRAMES", "DROPPED", "SENT", "ERROR"};
  // The file that an output writes now has a number if its name was taken.
  if (has_files) heading.insert(heading.begin() + 3, "FILE");
  Table table(std::move(heading));
  for (const Value& output : outputs.items) {
    const std::string state = text_of(output, "state");
    std::vector<std::string> row = {text_of(output, "id"),
                                    state,
                                    text_of(output, "url"),
                                    text_of(output, "frames"),
                                    text_of(output, "frames_dropped"),
                                    bytes_text(number_of(output, "bytes")),
                                    text_of(output, "error")};
    if (has_files) row.insert(row.begin() + 3, text_of(output, "file"));
    table.add(std::move(row), accent_of(state));
  }
  return table.text();
}

// `late 3, encoder 1`
std::string counts_text(const Value* counts) {
  std::string text;
  if (counts == nullptr) return text;
  for (const auto& member : counts->members) {
    text += (text.empty() ? "" : ", ") + member.key + " " + member.value.text;
  }
  return text;
}

std::string lateness_text(const Value& status) {
  const Value* lateness = status.find("lateness");
  if (lateness == nullptr) return {};
  constexpr double kMillis = 1000;
  return formatted("%.1f ms median, %.1f ms p99, %.1f ms at most",
                   number_of(*lateness, "p50") * kMillis, number_of(*lateness, "p99") * kMillis,
                   number_of(*lateness, "max") * kMillis);
}

std::string store_text(const Value& status) {
  const Value* store = status.find("store");
  if (store == nullptr) return {};
  const Value* reachable = store->find("reachable");
  const bool is_well = reachable == nullptr || reachable->boolean;
  const std::string reason = text_of(*store, "reason");
  std::string text = is_well ? "reachable" : "unreachable";
  if (!reason.empty()) text += ": " + reason;
  const std::string waiting = text_of(*store, "waiting");
  if (!waiting.empty() && waiting != "0") text += ", " + waiting + " changes in the journal";
  return text;
}

// `degraded`, and a line for each reason.
std::string health_text(const Value& status) {
  const Value* health = status.find("health");
  if (health == nullptr) return {};
  std::string text = base::printable(text_of(*health, "state"));
  for (const Value& reason : list_in(*health, "reasons").items) {
    const std::string subject = text_of(reason, "subject");
    text +=
        "\n          " +
        base::printable(text_of(reason, "state") + ": " + text_of(reason, "part") +
                        (subject.empty() ? "" : " " + subject) + ": " + text_of(reason, "message") +
                        " (since " + text_of(reason, "since") + ")");
  }
  return text;
}

std::string status_text(const Value& status) {
  const Value* frames = status.find("frames");
  const Value none = Value::object();
  const Value& counts = frames == nullptr ? none : *frames;
  const std::string dropped = counts_text(counts.find("dropped"));
  const std::string state = text_of(status, "state");
  std::string text;
  const auto line = [&](std::string_view name, const std::string& what) {
    if (what.empty()) return;
    constexpr size_t kColumn = 10;
    std::string key(name);
    key.resize(kColumn, ' ');
    text += key + base::printable(what) + "\n";
  };
  line("scene", text_of(status, "scene") + ", revision " + text_of(status, "revision") + ", " +
                    text_of(status, "layers") + " layers");
  line("stream", state + ", frame " + text_of(status, "frame") + ", stream time " +
                     duration_text(number_of(status, "stream_time")));
  const std::string health = health_text(status);
  if (!health.empty()) text += "health    " + health + "\n";
  line("rate", formatted("%.2f fps", number_of(status, "fps")));
  line("frames", text_of(counts, "rendered") + " rendered, " + text_of(counts, "repeated") +
                     " repeated, dropped: " + (dropped.empty() ? "none" : dropped));
  line("lateness", lateness_text(status));
  line("store", store_text(status));
  line("process", formatted("up %s, %s, %.1f s of processor time",
                            duration_text(number_of(status, "uptime")).c_str(),
                            bytes_text(number_of(status, "memory_bytes")).c_str(),
                            number_of(status, "cpu_seconds")));
  line("version", text_of(status, "version"));
  const Value& outputs = list_in(status, "outputs");
  if (!outputs.items.empty()) text += "\n" + outputs_table(outputs);
  return text;
}

base::Result<void> transmit(Session& session, std::string_view method) {
  TRY_DO(running_daemon(session));
  TRY(const Reply reply,
      session.target->execute({std::string(method), Value::object()}, std::nullopt));
  return print_reply(session, reply);
}

// A scene file has only size and rate.
base::Result<Value> stream_config(Session& session) {
  if (session.daemon != nullptr) return session.daemon->get("/api/v1/stream/config");
  TRY(const Value scene, session.target->scene());
  Value config = Value::object();
  const Value* canvas = scene.find("canvas");
  for (const std::string_view key : {"width", "height", "fps"}) {
    const Value* found = canvas == nullptr ? nullptr : canvas->find(key);
    if (found != nullptr) config.add(key, *found);
  }
  return config;
}

// The outputs of a scene file have no state.
base::Result<Value> outputs(Session& session) {
  if (session.daemon != nullptr) {
    TRY(const Value document, session.daemon->get("/api/v1/outputs"));
    return list_in(document, "outputs");
  }
  TRY(const Value scene, session.target->scene());
  Value list = list_in(scene, "outputs");
  for (Value& output : list.items) {
    output.set("url", Value::of(base::redacted_url(text_of(output, "url"), base::UrlUse::kOutput)));
  }
  return list;
}

}  // namespace

base::Result<void> take_snapshot(Session& session) {
  TRY(DaemonClient * daemon, running_daemon(session));
  const std::string path = *session.arguments.one("OUT");
  const bool is_png = path.ends_with(".png");
  if (!is_png && !path.ends_with(".jpg") && !path.ends_with(".jpeg")) {
    return Error{ErrorCode::kInvalidInput, "is not a picture name, expected OUT.png or OUT.jpg",
                 path, nullptr};
  }
  constexpr IntegerRange kWidths{16, 7680};
  TRY(const auto width, integer_option(session.arguments, "width", kWidths));
  std::string from = is_png ? "/api/v1/snapshot.png" : "/api/v1/snapshot.jpg";
  if (width) from += "?width=" + std::to_string(*width);
  TRY(const std::string picture, daemon->get_bytes(from));
  return write_whole_file(path, picture);
}

base::Result<void> show_status(Session& session) {
  TRY(DaemonClient * daemon, running_daemon(session));
  TRY(const Value status, daemon->get("/api/v1/status"));
  return session.is_json() ? print_json(status) : write_stdout(status_text(status));
}

base::Result<void> start_stream(Session& session) { return transmit(session, "stream.start"); }
base::Result<void> stop_stream(Session& session) { return transmit(session, "stream.stop"); }
base::Result<void> pause_stream(Session& session) { return transmit(session, "stream.pause"); }

base::Result<void> get_config(Session& session) {
  TRY(const Value config, stream_config(session));
  const auto key = session.arguments.one("KEY");
  if (!key) {
    if (session.is_json()) return print_json(config);
    std::string text;
    for (const auto& member : config.members) {
      text += base::printable(member.key + ": " + flow_text(member.value)) + "\n";
    }
    return write_stdout(text);
  }
  const Value* found = config.find(*key);
  if (found == nullptr) {
    std::string known;
    for (const auto& member : config.members) known += (known.empty() ? "" : ", ") + member.key;
    return Error{ErrorCode::kInvalidInput, "is not known, expected one of " + known,
                 "\"" + *key + "\"", nullptr};
  }
  return session.is_json() ? print_json(*found)
                           : write_stdout(base::printable(text_of(config, *key)) + "\n");
}

base::Result<void> set_config(Session& session) {
  TRY(Value patch, patch_from(session.arguments.many("KEY=VALUE")));
  TRY(const Reply reply,
      session.target->execute({"stream.configure", Value::object().add("patch", std::move(patch))},
                              std::nullopt));
  return print_reply(session, reply);
}

base::Result<void> list_outputs(Session& session) {
  TRY(const Value list, outputs(session));
  if (session.is_json()) return print_json(list);
  if (session.daemon != nullptr) return write_stdout(outputs_table(list));
  Table table({"ID", "URL", "CODEC", "PRESET", "BITRATE"});
  for (const Value& output : list.items) {
    table.add({text_of(output, "id"), text_of(output, "url"), text_of(output, "codec"),
               text_of(output, "preset"), text_of(output, "bitrate")});
  }
  return write_stdout(table.text());
}

base::Result<void> add_output(Session& session) {
  Value output = Value::object();
  if (const auto id = session.arguments.one("id")) output.add("id", Value::of(*id));
  output.add("url", Value::of(*session.arguments.one("URL")));
  for (const std::string_view key : {"codec", "preset", "bitrate"}) {
    const auto given = session.arguments.one(key);
    if (!given) continue;
    TRY(Value value, value_from(*given));
    output.add(key, std::move(value));
  }
  TRY(const Reply reply,
      session.target->execute({"outputs.add", Value::object().add("output", std::move(output))},
                              std::nullopt));
  const std::string id = text_of(reply.result, "id");
  if (!session.is_json() && !id.empty()) TRY_DO(write_stdout(base::printable(id) + "\n"));
  return print_reply(session, reply);
}

base::Result<void> remove_output(Session& session) {
  TRY(const Reply reply,
      session.target->execute(
          {"outputs.remove", Value::object().add("id", Value::of(*session.arguments.one("ID")))},
          std::nullopt));
  return print_reply(session, reply);
}

}  // namespace layercast::tools
