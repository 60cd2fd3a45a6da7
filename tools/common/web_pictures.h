#pragma once

#include <atomic>
#include <memory>

namespace layercast::tools {

/// Lets the contents of this process read images from http and https URLs, within the limits of
/// scene/model/limits.h. A signal that ends the process (interrupted()) ends what is being read.
class WebPictures {
 public:
  /// Construct it before contents are made.
  WebPictures();
  /// Ends what is being read, and refuses everything later. Thread: any.
  void end() { *has_ended_ = true; }

 private:
  std::shared_ptr<std::atomic<bool>> has_ended_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace layercast::tools
