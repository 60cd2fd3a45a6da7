// layercast-decode: the helper process in which render-frames, encode and streamd decode images. It
// forks a confined process for each file. The tools start it themselves.

#include "content/decode/decode_job.h"
#include "tools/decode/helper_main.h"

#include <cstdlib>

int main() {
  // libvips would keep pictures of more than 100 MB in a file, which a job may not create.
  ::setenv("VIPS_DISC_THRESHOLD", "1024g", 1);
  return layercast::tools::run_helper("layercast-decode", layercast::content::prepare_decode_jobs,
                                      layercast::content::run_decode_job);
}
