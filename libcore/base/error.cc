#include "base/error.h"

#include <array>
#include <cerrno>
#include <system_error>

namespace layercast::base {
namespace {

constexpr std::array kMeanings = {
    ErrorMeaning{ErrorCode::kInvalidInput, "invalid_input", 2, 400, false},
    ErrorMeaning{ErrorCode::kNotFound, "not_found", 2, 404, false},
    ErrorMeaning{ErrorCode::kUnsupported, "unsupported", 2, 422, false},
    ErrorMeaning{ErrorCode::kLimit, "limit", 2, 422, false},
    ErrorMeaning{ErrorCode::kIo, "io", 1, 503, true},
    ErrorMeaning{ErrorCode::kBrokenPipe, "broken_pipe", 0, 503, true},
    ErrorMeaning{ErrorCode::kTruncated, "truncated", 1, 400, false},
    ErrorMeaning{ErrorCode::kInterrupted, "interrupted", 130, 503, true},
    ErrorMeaning{ErrorCode::kConflict, "conflict", 1, 409, false},
    ErrorMeaning{ErrorCode::kStale, "stale", 1, 412, true},
    ErrorMeaning{ErrorCode::kForbidden, "forbidden", 1, 403, false},
    ErrorMeaning{ErrorCode::kInternal, "internal", 1, 500, false},
};

}  // namespace

const ErrorMeaning& meaning_of(ErrorCode code) {
  const auto& meaning = kMeanings.at(static_cast<size_t>(code));
  LAYERCAST_CHECK(meaning.code == code);
  return meaning;
}

std::string Error::to_string() const {
  std::string line = where.empty() ? message : where + ": " + message;
  if (cause != nullptr) line += (line.empty() ? "" : ": ") + cause->to_string();
  return line;
}

Error with_context(Error cause, std::string message, std::string where) {
  const ErrorCode code = cause.code;
  return Error{code, std::move(message), std::move(where),
               std::make_shared<const Error>(std::move(cause))};
}

Error io_error(int error_number, std::string_view action, std::string where) {
  const ErrorCode code = error_number == EPIPE ? ErrorCode::kBrokenPipe : ErrorCode::kIo;
  return Error{code, std::string(action) + ": " + std::generic_category().message(error_number),
               std::move(where), nullptr};
}

Error invalid_input(std::string message, std::string where) {
  return Error{ErrorCode::kInvalidInput, std::move(message), std::move(where), nullptr};
}

Error not_found(std::string message, std::string where) {
  return Error{ErrorCode::kNotFound, std::move(message), std::move(where), nullptr};
}

Error unsupported(std::string message, std::string where) {
  return Error{ErrorCode::kUnsupported, std::move(message), std::move(where), nullptr};
}

Error over_limit(std::string message, std::string where) {
  return Error{ErrorCode::kLimit, std::move(message), std::move(where), nullptr};
}

Error io_error(std::string message, std::string where) {
  return Error{ErrorCode::kIo, std::move(message), std::move(where), nullptr};
}

Error conflict(std::string message, std::string where) {
  return Error{ErrorCode::kConflict, std::move(message), std::move(where), nullptr};
}

Error internal_error(std::string message, std::string where) {
  return Error{ErrorCode::kInternal, std::move(message), std::move(where), nullptr};
}

}  // namespace layercast::base
