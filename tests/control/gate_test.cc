#include "control/gate.h"

#include <gtest/gtest.h>

namespace layercast::control {
namespace {

const Peer kLocal{"127.0.0.1", "127.0.0.1"};

class GateOf {
 public:
  explicit GateOf(Gate::Options options) : gate(std::move(options), metrics) {}

  /// The status of the refusal; 0 when let in.
  int refusal(const std::string& line, const std::string& fields, const Peer& peer = kLocal) {
    const auto parsed = parse_head(line + " HTTP/1.1\r\n" + fields + "\r\n");
    const RequestHead& head = parsed.value();
    const auto admitted = gate.admit(head, peer, find_route(head.method, head.path).route);
    return admitted.ok() ? 0 : admitted.error().status;
  }

  /// What the client with this token may do; nullopt: it is refused.
  std::optional<Admission> admission(const std::string& line, const std::string& token,
                                     const Peer& peer = kLocal) {
    const auto parsed = parse_head(line + " HTTP/1.1\r\n" + fields_with(token) + "\r\n");
    const RequestHead& head = parsed.value();
    const auto admitted = gate.admit(head, peer, find_route(head.method, head.path).route);
    return admitted.ok() ? std::optional(admitted.value()) : std::nullopt;
  }

  static std::string fields_with(const std::string& token) {
    return "Host: localhost\r\nAuthorization: Bearer " + token + "\r\n";
  }

  base::Metrics metrics;
  Gate gate;
};

Gate::Options without_token() { return {"127.0.0.1", {"studio.example:9000"}, {}, 20}; }
Gate::Options with_token() { return {"0.0.0.0", {}, {{"", Role::kAdmin, "correct horse"}}, 3}; }

const AccessToken kReader{"grafana", Role::kRead, "token-that-reads"};
const AccessToken kOperator{"desk", Role::kOperate, "token-that-operates"};
const AccessToken kAdmin{"lars", Role::kAdmin, "token-that-administers"};
Gate::Options with_roles() { return {"0.0.0.0", {}, {kReader, kOperator, kAdmin}, 3}; }

/// A request for the route that finds it.
std::string line_of(const Route& route) {
  std::string path(route.path);
  for (const std::string_view part : {"{id}", "{index}"}) {
    const size_t at = path.find(part);
    if (at != std::string::npos) path.replace(at, part.size(), "1");
  }
  return std::string(route.method) + " " + path;
}

TEST(Gate, OwnHostsAreServedAndNoOthers) {
  GateOf fixture(without_token());
  for (const char* host : {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080",
                           "studio.example", "studio.example:443"}) {
    EXPECT_EQ(fixture.refusal("GET /healthz", "Host: " + std::string(host) + "\r\n"), 0) << host;
  }
  for (const char* host :
       {"evil.example", "127.0.0.1.evil.example", "127.evil.example", "localhost.evil.example",
        "localhost:80:80", "[::1", "studio.example.", "192.168.1.7", "localhost:x"}) {
    EXPECT_EQ(fixture.refusal("GET /healthz", "Host: " + std::string(host) + "\r\n"), 421) << host;
  }
  EXPECT_EQ(fixture.refusal("GET /healthz", ""), 400);
}

TEST(Gate, TheAddressThatAConnectionCameToIsOwn) {
  GateOf fixture(with_token());
  const Peer peer{"192.168.1.9", "192.168.1.7"};
  EXPECT_EQ(fixture.refusal("GET /healthz", "Host: 192.168.1.7:8080\r\n", peer), 0);
  EXPECT_EQ(fixture.refusal("GET /healthz", "Host: 192.168.1.8:8080\r\n", peer), 421);
  EXPECT_EQ(fixture.refusal("GET /healthz", "Host: 0.0.0.0:8080\r\n", peer), 421);
}

TEST(Gate, OnlyTheSameOriginMayAsk) {
  GateOf fixture(without_token());
  const std::string host = "Host: localhost:8080\r\n";
  const std::string line = "POST /api/v1/stream/stop";
  EXPECT_EQ(fixture.refusal(line, host + "Origin: http://localhost:8080\r\n"), 0);
  EXPECT_EQ(fixture.refusal(line, host), 0);
  for (const char* origin : {"http://evil.example", "http://localhost:3000", "null",
                             "http://localhost:8080.evil.example", "http://127.0.0.1:8080"}) {
    EXPECT_EQ(fixture.refusal(line, host + "Origin: " + origin + "\r\n"), 403) << origin;
    EXPECT_EQ(fixture.refusal("GET /api/v1/ws", host + "Origin: " + origin + "\r\n"), 403)
        << origin;
  }
  EXPECT_EQ(fixture.refusal("GET /api/v1/snapshot.png", host + "Sec-Fetch-Site: cross-site\r\n"),
            403);
  EXPECT_EQ(fixture.refusal("GET /", host + "Sec-Fetch-Site: cross-site\r\n"), 0);
}

TEST(Gate, BehindAProxyWithTlsTheUsualPortDoesNotCount) {
  GateOf fixture(without_token());
  EXPECT_EQ(fixture.refusal("POST /api/v1/stream/stop",
                            "Host: studio.example\r\nOrigin: https://studio.example:443\r\n"),
            0);
}

TEST(Gate, TheTokenLetsIn) {
  GateOf fixture(with_token());
  const std::string host = "Host: localhost\r\n";
  const std::string good = host + "Authorization: Bearer correct horse\r\n";
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", good), 0);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", host + "Authorization: bearer correct horse\r\n"),
            0);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", host), 401);
  EXPECT_EQ(fixture.refusal("GET /nowhere", host), 401);
  EXPECT_EQ(fixture.refusal("GET /metrics", host), 401);
  for (const char* path : {"/", "/healthz", "/readyz", "/api/v1/openapi.json"}) {
    EXPECT_EQ(fixture.refusal("GET " + std::string(path), host), 0) << path;
  }
}

