// layercast-decode-media: the helper process in which render-frames, encode and streamd decode
// videos, sounds and live sources. It forks a confined process for each open file, or, in an
// instance with the network, for each connection. The tools start it themselves.

#include "media/helper/live_job.h"
#include "media/helper/media_job.h"
#include "tools/decode/helper_main.h"

#include <string_view>

int main(int count, char** arguments) {
  namespace media = layercast::media;
  namespace sandbox = layercast::sandbox;
  constexpr const char* kName = "layercast-decode-media";
  using layercast::tools::run_helper;
  if (count > 1 && std::string_view(arguments[1]) == sandbox::kNetworkArgument) {
    return run_helper(kName, media::prepare_live_jobs, media::run_live_job,
                      sandbox::Reach::kNetwork);
  }
  return run_helper(kName, media::prepare_media_jobs, media::run_media_job);
}
