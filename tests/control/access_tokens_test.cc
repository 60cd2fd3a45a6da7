#include "control/access_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace layercast::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<AccessToken> tokens_of(const std::string& text) {
  const auto read = access_tokens_from(text, "tokens");
  EXPECT_TRUE(read.ok()) << read.error().to_string();
  return read.ok() ? read.value() : std::vector<AccessToken>{};
}

std::string refusal_of(const std::string& text) {
  const auto read = access_tokens_from(text, "tokens");
  if (read.ok()) return "accepted";
  EXPECT_EQ(read.error().code, base::ErrorCode::kInvalidInput);
  return read.error().to_string();
}

TEST(AccessTokens, AFileWithOneTokenIsOfAnAdmin) {
  const AccessToken admin{"", Role::kAdmin, "0123456789abcdef"};
  for (const char* text : {"0123456789abcdef", "0123456789abcdef\n", "  0123456789abcdef \r\n\n",
                           "# of the studio\n\n0123456789abcdef\n"}) {
    EXPECT_THAT(tokens_of(text), ElementsAre(admin)) << text;
  }
  EXPECT_EQ(tokens_of("correct horse battery").front().text, "correct horse battery");
}

TEST(AccessTokens, ALineHasRoleNameAndToken) {
  EXPECT_THAT(tokens_of("# monitoring\n"
                        "read     grafana  aaaaaaaaaaaaaaaa\n"
                        "\n"
                        "\toperate desk-1\tbbbbbbbb#bbbbbbb\r\n"
                        "  # the owner\n"
                        "admin    lars@studio.example cccccccccccccccc"),
              ElementsAre(AccessToken{"grafana", Role::kRead, "aaaaaaaaaaaaaaaa"},
                          AccessToken{"desk-1", Role::kOperate, "bbbbbbbb#bbbbbbb"},
                          AccessToken{"lars@studio.example", Role::kAdmin, "cccccccccccccccc"}));
  EXPECT_THAT(tokens_of("read grafana aaaaaaaaaaaaaaaa\n"),
              ElementsAre(AccessToken{"grafana", Role::kRead, "aaaaaaaaaaaaaaaa"}));
}

TEST(AccessTokens, ErrorsNameTheLineAndNoPartOfIt) {
  const std::string good = "read grafana aaaaaaaaaaaaaaaa\n";
  for (const char* line :
       {"operate desk", "operate desk SECRETSECRET more", "reed desk SECRETSECRET",
        "Admin desk SECRETSECRET", "none desk SECRETSECRET", "SECRETSECRET",
        "operate de/sk SECRETSECRET", "operate SECRETSECRET\x01 desk-of-the-studio"}) {
    const std::string told = refusal_of(good + "# comment\n" + line + "\n");
    EXPECT_THAT(told, HasSubstr("tokens:3: ")) << line;
    EXPECT_THAT(told, Not(HasSubstr("SECRET"))) << line;
  }
  EXPECT_THAT(refusal_of("read SECRETSECRET\n"), HasSubstr("tokens:1: expected ROLE NAME TOKEN"));
  EXPECT_THAT(refusal_of("bare-SECRETSECRET\n" + good), HasSubstr("tokens:1: expected ROLE"));
  const std::string name(65, 'n');
  EXPECT_THAT(refusal_of("read " + name + " SECRETSECRET"), HasSubstr("tokens:1: the name"));
}

TEST(AccessTokens, ShortOnesAreRefused) {
  EXPECT_THAT(refusal_of("1234567\n"), HasSubstr("at least 8 characters"));
  EXPECT_THAT(refusal_of("\n\nread grafana 1234567"), HasSubstr("tokens:3: contains no valid"));
  EXPECT_EQ(tokens_of("read grafana 12345678").size(), 1U);
  for (const char* text : {"", "\n \n", "# nothing\n"}) {
    EXPECT_THAT(refusal_of(text), HasSubstr("tokens: contains no token")) << text;
  }
}

TEST(AccessTokens, NamesAndTokensDiffer) {
  const std::string first = "read a SECRETSECRET\n";
  EXPECT_THAT(refusal_of(first + "\nadmin b SECRETSECRET\n"),
              HasSubstr("tokens:3: the token is that of line 1 too"));
  EXPECT_THAT(refusal_of(first + "read a otherSECRET\n"),
              HasSubstr("tokens:2: the name is that of line 1 too"));
  EXPECT_THAT(refusal_of(first + "admin b SECRETSECRET\n"), Not(HasSubstr("SECRET")));
}

TEST(AccessTokens, TheirNumberIsLimited) {
  std::string text;
  for (size_t i = 0; i < kTokensMax; ++i) {
    const std::string number = std::to_string(i);
    text += "read n" + number + " token-number-" + number + "\n";
  }
  EXPECT_EQ(tokens_of(text).size(), kTokensMax);
  EXPECT_THAT(refusal_of(text + "read one-more one-more-token"), HasSubstr("at most 256"));
}

}  // namespace
}  // namespace layercast::control
