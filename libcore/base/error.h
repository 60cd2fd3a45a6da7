#pragma once

#include "base/check.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace layercast::base {

enum class ErrorCode {
  kInvalidInput,  ///< What the user wrote is wrong: a scene, an option, a media file.
  kNotFound,      ///< Something named does not exist.
  kUnsupported,   ///< Right, but this build or format cannot do it.
  kLimit,         ///< Beyond the limits table.
  kIo,            ///< The system refused: disk full, permission, connection.
  kBrokenPipe,    ///< The reader went away.
  kTruncated,     ///< Input ended in the middle of something.
  kInterrupted,   ///< The user stopped it.
  kConflict,      ///< Right by itself, but not with what there is: a name that is taken.
  kStale,         ///< Meant for an older revision.
  kForbidden,     ///< Not for whoever asks.
  kInternal,      ///< A library failed in a way that is nobody's input.
};

/// What one code means at each edge. One table serves the tools now and the HTTP API later.
struct ErrorMeaning {
  ErrorCode code;
  std::string_view name;
  int exit_status;
  int http_status;
  bool retryable;
};

const ErrorMeaning& meaning_of(ErrorCode code);

/// An expected failure. `where` is what the user wrote or named (`scenes/a.yaml:12:7 layers[3].id`,
/// a path, an option); empty when there is no such place.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string where;
  std::shared_ptr<const Error> cause;

  /// One line: `where: message: cause`.
  std::string to_string() const;
};

/// The same error one level up: `where: message`, with `cause` kept.
Error with_context(Error cause, std::string message, std::string where = {});

/// Error{kIo} for the current `errno` value given as `error_number`.
Error io_error(int error_number, std::string_view action, std::string where);

/// Either a value or the error that kept it from being made.
template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{…};` are how functions answer.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    LAYERCAST_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T& value() & {
    LAYERCAST_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    LAYERCAST_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const Error& error() const& {
    LAYERCAST_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    LAYERCAST_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    LAYERCAST_CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    LAYERCAST_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace layercast::base

#define LAYERCAST_CONCAT_INNER(a, b) a##b
#define LAYERCAST_CONCAT(a, b) LAYERCAST_CONCAT_INNER(a, b)
// A declaration cannot stand in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define LAYERCAST_TRY_INNER(result, declaration, expression) \
  auto result = (expression);                                \
  if (!result.ok()) return std::move(result).error();        \
  declaration = std::move(result).value()
// NOLINTEND(bugprone-macro-parentheses)

/// `TRY(auto x, f());` declares x with f's value, or returns f's error from here.
#define TRY(declaration, expression) \
  LAYERCAST_TRY_INNER(LAYERCAST_CONCAT(try_result_, __LINE__), declaration, expression)

/// `TRY_DO(f());` goes on when f succeeded, or returns f's error from here.
#define TRY_DO(expression)                                        \
  do {                                                            \
    if (auto try_do_result = (expression); !try_do_result.ok()) { \
      return std::move(try_do_result).error();                    \
    }                                                             \
  } while (false)
