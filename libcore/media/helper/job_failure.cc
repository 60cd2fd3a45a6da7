#include "media/helper/job_failure.h"

namespace layercast::media {

base::Error error_of(const sandbox::JobFailure& failure, const std::string& place) {
  const std::string message = "cannot be decoded: " + failure.reason;
  switch (failure.end) {
    case sandbox::JobEnd::kCrashed:
      return base::invalid_input(message, place);
    case sandbox::JobEnd::kOverLimit:
      return base::over_limit(message, place);
    case sandbox::JobEnd::kCancelled:
    case sandbox::JobEnd::kLost:
      break;
  }
  return base::io_error(message, place);
}

}  // namespace layercast::media
