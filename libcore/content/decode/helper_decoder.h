#pragma once

#include "content/image/decoder.h"
#include "sandbox/helper.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace layercast::content {

/// Decodes each file in a confined process of its own, which a helper process forks: a file that
/// crashes its decoder, never ends or takes too much memory costs only this call. Its pictures are
/// the same as those of InProcessDecoder.
/// Errors, beyond those of Decoder: kInvalidInput when the decoder crashed; kLimit when it took
/// longer than the limits allow; kIo when it was ended from outside, after one more try.
/// Thread: any.
class HelperDecoder final : public Decoder {
 public:
  struct Options {
    std::shared_ptr<sandbox::Helper> helper;
    /// Called for each process that ended without an answer. May be empty. Thread: that of the
    /// call.
    std::function<void(const sandbox::JobFailure& failure)> on_failure{};
  };

  explicit HelperDecoder(Options options);

  base::Result<frame::Image<frame::PremulRgba8>> image(std::string_view bytes) override;
  base::Result<std::unique_ptr<PictureReader>> pictures(
      std::shared_ptr<const std::string> bytes) override;
  base::Result<std::unique_ptr<Svg>> svg(std::string text) override;

  /// Reads a font file as read_whole_font(); one that cannot be opened passes.
  base::Result<void> check_font(const std::string& path);

 private:
  std::shared_ptr<const Options> options_;
};

}  // namespace layercast::content
