#pragma once

#include "base/error.h"

#include <chrono>
#include <functional>
#include <string>

namespace layercast::content {

/// The processor time in which each glyph of a font file must load.
inline constexpr std::chrono::milliseconds kGlyphCpu{100};

/// Loads the outline or bitmap of each glyph of a font file, and shapes its letters, as texts in it
/// would. A font may crash the font libraries or keep them busy for ever, so that a helper process
/// calls this before another one reads the file. Thread: any.
/// Errors: kInvalidInput for a file that is not a font; kLimit when one glyph, or the shaping of a
/// few letters, takes longer than kGlyphCpu, or when a glyph is a very large picture or needs too
/// much memory. A glyph that cannot be loaded for another reason is none.
base::Result<void> read_whole_font(const std::string& path);

/// Checks the font file at a path before this process reads it. Errors: without `where`.
/// Thread: any.
using FontCheck = std::function<base::Result<void>(const std::string& path)>;

/// Sets the check for font files, except the default fonts; initially there is none. Call it
/// before texts are made.
void set_font_check(FontCheck check);

/// Applies the check, once for each version of a file; it may take seconds. What cannot be opened
/// passes: who reads it reports that. Thread: any (locked, but not while a file is checked).
/// Errors: those of the check.
base::Result<void> check_font(const std::string& path);

}  // namespace layercast::content
