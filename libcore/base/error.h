#pragma once

#include "base/check.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace layercast::base {

/// The kind of an expected failure; meaning_of() maps it to an exit status and an HTTP status.
enum class ErrorCode {
  kInvalidInput,  ///< A scene, an option or a media file is invalid.
  kNotFound,      ///< A named thing does not exist.
  kUnsupported,   ///< The input is valid, but this build or format does not support it.
  kLimit,         ///< A value exceeds the limits table.
  kIo,            ///< The operating system refused: disk full, permission, connection.
  kBrokenPipe,    ///< The reader closed its end.
  kTruncated,     ///< The input ended prematurely.
  kInterrupted,   ///< The user stopped the operation.
  kConflict,      ///< The input is valid, but conflicts with the present state: a name in use.
  kStale,         ///< The request names an older revision.
  kForbidden,     ///< The client lacks the permission.
  kInternal,      ///< A library failed, and no input explains it.
};

/// One row of the table that gives each error code its meaning for the tools and the HTTP API.
struct ErrorMeaning {
  ErrorCode code;
  std::string_view name;  ///< as in API answers, such as `not_found`
  int exit_status;
  int http_status;
  bool retryable;  ///< whether the same request may succeed later
};

/// The table row for `code`. Thread: any.
const ErrorMeaning& meaning_of(ErrorCode code);

/// An expected failure. `where` is the place that the user wrote or named
/// (`scenes/a.yaml:12:7 layers[3].id`, a path, an option); empty when there is no such place.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string where;
  std::shared_ptr<const Error> cause;

  /// One line: `where: message: cause`.
  std::string to_string() const;
};

/// An error that wraps `cause`: the same code, with `message` and `where` in front.
Error with_context(Error cause, std::string message, std::string where = {});

/// Error{kIo}, or Error{kBrokenPipe} for EPIPE: `action`, then the system's text for
/// `error_number`, which is the value of `errno`.
Error io_error(int error_number, std::string_view action, std::string where);

/// An error without a cause, of the code that the name says. `where`: as in Error.
Error invalid_input(std::string message, std::string where = {});
Error not_found(std::string message, std::string where = {});
Error unsupported(std::string message, std::string where = {});
Error over_limit(std::string message, std::string where = {});
Error io_error(std::string message, std::string where = {});
Error conflict(std::string message, std::string where = {});
Error internal_error(std::string message, std::string where = {});

/// Either a value or the error that prevented it. `E` is Error, or the type of a module whose
/// errors carry more. Reading the one that is absent aborts.
template <class T, class E = Error>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<T, E>, "the type would not tell whether it is a value or an error");

 public:
  // Implicit on purpose, so that functions can `return value;` and `return invalid_input(…);`.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

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
  const E& error() const& {
    LAYERCAST_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  E&& error() && {
    LAYERCAST_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, E> state_;
};

/// Success, or the error that prevented it. Reading the error of a success aborts.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const E& error() const& {
    LAYERCAST_CHECK(!ok());
    return *error_;
  }
  E&& error() && {
    LAYERCAST_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<E> error_;
};

}  // namespace layercast::base

#define LAYERCAST_CONCAT_INNER(a, b) a##b
#define LAYERCAST_CONCAT(a, b) LAYERCAST_CONCAT_INNER(a, b)
// C++ does not allow parentheses around a declaration.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define LAYERCAST_TRY_INNER(result, declaration, expression) \
  auto result = (expression);                                \
  if (!result.ok()) return std::move(result).error();        \
  declaration = std::move(result).value()
// NOLINTEND(bugprone-macro-parentheses)

/// `TRY(auto x, f());` declares x with f's value, or returns f's error from here.
#define TRY(declaration, expression) \
  LAYERCAST_TRY_INNER(LAYERCAST_CONCAT(try_result_, __LINE__), declaration, expression)

/// `TRY_DO(f());` continues when f succeeds, or returns f's error from here.
#define TRY_DO(expression)                                        \
  do {                                                            \
    if (auto try_do_result = (expression); !try_do_result.ok()) { \
      return std::move(try_do_result).error();                    \
    }                                                             \
  } while (false)
