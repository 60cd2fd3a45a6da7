#include "media/out/names.h"

#include "base/nearest.h"

namespace layercast::media {

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::string suggestion(std::string_view wrong, std::span<const std::string_view> known,
                       std::string_view otherwise) {
  const auto nearest = base::nearest_name(wrong, known);
  if (!nearest) return std::string(otherwise);
  std::string text = ", did you mean ";
  text.append(*nearest).append("?");
  return text;
}

}  // namespace layercast::media
