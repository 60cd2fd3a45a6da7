// layercast-decode: the helper process in which render-frames, encode and streamd decode images. It
// forks a confined process for each file. The tools start it themselves.

#include "content/decode/decode_job.h"
#include "tools/decode/helper_main.h"

int main() {
  return layercast::tools::run_helper("layercast-decode", layercast::content::prepare_decode_jobs,
                                      layercast::content::run_decode_job);
}