TEST(Gate, TheTokenStandsInAQueryOnlyWhereABrowserNeedsThat) {
  GateOf fixture(with_token());
  const std::string host = "Host: localhost\r\n";
  for (const char* path : {"ws", "preview.mjpeg", "snapshot.png", "snapshot.jpg"}) {
    const std::string line = "GET /api/v1/" + std::string(path) + "?token=correct%20horse";
    EXPECT_EQ(fixture.refusal(line, host), 0) << path;
  }
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene?token=correct%20horse", host), 401);
  EXPECT_EQ(fixture.refusal("POST /api/v1/stream/stop?token=correct%20horse", host), 401);
}

TEST(Gate, AnythingButTheTokenIsWrong) {
  for (const char* token : {"correct hors", "correct horsf", "correct horse1", "x",
                            "correct horsecorrect horse", "Correct horse"}) {
    GateOf fixture(with_token());
    EXPECT_EQ(fixture.refusal("GET /api/v1/scene", "Host: localhost\r\nAuthorization: Bearer " +
                                                       std::string(token) + "\r\n"),
              401)
        << token;
  }
}

TEST(Gate, WrongTokensAreLimitedAndTheRightOneIsNotLockedOut) {
  GateOf fixture(with_token());
  const std::string wrong = "Host: localhost\r\nAuthorization: Bearer guess\r\n";
  const std::string right = "Host: localhost\r\nAuthorization: Bearer correct horse\r\n";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(fixture.refusal("GET /api/v1/scene", wrong), 401);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", wrong), 429);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", right), 0);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", wrong), 429);
  EXPECT_EQ(fixture.refusal("GET /healthz", wrong), 0);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", right, {"10.0.0.9", "127.0.0.1"}), 0);
  EXPECT_EQ(fixture.metrics.read().front().samples.front().value, 3);
}

