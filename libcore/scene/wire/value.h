#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::scene {

/// A place in a file, counted from 1; line 0 when there is no file.
struct Mark {
  int line = 0;
  int column = 0;
  bool operator==(const Mark&) const = default;
};

/// The place of byte `offset` in a text; columns are bytes.
Mark mark_at(std::string_view text, size_t offset);

/// An untyped document, common to YAML and JSON: the form between a text and a typed scene. Objects
/// keep the order of their members. Marks have the place where each value was written.
struct Value {
  enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };
  struct Member;

  Kind kind = Kind::kNull;
  Mark mark;
  bool boolean = false;
  double number = 0;
  std::string text;  ///< the characters of a string; other scalars as they were written
  std::vector<Value> items;
  std::vector<Member> members;

  Value();
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  static Value null();
  static Value of(bool boolean);
  static Value of(double number);
  static Value of(int number) { return of(static_cast<double>(number)); }
  static Value of(std::string_view text);
  static Value of(const char* text) { return of(std::string_view(text)); }
  static Value array();
  static Value array(std::vector<Value> items);
  static Value object();

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_scalar() const { return kind != Kind::kArray && kind != Kind::kObject; }
  /// The member called `key`, or nullptr.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  /// Adds a member at the end.
  Value& add(std::string_view key, Value value);
  /// Sets the member called `key`; a new one is added at the end.
  Value& set(std::string_view key, Value value);
  /// Removes the member called `key`, if there is one.
  void erase(std::string_view key);
  /// Compares kind and content; marks and the notation of numbers are ignored.
  bool operator==(const Value& other) const;
};

struct Value::Member {
  std::string key;
  Mark key_mark;
  Value value;
};

/// The name of a kind of value in faults: `a number`, `a list`…
std::string_view name_of(Value::Kind kind);

/// The shortest decimal that reads back as `number`; whole numbers below 1e15 have no exponent.
std::string number_text(double number);

}  // namespace layercast::scene
