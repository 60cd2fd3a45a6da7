// Any bytes as an answer of a hostile decoding process, with any bytes in its file: it is refused,
// or gives a picture within the limits whose colours are not above alpha.

#include "base/check.h"
#include "content/decode/decode_messages.h"
#include "sandbox/sealed_bytes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace content = layercast::content;
namespace sandbox = layercast::sandbox;

namespace {

void check_picture(const sandbox::Message& answer) {
  const auto picture = content::picture_in(answer);
  if (!picture) return;
  const auto view = picture.value().view();
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      const auto pixel = view.at(x, y);
      LAYERCAST_CHECK(std::max({pixel.red, pixel.green, pixel.blue}) <= pixel.alpha);
    }
  }
}

void check_headers(const sandbox::Message& answer) {
  if (const auto header = content::pictures_in(answer)) {
    LAYERCAST_CHECK(header.value().count >= 1 && !header.value().size.empty());
  }
  if (const auto header = content::svg_in(answer)) {
    LAYERCAST_CHECK(header.value().size.width > 0 && header.value().size.height > 0);
  }
}

}  // namespace

// The first byte is the length of the message; the file has the bytes behind it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const std::string_view all(reinterpret_cast<const char*>(bytes), size);
  const std::string_view text = all.substr(1, bytes[0]);
  if (const auto request = content::request_of(text)) {
    const std::string written = content::request_message(*request);
    const auto again = content::request_of(written);
    LAYERCAST_CHECK(again && content::request_message(*again) == written);
  }
  sandbox::Message answer{std::string(text), {}};
  auto file = sandbox::sealed(all.substr(1 + text.size()));
  LAYERCAST_CHECK(file.ok());
  answer.descriptors.push_back(std::move(file).value());
  check_picture(answer);
  check_headers(answer);
  return 0;
}