TEST(Gate, ANetworkOfIpv6IsOneClient) {
  EXPECT_EQ(client_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(client_of("fe80::1%eth0"), "fe80::/64");
  EXPECT_EQ(client_of("192.168.1.9"), "192.168.1.9");
  GateOf fixture(with_token());
  const std::string wrong = "Host: localhost\r\nAuthorization: Bearer guess\r\n";
  const auto refusal_of = [&](const std::string& address) {
    return fixture.refusal("GET /api/v1/scene", wrong, {address, "::1"});
  };
  for (const char* address : {"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3"}) {
    EXPECT_EQ(refusal_of(address), 401);
  }
  EXPECT_EQ(refusal_of("2001:db8:1:2:8000::4"), 429);
  EXPECT_EQ(refusal_of("2001:db8:1:3::1"), 401);
}

TEST(Gate, ManyAddressesDoNotMakeItForgetOne) {
  GateOf fixture(with_token());
  const std::string wrong = "Host: localhost\r\nAuthorization: Bearer guess\r\n";
  const std::string right = "Host: localhost\r\nAuthorization: Bearer correct horse\r\n";
  const auto refusal_of = [&](const std::string& fields, const std::string& address) {
    return fixture.refusal("GET /api/v1/scene", fields, {address, "127.0.0.1"});
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(refusal_of(wrong, "192.168.1.9"), 401);
  int limited = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::string address = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    if (refusal_of(wrong, address) == 429) ++limited;
  }
  // Its count falls by one a second; a forgotten address could try three times.
  int admitted = 0;
  while (admitted < 3 && refusal_of(wrong, "192.168.1.9") == 401) ++admitted;
  EXPECT_LT(admitted, 3);
  // The addresses for which there was no room are limited together.
  EXPECT_GT(limited, 1000);
  EXPECT_EQ(refusal_of(right, "10.1.1.1"), 0);
}

TEST(Gate, EachRouteAdmitsItsRoleAndThoseAboveIt) {
  for (const Route& route : routes()) {
    for (const AccessToken& token : {kReader, kOperator, kAdmin}) {
      GateOf fixture(with_roles());
      const int refusal = fixture.refusal(line_of(route), GateOf::fields_with(token.text));
      EXPECT_EQ(refusal, token.role >= route.role ? 0 : 403) << route.operation << token.name;
    }
    for (const char* token : {"wrong-token", "token-that-read", "token-that-reads-more"}) {
      GateOf fixture(with_roles());
      const int refusal = fixture.refusal(line_of(route), GateOf::fields_with(token));
      EXPECT_EQ(refusal, route.access == Access::kOpen ? 0 : 401) << route.operation;
    }
  }
}

TEST(Gate, ARefusalNamesTheRoleThatIsNeeded) {
  GateOf fixture(with_roles());
  const auto head =
      parse_head("PUT /api/v1/scene HTTP/1.1\r\n" + GateOf::fields_with(kOperator.text) + "\r\n");
  const auto refused =
      fixture.gate.admit(head.value(), kLocal, find_route("PUT", "/api/v1/scene").route);
  ASSERT_FALSE(refused.ok());
  const Problem& problem = refused.error();
  EXPECT_EQ(problem.name, "forbidden");
  EXPECT_EQ(problem.detail, "this needs the role admin; the token desk has the role operate");
  EXPECT_EQ(problem.headers.front().second, "Bearer error=\"insufficient_scope\", scope=\"admin\"");
  EXPECT_EQ(problem.detail.find(kOperator.text), std::string::npos);
  // A right token with a small role is no guess.
  EXPECT_EQ(fixture.metrics.read().front().samples.front().value, 0);
}

TEST(Gate, TheRoleIsThatOfTheToken) {
  GateOf fixture(with_roles());
  for (const AccessToken& token : {kReader, kOperator, kAdmin}) {
    const auto admitted = fixture.admission("GET /api/v1/scene", token.text);
    ASSERT_TRUE(admitted.has_value()) << token.name;
    EXPECT_EQ(admitted->role, token.role);
    EXPECT_EQ(admitted->token_name(), token.name);
  }
  EXPECT_EQ(fixture.admission("GET /readyz", "wrong-token")->role, Role::kNone);
  EXPECT_EQ(fixture.admission("GET /readyz", kReader.text)->role, Role::kRead);
  // The kernel has told who the client is.
  const Peer local{"/run/control.sock", "/run/control.sock", true};
  EXPECT_EQ(fixture.admission("PUT /api/v1/scene", "wrong-token", local)->role, Role::kAdmin);
  GateOf open(without_token());
  EXPECT_EQ(open.admission("PUT /api/v1/scene", "wrong-token")->role, Role::kAdmin);
}

TEST(Gate, WrongTokensLockOutNoneOfTheRightOnes) {
  GateOf fixture(with_roles());
  const std::string wrong = GateOf::fields_with("guess");
  for (int i = 0; i < 200; ++i) fixture.refusal("GET /api/v1/scene", wrong);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", wrong), 429);
  for (const AccessToken& token : {kReader, kOperator, kAdmin}) {
    EXPECT_EQ(fixture.refusal("GET /api/v1/scene", GateOf::fields_with(token.text)), 0);
  }
  // Nor does a right token with too small a role hide that the others are guesses.
  EXPECT_EQ(fixture.refusal("PUT /api/v1/scene", GateOf::fields_with(kReader.text)), 403);
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene", wrong), 429);
}

TEST(Gate, TokensThatAreGoneAreRevokedAndTheOthersStay) {
  GateOf fixture(with_roles());
  const auto reader = fixture.admission("GET /api/v1/scene", kReader.text);
  const auto desk = fixture.admission("GET /api/v1/scene", kOperator.text);
  const auto admin = fixture.admission("GET /api/v1/scene", kAdmin.text);
  AccessToken demoted = kAdmin;
  demoted.role = Role::kRead;
  const AccessToken added{"new", Role::kOperate, "token-that-is-new"};
  fixture.gate.set_tokens({added, kReader, demoted});
  EXPECT_FALSE(reader->is_revoked());
  EXPECT_TRUE(desk->is_revoked());
  EXPECT_TRUE(admin->is_revoked());
  EXPECT_FALSE(fixture.admission("GET /api/v1/scene", kOperator.text).has_value());
  EXPECT_EQ(fixture.admission("GET /api/v1/scene", kAdmin.text)->role, Role::kRead);
  EXPECT_EQ(fixture.admission("GET /api/v1/scene", added.text)->role, Role::kOperate);
  EXPECT_EQ(fixture.admission("GET /api/v1/scene", kReader.text)->token, reader->token);
}

TEST(Gate, AForeignHostIsNoAttemptAtTheToken) {
  GateOf fixture(with_token());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(fixture.refusal("GET /api/v1/scene", "Host: evil.example\r\n"), 421);
  }
  EXPECT_EQ(fixture.refusal("GET /api/v1/scene",
                            "Host: localhost\r\nAuthorization: Bearer correct horse\r\n"),
            0);
}

}  // namespace
}  // namespace layercast::control
