#include "base/error.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>

namespace layercast::base {
namespace {

Result<int> half_of(int number) {
  if (number % 2 != 0) return invalid_input("odd");
  return number / 2;
}

Result<int> quarter_of(int number) {
  TRY(const int half, half_of(number));
  TRY(const int quarter, half_of(half));
  return quarter;
}

Result<void> check_quarter(int number) {
  TRY_DO(quarter_of(number));
  return {};
}

TEST(Error, EveryCodeHasItsOwnNameAndARowOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const ErrorMeaning& meaning = meaning_of(static_cast<ErrorCode>(code));
    EXPECT_EQ(static_cast<int>(meaning.code), code);
    EXPECT_TRUE(names.insert(meaning.name).second) << meaning.name;
    EXPECT_GE(meaning.http_status, 400);
    EXPECT_LE(meaning.http_status, 599);
  }
  EXPECT_EQ(names.size(), 12U);
}

TEST(Error, ExitStatusesAreThePromisedOnes) {
  EXPECT_EQ(meaning_of(ErrorCode::kInvalidInput).exit_status, 2);
  EXPECT_EQ(meaning_of(ErrorCode::kNotFound).exit_status, 2);
  EXPECT_EQ(meaning_of(ErrorCode::kIo).exit_status, 1);
  EXPECT_EQ(meaning_of(ErrorCode::kTruncated).exit_status, 1);
  EXPECT_EQ(meaning_of(ErrorCode::kBrokenPipe).exit_status, 0);
  EXPECT_EQ(meaning_of(ErrorCode::kInterrupted).exit_status, 130);
}

TEST(Error, ReadsAsPlaceThenMessageThenCause) {
  EXPECT_EQ(invalid_input("too big").to_string(), "too big");
  EXPECT_EQ(invalid_input("too big", "a.yaml:3:1").to_string(), "a.yaml:3:1: too big");
  const Error outer =
      with_context(invalid_input("no such file", "art.png"), "cannot load", "layers[2]");
  EXPECT_EQ(outer.to_string(), "layers[2]: cannot load: art.png: no such file");
}

TEST(Error, ContextKeepsTheCodeAndTheCause) {
  const Error outer = with_context(over_limit("too many", "here"), "outer", "there");
  EXPECT_EQ(outer.code, ErrorCode::kLimit);
  ASSERT_NE(outer.cause, nullptr);
  EXPECT_EQ(outer.cause->message, "too many");
  EXPECT_EQ(outer.cause->where, "here");
}

TEST(Error, OnlyABrokenPipeIsABrokenPipe) {
  EXPECT_EQ(io_error(EPIPE, "write", "out").code, ErrorCode::kBrokenPipe);
  const Error full = io_error(ENOSPC, "write", "/media/out.mp4");
  EXPECT_EQ(full.code, ErrorCode::kIo);
  EXPECT_EQ(full.to_string(), "/media/out.mp4: write: No space left on device");
}

TEST(Error, MakersSetTheCodeOfTheirName) {
  EXPECT_EQ(invalid_input("m").code, ErrorCode::kInvalidInput);
  EXPECT_EQ(not_found("m").code, ErrorCode::kNotFound);
  EXPECT_EQ(unsupported("m").code, ErrorCode::kUnsupported);
  EXPECT_EQ(over_limit("m").code, ErrorCode::kLimit);
  EXPECT_EQ(io_error("m").code, ErrorCode::kIo);
  EXPECT_EQ(conflict("m").code, ErrorCode::kConflict);
  EXPECT_EQ(internal_error("m").code, ErrorCode::kInternal);
  const Error error = io_error("message", "where");
  EXPECT_EQ(error.message, "message");
  EXPECT_EQ(error.where, "where");
  EXPECT_EQ(error.cause, nullptr);
}

TEST(Result, HoldsEitherTheValueOrTheError) {
  EXPECT_EQ(half_of(6).value(), 3);
  EXPECT_TRUE(half_of(6).ok());
  const auto refused = half_of(7);
  EXPECT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "odd");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result{std::make_unique<int>(5)};
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(Result, AnErrorTypeCanBeAValueToo) {
  const Result<std::string> text{std::string("fine")};
  EXPECT_EQ(text.value(), "fine");
}

TEST(Result, TryGoesOnWithValuesAndLeavesWithTheFirstError) {
  EXPECT_EQ(quarter_of(12).value(), 3);
  EXPECT_EQ(quarter_of(6).error().message, "odd");
  EXPECT_TRUE(check_quarter(4).ok());
  EXPECT_EQ(check_quarter(5).error().message, "odd");
}

// An error type of a module.
struct Refusal {
  int status = 0;
};

Result<int, Refusal> admitted(int number) {
  if (number < 0) return Refusal{400};
  return number;
}

Result<void, Refusal> check_admitted(int number) {
  TRY_DO(admitted(number));
  return {};
}

Result<std::string, Refusal> admitted_text(int number) {
  TRY_DO(check_admitted(number));
  TRY(const int value, admitted(number));
  return std::to_string(value);
}

TEST(Result, CarriesTheErrorTypeOfAModule) {
  EXPECT_EQ(admitted_text(7).value(), "7");
  EXPECT_EQ(admitted_text(-7).error().status, 400);
  EXPECT_TRUE(check_admitted(7).ok());
}

TEST(ResultDeathTest, TakingWhatIsNotThereIsABug) {
  EXPECT_DEATH(static_cast<void>(half_of(7).value()), "bug: .*error.h");
  EXPECT_DEATH(static_cast<void>(half_of(6).error()), "bug: .*error.h");
  EXPECT_DEATH(static_cast<void>(Result<void>{}.error()), "bug: .*error.h");
}

}  // namespace
}  // namespace layercast::base
