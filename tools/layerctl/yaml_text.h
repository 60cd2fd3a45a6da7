#pragma once

#include "scene/wire/value.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::tools {

/// A step of a path in a document: a member, or an item of a list.
using PathStep = std::variant<std::string, size_t>;
using DocumentPath = std::vector<PathStep>;

/// A YAML text that can be edited in place; unaffected parts stay as they are written.
/// An edit returns false when the text uses features that it does not support, such as tags and
/// multi-line plain scalars; merge() may then have applied a part of the patch. Callers must parse
/// the result and compare it, because an edit of an anchored value also affects its aliases.
class YamlText {
 public:
  explicit YamlText(std::string_view text);

  const std::string& text() const { return text_; }
  /// The value at a path; nullptr when there is none.
  const scene::Value* find(const DocumentPath& path) const;

  /// Applies a merge patch (RFC 7396) to the mapping at `path`.
  bool merge(const DocumentPath& path, const scene::Value& patch);
  /// Adds an item at the end of a list, or removes one.
  bool append(const DocumentPath& list, const scene::Value& item);
  bool remove(const DocumentPath& list, size_t index);

 private:
  struct Span {
    size_t begin;
    size_t end;
  };
  /// A value and its position.
  struct Place {
    const scene::Value* value;
    bool is_in_flow;      ///< inside braces or brackets
    size_t outer_indent;  ///< of the line that contains it
  };

  std::optional<Place> place_of(const DocumentPath& path) const;
  size_t offset_of(const scene::Mark& mark) const;
  std::optional<Span> span_of(const Place& place) const;
  std::optional<Span> span_of_block(const Place& place) const;
  std::optional<size_t> end_of_scalar(const Place& place, size_t begin) const;
  Place member_place(const Place& parent, size_t index) const;
  Place item_place(const Place& parent, size_t index) const;
  bool is_flow(const Place& place) const;
  bool is_alias(const Place& place) const;
  /// The start of a value, after its anchor.
  size_t begin_of(const Place& place) const;
  size_t line_start(size_t offset) const;
  size_t line_end(size_t offset) const;
  size_t indent_at(size_t offset) const { return offset - line_start(offset); }

  bool set_member(const DocumentPath& path, size_t index, const scene::Value& value);
  bool add_member(const DocumentPath& path, const std::string& key, const scene::Value& value);
  bool remove_member(const DocumentPath& path, size_t index);
  bool replace(Span span, std::string_view with);
  /// A value in the syntax for the inside of braces.
  std::string inline_text(const scene::Value& value) const;
  /// Replaces the value at a path.
  bool put(const DocumentPath& path, const scene::Value& value);

  std::string text_;
  scene::Value root_;
  bool is_right_ = true;       ///< YAML without faults
  bool is_json_ = false;       ///< JSON; edits keep it JSON
  std::vector<size_t> lines_;  ///< start of each line
};

}  // namespace layercast::tools
