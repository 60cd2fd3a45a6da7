#include "tools/streamd/settings.h"

#include "base/parse_number.h"
#include "base/redaction.h"
#include "media/av/tls_trust.h"
#include "media/out/container.h"
#include "media/out/live_encoding.h"
#include "scene/wire/value_codecs.h"
#include "store/state_store.h"
#include "tools/common/values.h"
#include "tools/streamd/token_file.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace layercast::tools {
namespace {

namespace fs = std::filesystem;
using scene::Value;

struct Address {
  std::string host;
  int port;
};

// HOST:PORT, or [IPv6]:PORT.
base::Result<Address> address_of(const std::string& given) {
  const auto wrong = [&] {
    return wrong_value("listen", given,
                       "HOST:PORT such as 127.0.0.1:8080 or [::1]:8080, or unix:PATH");
  };
  const size_t colon = given.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong();
  std::string host = given.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return wrong();
  const auto port = base::parse_number<int>(std::string_view(given).substr(colon + 1));
  constexpr int kPortMax = 65535;
  if (!port || *port < 0 || *port > kPortMax) return wrong();
  return Address{host, *port};
}

// Of several values of one kind the last counts.
base::Result<void> take_listen_option(const Arguments& arguments, StreamdSettings& settings) {
  const std::vector<std::string> all = arguments.many("listen");
  if (all.empty()) return {};
  settings.host.clear();
  constexpr std::string_view kUnix = "unix:";
  for (const std::string& given : all) {
    if (!given.starts_with(kUnix)) {
      TRY(const Address address, address_of(given));
      settings.host = address.host;
      settings.port = address.port;
      continue;
    }
    if (given.size() == kUnix.size()) return wrong_value("listen", given, "unix:PATH");
    const fs::path path = fs::absolute(given.substr(kUnix.size())).lexically_normal();
    settings.socket_path = path.string();
  }
  return {};
}

fs::path state_home() {
  // Called before any thread starts.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (const char* home = std::getenv("XDG_STATE_HOME"); home != nullptr && *home == '/') {
    return home;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return fs::path(home) / ".local/state";
  }
  return "/var/lib";
}

base::Result<std::vector<std::string>> outputs_option(const Arguments& arguments) {
  std::vector<std::string> outputs;
  for (const std::string& given : arguments.many("output")) {
    if (const auto container = media::container_of(given, std::nullopt); !container) {
      return base::with_context(container.error(), "not an output", "--output");
    }
    const bool is_url = media::delivery_of(given) == media::Delivery::kLive;
    outputs.push_back(is_url ? given : fs::absolute(given).lexically_normal().string());
  }
  return outputs;
}

base::Result<void> take_stream_options(const Arguments& arguments, StreamdSettings& settings) {
  if (const auto codec = arguments.one("codec")) {
    settings.stream.codec = *codec;
    settings.stream_patch.add("codec", Value::of(*codec));
  }
  if (const auto preset = arguments.one("preset")) {
    settings.stream.preset = *preset;
    settings.stream_patch.add("preset", Value::of(*preset));
  }
  if (const auto given = arguments.one("bitrate")) {
    const auto bits = scene::parse_bitrate(*given);
    if (!bits) return wrong_value("bitrate", *given, "bits per second such as 6M or 2500k");
    settings.stream.bitrate = *bits;
    settings.stream_patch.add("bitrate", Value::of(static_cast<double>(*bits)));
  }
  return {};
}

int default_threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / 2);
}

base::Result<void> take_folders(const Arguments& arguments, const scene::SceneFile& file,
                                StreamdSettings& settings) {
  settings.scene_folder =
      fs::absolute(file.folder.empty() ? "." : file.folder).lexically_normal().string();
  settings.assets_folder =
      fs::absolute(arguments.one("assets").value_or(settings.scene_folder)).string();
  std::error_code error;
  if (!fs::is_directory(settings.assets_folder, error)) {
    return wrong_value("assets", settings.assets_folder, "a folder that exists");
  }
  const fs::path state = state_home() / "layercast";
  settings.state_folder = state.string();
  settings.state_uri = arguments.one("state").value_or("sqlite:" + (state / "state.db").string());
  return {};
}

}  // namespace

