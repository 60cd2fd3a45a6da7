#include "scene/model/caption.h"

#include <algorithm>
#include <utility>

namespace layercast::scene {
namespace {

void add_text(std::vector<CaptionPiece>& pieces, std::string_view text) {
  if (text.empty()) return;
  if (pieces.empty() || pieces.back().is_name) pieces.push_back({});
  pieces.back().text += text;
}

}  // namespace

std::vector<CaptionPiece> caption_pieces(std::string_view text) {
  std::vector<CaptionPiece> pieces;
  while (!text.empty()) {
    const size_t open = std::min(text.find('{'), text.size());
    add_text(pieces, text.substr(0, open));
    text.remove_prefix(open);
    const size_t braces = std::min(text.find_first_not_of('{'), text.size());
    const size_t close = text.find_first_of("{}", braces);
    const bool is_name = braces == 1 && close != std::string_view::npos && text[close] == '}';
    if (is_name) {
      pieces.push_back({std::string(text.substr(1, close - 1)), true});
      text.remove_prefix(close + 1);
    } else {
      add_text(pieces, text.substr(0, braces));
      text.remove_prefix(braces);
    }
  }
  return pieces;
}

std::string caption_text(std::string_view text, const Metadata& metadata) {
  std::string written;
  for (const CaptionPiece& piece : caption_pieces(text)) {
    if (!piece.is_name) {
      written += piece.text;
      continue;
    }
    const auto value =
        std::ranges::find(metadata, piece.text, &std::pair<std::string, std::string>::first);
    if (value != metadata.end()) written += value->second;
  }
  return written;
}

}  // namespace layercast::scene
