#pragma once

#include <span>
#include <string>

namespace layercast::content {

/// A remark about letters that no font has and that are shown as boxes: the first of them, and
/// their scripts. Range: `letters` has at least one, each once. Thread: any.
std::string missing_letters_remark(std::span<const char32_t> letters);

}  // namespace layercast::content
