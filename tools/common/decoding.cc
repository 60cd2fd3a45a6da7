#include "tools/common/decoding.h"

#include "content/decode/helper_decoder.h"
#include "content/image/decoder.h"
#include "content/text/font_check.h"
#include "media/helper/helper_live.h"
#include "media/helper/helper_media.h"
#include "sandbox/helper.h"
#include "tools/common/values.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace layercast::tools {
namespace {

namespace fs = std::filesystem;

// Beside the tool, as it is built, or in the folder of programs that other programs run.
base::Result<std::string> helper_program(const std::string& name) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* place : {".", "../libexec/layercast"}) {
    const fs::path program = folder / place / name;
    if (fs::is_regular_file(program, error)) return program.lexically_normal().string();
  }
  return base::not_found(
      "the program that decodes media is missing; install layercast again, or use --decode "
      "in-process for files that you trust",
      (folder / name).string());
}

std::string list_of(const sandbox::Layers& layers, bool is_in_force) {
  std::string list;
  for (int number = 0; number < sandbox::kLayerCount; ++number) {
    const auto layer = static_cast<sandbox::Layer>(number);
    if (layers.has(layer) != is_in_force) continue;
    list += (list.empty() ? "" : ", ") + std::string(sandbox::name_of(layer));
  }
  return list;
}

void tell_layers(const Log& log, const sandbox::Layers& layers) {
  const std::string missing = list_of(layers, false);
  log.write(missing.empty() ? LogLevel::kInfo : LogLevel::kWarning,
            "processes that decode media are confined by " + list_of(layers, true) +
                (missing.empty() ? "" : "; this system does not provide " + missing));
}

const char* name_of(sandbox::JobEnd end) {
  switch (end) {
    case sandbox::JobEnd::kCrashed:
      return "crashed";
    case sandbox::JobEnd::kOverLimit:
      return "over_limit";
    case sandbox::JobEnd::kCancelled:
      return "cancelled";
    case sandbox::JobEnd::kLost:
      break;
  }
  return "lost";
}

// Crashes and limits are failures of a content, which the caller reports with the layer's name.
void note_failure(const sandbox::JobFailure& failure, const Log& log, base::Metrics* metrics) {
  if (failure.end == sandbox::JobEnd::kCancelled) return;
  if (metrics != nullptr) {
    metrics
        ->counter({"decoder_failures_total",
                   "Processes that ended without decoding their file, by reason."},
                  {{"reason", name_of(failure.end)}})
        ->add();
  }
  if (failure.end == sandbox::JobEnd::kLost) {
    log.write(LogLevel::kWarning, "a process that decodes media is lost: " + failure.reason);
  }
}

using LayersTeller = std::function<void(const sandbox::Layers& layers)>;

// Tells the layers of the helper that starts first: the others have the same.
LayersTeller layers_teller(const Log& log) {
  return
      [&log, is_told = std::make_shared<std::atomic<bool>>(false)](const sandbox::Layers& layers) {
        if (!is_told->exchange(true)) tell_layers(log, layers);
      };
}

// The variables of this process that the protocols of live sources read.
std::vector<std::string> network_variables() {
  std::vector<std::string> variables;
  for (const char* name : {"http_proxy", "no_proxy"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) variables.push_back(name + std::string("=") + value);
  }
  return variables;
}

base::Result<std::shared_ptr<sandbox::Helper>> helper_of(
    const std::string& name, const LayersTeller& on_start,
    sandbox::Reach reach = sandbox::Reach::kNothing) {
  sandbox::HelperOptions options{{}, on_start, reach};
  if (reach == sandbox::Reach::kNetwork) options.environment = network_variables();
  TRY(options.program, helper_program(name));
  return std::make_shared<sandbox::Helper>(std::move(options));
}

}  // namespace

OptionGroup decoding_options() {
  return {"Decoding",
          {{.name = "decode",
            .value = "WHERE",
            .help = "Where images, videos, sounds and live sources are decoded: helper (in "
                    "confined processes, the default) or in-process (in this process, for files "
                    "and sources that you trust).",
            .choices = {"helper", "in-process"}},
           {.name = "sandbox",
            .value = "LEVEL",
            .help = "available (confine with all layers that the system provides, the default) or "
                    "required (fail if a layer is missing).",
            .choices = {"available", "required"}}}};
}

base::Result<DecodingSettings> decoding_settings(const Arguments& arguments) {
  const std::string where = arguments.one("decode").value_or("helper");
  if (where != "helper" && where != "in-process") {
    return wrong_value("decode", where, "helper or in-process");
  }
  const std::string level = arguments.one("sandbox").value_or("available");
  if (level != "available" && level != "required") {
    return wrong_value("sandbox", level, "available or required");
  }
  const DecodingSettings settings{where == "in-process", level == "required"};
  if (settings.is_in_process && settings.requires_sandbox) {
    return base::invalid_input("needs --decode helper", "--sandbox required");
  }
  return settings;
}

base::Result<void> apply_decoding(const DecodingSettings& settings, const Log& log,
                                  base::Metrics* metrics) {
  if (settings.is_in_process) return {};
  const LayersTeller on_start = metrics != nullptr ? layers_teller(log) : LayersTeller();
  TRY(auto images, helper_of("layercast-decode", on_start));
  TRY(auto media, helper_of("layercast-decode-media", on_start));
  TRY(auto live, helper_of("layercast-decode-media", on_start, sandbox::Reach::kNetwork));
  if (settings.requires_sandbox) {
    TRY(const sandbox::Layers layers, images->start());
    if (const std::string missing = list_of(layers, false); !missing.empty()) {
      return base::unsupported("this system does not provide " + missing, "--sandbox required");
    }
  }
  const auto on_failure = [&log, metrics](const sandbox::JobFailure& failure) {
    note_failure(failure, log, metrics);
  };
  auto decoder = std::make_unique<content::HelperDecoder>(
      content::HelperDecoder::Options{std::move(images), on_failure});
  // The decoder lives as long as the process.
  content::set_font_check(
      [raw = decoder.get()](const std::string& path) { return raw->check_font(path); });
  content::set_decoder(std::move(decoder));
  const media::HelperMedia helper{std::move(media), on_failure};
  media::set_video_opener(media::video_opener_of(helper));
  media::set_audio_files(media::audio_files_of(helper));
  media::set_live_connector(media::live_connector_of({std::move(live), on_failure}));
  return {};
}

}  // namespace layercast::tools
