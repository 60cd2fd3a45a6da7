#include "tools/common/web_pictures.h"

#include "content/image/file_bytes.h"
#include "media/in/web_file.h"
#include "sandbox/helper.h"
#include "scene/model/limits.h"
#include "tools/common/interruption.h"

#include <algorithm>
#include <string>

namespace layercast::tools {

WebPictures::WebPictures() {
  namespace limits = scene::limits;
  const auto is_given_up = [ended = has_ended_] {
    return *ended || interrupted() || sandbox::Cancellation::is_requested();
  };
  const auto files = std::make_shared<media::WebFiles>(
      media::WebFiles::Options{limits::kWebPicturePatience, limits::kWebPictureKept,
                               2 * limits::kWebPictureBytesMax, is_given_up});
  content::set_url_reader([files](const std::string& url, int64_t bytes_max) {
    return files->read(url, std::min(bytes_max, limits::kWebPictureBytesMax));
  });
}

}  // namespace layercast::tools
