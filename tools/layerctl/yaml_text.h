#pragma once

#include "scene/value.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::tools {

/// A step into a document: a member, or an item of a list.
using PathStep = std::variant<std::string, size_t>;
using DocumentPath = std::vector<PathStep>;

/// A YAML document that is changed where it has to be, and stays as it is written everywhere else.
/// Every change gives false, and leaves the text as it is, where it is written in a way that this
/// does not know: with tags, or with plain scalars of several lines. What a change led to has to be
/// read again: it is not proven to say what it should, and a change of what has an anchor is one of
/// all its aliases.
class YamlText {
 public:
  explicit YamlText(std::string_view text);

  const std::string& text() const { return text_; }
  /// What stands there; nullptr for nothing.
  const scene::Value* find(const DocumentPath& path) const;

  /// RFC 7396, on the mapping that stands there.
  bool merge(const DocumentPath& path, const scene::Value& patch);
  bool append(const DocumentPath& list, const scene::Value& item);
  bool remove(const DocumentPath& list, size_t index);

 private:
  struct Span {
    size_t begin;
    size_t end;
  };
  /// A value with where it is written.
  struct Place {
    const scene::Value* value;
    bool is_in_flow;      ///< inside braces or brackets
    size_t outer_indent;  ///< of the line that it belongs to
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
  /// Where a value begins, after its anchor.
  size_t begin_of(const Place& place) const;
  size_t line_start(size_t offset) const;
  size_t line_end(size_t offset) const;
  size_t indent_at(size_t offset) const { return offset - line_start(offset); }

  bool set_member(const DocumentPath& path, size_t index, const scene::Value& value);
  bool add_member(const DocumentPath& path, const std::string& key, const scene::Value& value);
  bool remove_member(const DocumentPath& path, size_t index);
  bool replace(Span span, std::string_view with);
  /// A value as it may stand inside braces.
  std::string inline_text(const scene::Value& value) const;
  /// Gives the value at a path another one.
  bool put(const DocumentPath& path, const scene::Value& value);

  std::string text_;
  scene::Value root_;
  bool is_right_ = true;       ///< YAML without faults
  bool is_json_ = false;       ///< and stays it
  std::vector<size_t> lines_;  ///< where each begins
};

}  // namespace layercast::tools
