// layercast-decode-media: the helper process in which render-frames, encode and streamd decode
// videos and sounds. It forks a confined process for each open file. The tools start it themselves.

#include "media/helper/media_job.h"
#include "tools/decode/helper_main.h"

int main() {
  return layercast::tools::run_helper("layercast-decode-media",
                                      layercast::media::prepare_media_jobs,
                                      layercast::media::run_media_job);
}