base::Result<StreamdSettings> streamd_settings(const Arguments& arguments,
                                               const scene::SceneFile& file) {
  StreamdSettings settings;
  TRY(settings.outputs, outputs_option(arguments));
  TRY_DO(take_stream_options(arguments, settings));
  TRY_DO(take_listen_option(arguments, settings));
  if (const auto path = arguments.one("token-file")) {
    TRY(settings.tokens, tokens_in(*path));
    settings.token_file = *path;
  }
  settings.allowed_hosts = arguments.many("allow-host");
  settings.allowed_sources = arguments.many("allow-source");
  auto source_hosts = base::SourceHosts::parse(settings.allowed_sources);
  if (!source_hosts) {
    return base::invalid_input(source_hosts.error().message, "--allow-source");
  }
  settings.source_hosts = std::move(source_hosts).value();
  TRY_DO(take_folders(arguments, file, settings));
  TRY(settings.decoding, decoding_settings(arguments));
  settings.fresh = arguments.has("fresh");
  settings.watch = arguments.has("watch");
  settings.follow = arguments.has("follow");
  if (settings.follow && (settings.fresh || settings.watch)) {
    return base::invalid_input("the scene belongs to another daemon; use --fresh and --watch there",
                               "--follow");
  }
  if (settings.watch && file.path == "standard input") {
    return base::invalid_input("standard input cannot be watched", "--watch");
  }
  TRY(const auto threads, integer_option(arguments, "threads", {1, 64}));
  settings.threads = static_cast<int>(threads.value_or(default_threads()));
  TRY(settings.duration, duration_option(arguments, "duration"));
  settings.print_config = arguments.has("print-config");
  return settings;
}

Value config_document(const StreamdSettings& settings, const scene::SceneFile& file) {
  std::vector<Value> outputs;
  for (const scene::Output& output : initial_state(settings, file).scene.outputs) {
    outputs.push_back(Value::of(base::redacted_url(output.url, base::UrlUse::kOutput)));
  }
  std::vector<Value> hosts;
  for (const auto& host : settings.allowed_hosts) hosts.push_back(Value::of(host));
  std::vector<Value> sources;
  for (const auto& host : settings.allowed_sources) sources.push_back(Value::of(host));
  const media::TlsTrust trust = media::tls_trust();
  std::vector<Value> insecure;
  for (const auto& host : trust.insecure_hosts) insecure.push_back(Value::of(host));
  return Value::object()
      .add("scene", Value::of(file.path))
      .add("assets", Value::of(settings.assets_folder))
      .add("outputs", Value::array(std::move(outputs)))
      .add("codec", Value::of(settings.stream.codec))
      .add("preset", Value::of(settings.stream.preset))
      .add("bitrate", Value::of(static_cast<double>(settings.stream.bitrate)))
      .add("listen", settings.host.empty()
                         ? Value::null()
                         : Value::of(settings.host + ":" + std::to_string(settings.port)))
      .add("listen_socket",
           settings.socket_path.empty() ? Value::null() : Value::of(settings.socket_path))
      .add("token_file", settings.tokens.empty() ? Value::null() : Value::of(settings.token_file))
      .add("allowed_hosts", Value::array(std::move(hosts)))
      .add("allowed_sources", Value::array(std::move(sources)))
      .add("tls_ca", trust.ca_file.empty() ? Value::null() : Value::of(trust.ca_file))
      .add("insecure_tls", Value::array(std::move(insecure)))
      .add("state", Value::of(store::redacted_uri(settings.state_uri)))
      .add("fresh", Value::of(settings.fresh))
      .add("follow", Value::of(settings.follow))
      .add("watch", Value::of(settings.watch))
      .add("threads", Value::of(settings.threads))
      .add("decode", Value::of(settings.decoding.is_in_process ? "in-process" : "helper"))
      .add("sandbox", Value::of(settings.decoding.requires_sandbox ? "required" : "available"));
}

std::vector<scene::Output> line_outputs(const StreamdSettings& settings) {
  std::vector<scene::Output> outputs;
  for (const std::string& url : settings.outputs) {
    scene::Output output;
    output.id = std::string(kLineOutput) + std::to_string(outputs.size() + 1);
    output.url = url;
    outputs.push_back(std::move(output));
  }
  return outputs;
}

scene::LiveState initial_state(const StreamdSettings& settings, const scene::SceneFile& file) {
  const auto now = std::chrono::system_clock::now();
  scene::LiveState state =
      scene::first_state(file.scene, std::chrono::time_point_cast<base::Duration>(now));
  state.stream = settings.stream;
  for (scene::Output& output : line_outputs(settings)) {
    state.scene.outputs.push_back(std::move(output));
  }
  return state;
}

}  // namespace layercast::tools
