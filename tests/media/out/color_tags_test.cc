#include "media/in/decoded_format.h"
#include "media/out/encoding.h"
#include "tests/media/read_back.h"

namespace layercast::media::test {
namespace {

/// An encoder and a container that can hold its output.
struct Case {
  const char* encoder;
  const char* file;
  bool is_rgb = false;
};

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name = std::string(info.param.encoder) + "_in_" + (info.param.file + 2);
  std::ranges::replace(name, '-', '_');
  return name;
}

class ColorTags : public ::testing::TestWithParam<Case> {};

// What ffprobe shows: the properties of the track after the first frames have been decoded.
TEST_P(ColorTags, SayBt709ForEveryEncoderAndContainer) {
  const TemporaryFolder folder;
  EncodingRequest request = request_for({folder / GetParam().file});
  request.video.codec = GetParam().encoder;
  const auto encoded = encode(request, 3);
  ASSERT_TRUE(encoded.ok()) << encoded.error().to_string();
  const ReadBack found = read_back(folder / GetParam().file);
  ASSERT_EQ(found.frames.size(), 3U);
  EXPECT_EQ(found.primaries, AVCOL_PRI_BT709);
  EXPECT_EQ(found.transfer, GetParam().is_rgb ? AVCOL_TRC_IEC61966_2_1 : AVCOL_TRC_BT709);
  EXPECT_EQ(found.matrix, GetParam().is_rgb ? AVCOL_SPC_RGB : AVCOL_SPC_BT709);
}

INSTANTIATE_TEST_SUITE_P(Encoders, ColorTags,
                         ::testing::Values(Case{"libx264", "x.mp4"}, Case{"libx264", "x.flv"},
                                           Case{"libx264", "x.ts"},
                                           Case{"libx264rgb", "x.mkv", true},
                                           Case{"libx265", "x.mp4"}, Case{"libx265", "x.ts"},
                                           Case{"libvpx", "x.webm"}, Case{"libvpx-vp9", "x.webm"},
                                           Case{"libvpx-vp9", "x.mp4"}, Case{"libsvtav1", "x.mp4"},
                                           Case{"libsvtav1", "x.webm"}, Case{"libaom-av1", "x.mkv"},
                                           Case{"librav1e", "x.mp4"}, Case{"prores", "x.mov"},
                                           Case{"prores_aw", "x.mov"}, Case{"prores_ks", "x.mov"},
                                           Case{"prores_ks", "x.mkv"}, Case{"mpeg2video", "x.ts"},
                                           Case{"mpeg4", "x.mp4"}, Case{"ffv1", "x.mkv"},
                                           Case{"utvideo", "x.mkv"}, Case{"png", "x.mov", true}),
                         case_name);

}  // namespace
}  // namespace layercast::media::test
