#include "store/store_uri.h"

#include "store/state_store.h"

#include <gmock/gmock.h>

namespace layercast::store::test {
namespace {

using base::ErrorCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = StoreUri::Kind;

StoreUri parsed(const std::string& uri) {
  const auto result = parse_store_uri(uri);
  EXPECT_TRUE(result.ok()) << uri << ": " << result.error().to_string();
  return result.ok() ? result.value() : StoreUri{};
}

TEST(StoreUri, SqliteIsAPathAsItStands) {
  EXPECT_EQ(parsed("sqlite:/var/lib/a b%20.db").path, "/var/lib/a b%20.db");
  EXPECT_EQ(parsed("sqlite:state.db").kind, Kind::kSqlite);
  EXPECT_EQ(parsed("memory:").kind, Kind::kMemory);
}

TEST(StoreUri, RedisHasDefaults) {
  const StoreUri uri = parsed("redis://localhost");
  EXPECT_EQ(uri.kind, Kind::kRedis);
  EXPECT_THAT(uri.hosts, ElementsAre(HostPort{"localhost", 6379}));
  EXPECT_EQ(uri.database, 0);
  EXPECT_EQ(uri.password, "");
}

TEST(StoreUri, RedisHasUserPasswordPortAndDatabase) {
  const StoreUri uri = parsed("redis://me:p%40s%2fs:x@[::1]:7000/5");
  EXPECT_EQ(uri.user, "me");
  EXPECT_EQ(uri.password, "p@s/s:x");
  EXPECT_THAT(uri.hosts, ElementsAre(HostPort{"::1", 7000}));
  EXPECT_EQ(uri.database, 5);
  EXPECT_EQ(parsed("redis://:secret@h").user, "");
}

TEST(StoreUri, SocketHasPasswordAndDatabase) {
  const StoreUri uri = parsed("redis+unix://:secret@/run/redis/r.sock?db=3");
  EXPECT_EQ(uri.path, "/run/redis/r.sock");
  EXPECT_EQ(uri.password, "secret");
  EXPECT_EQ(uri.database, 3);
}

TEST(StoreUri, SentinelsAreManyAndNameTheirMaster) {
  const StoreUri uri = parsed("redis+sentinel://:pw@a,b:26380/mymaster/2");
  EXPECT_EQ(uri.kind, Kind::kRedisSentinel);
  EXPECT_THAT(uri.hosts, ElementsAre(HostPort{"a", 26379}, HostPort{"b", 26380}));
  EXPECT_EQ(uri.master, "mymaster");
  EXPECT_EQ(uri.database, 2);
  EXPECT_EQ(uri.password, "pw");
}

class WrongStoreUri : public ::testing::TestWithParam<const char*> {};

TEST_P(WrongStoreUri, IsRefusedWithAnExampleAndWithoutThePassword) {
  const auto result = parse_store_uri(GetParam());
  ASSERT_FALSE(result.ok()) << GetParam();
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(result.error().message, HasSubstr("expected"));
  EXPECT_THAT(result.error().to_string(), Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongStoreUri,
    ::testing::Values("", "x", "sqlite:", "sqlite:///a.db", "sqlite:/a/", "memory:x", "redis:host",
                      "rediss://:secret@host", "redis://", "redis://:secret@",
                      "redis://secret@host", "redis://:secret@host:0", "redis://:secret@host:65536",
                      "redis://:secret@host:x", "redis://host:", "redis://host/x",
                      "redis://host/-1", "redis://host/1/2", "redis://:sec/secret@host",
                      "redis://:secret@x@host", "redis://:%zzsecret@host", "redis://:@host",
                      "redis://a,b", "redis://:secret@host?db=1", "redis://[::1",
                      "redis://host?password=secret", "redis+unix://run/x", "redis+unix://",
                      "redis+unix:///", "redis+unix:///a?db=x", "redis+unix:///a?password=secret",
                      "redis+unix://secret@/a", "redis+unix://:secret/a", "redis+sentinel://a",
                      "redis+sentinel://a/", "redis+sentinel://u:secret@a/m",
                      "redis+sentinel://a/m/x", "redis+sentinel://a,/m", "redis:u:secret@host",
                      "http://u:secret@host/"));

TEST(RedactedUri, KeepsEverythingButPasswords) {
  EXPECT_EQ(redacted_uri("redis://me:secret@h:1/2"), "redis://me:***@h:1/2");
  EXPECT_EQ(redacted_uri("redis://:secret@h"), "redis://:***@h");
  EXPECT_EQ(redacted_uri("redis://secret@h"), "redis://***@h");
  EXPECT_EQ(redacted_uri("redis://:sec@ret/x@h/1"), "redis://:***@h/1");
  EXPECT_EQ(redacted_uri("redis+unix://:secret@/r@x.sock?db=1"), "redis+unix://:***@x.sock?db=1");
  EXPECT_EQ(redacted_uri("redis+unix:///run/a@b.sock?db=1"), "redis+unix:///run/a@b.sock?db=1");
  EXPECT_EQ(redacted_uri("redis+sentinel://:pw@a,b/m"), "redis+sentinel://:***@a,b/m");
  EXPECT_EQ(redacted_uri("redis://h?password=secret"), "redis://h?***");
  EXPECT_EQ(redacted_uri("sqlite:/a:b@c.db"), "sqlite:/a:b@c.db");
  EXPECT_EQ(redacted_uri("redis://:secret/x"), "redis://***");
  EXPECT_EQ(redacted_uri("redis+sentinel://a:1,[::1]:2/m/1"), "redis+sentinel://a:1,[::1]:2/m/1");
  EXPECT_EQ(redacted_uri(""), "");
}

TEST(LocalFilePath, IsBesideTheStateOrInTheFolder) {
  const auto path = [](const std::string& uri, Role role) {
    return local_file_path({uri, "a/b", role, "/folder"}, "loading");
  };
  EXPECT_EQ(path("sqlite:/var/state.db", Role::kOwner), "/var/state.db.a%2Fb.loading");
  EXPECT_THAT(path("redis://:secret@localhost/0", Role::kOwner),
              AllOf(StartsWith("/folder/redis-a%2Fb-"), EndsWith(".db.a%2Fb.loading")));
  const std::string follower = path("sqlite:/var/state.db", Role::kFollower);
  EXPECT_THAT(follower, AllOf(StartsWith("/folder/follower-a%2Fb-"), EndsWith(".loading")));
  EXPECT_NE(path("redis://localhost/0", Role::kFollower), follower);
  EXPECT_EQ(path("memory:", Role::kOwner), "");
  EXPECT_EQ(path("nothing:", Role::kOwner), "");
}

}  // namespace
}  // namespace layercast::store::test
