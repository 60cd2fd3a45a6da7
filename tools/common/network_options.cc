#include "tools/common/network_options.h"

#include "media/av/tls_trust.h"
#include "tools/common/values.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::tools {
namespace {

base::Result<void> check_ca_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return base::io_error(errno, "cannot read the certificates", path);
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  if (text.find(kBegin) != std::string::npos) return {};
  return base::invalid_input(
      "contains no certificate; expected a PEM file with lines " + std::string(kBegin), path);
}

}  // namespace

OptionGroup network_options() {
  return {"Network",
          {{.name = "tls-ca",
            .value = "FILE",
            .help = "PEM file of the certificate authorities to trust for rtmps and https, instead "
                    "of those of the system.",
            .completion = Completion::kFile},
           {.name = "insecure-tls",
            .arity = Arity::kMany,
            .value = "HOST",
            .help = "Connect to HOST, the name or address in the URL, even if its certificate is "
                    "not valid. May be given several times."}}};
}

base::Result<void> apply_network_options(const Arguments& arguments) {
  media::TlsTrust trust;
  if (const auto path = arguments.one("tls-ca")) {
    TRY_DO(check_ca_file(*path));
    trust.ca_file = std::filesystem::absolute(*path).string();
  }
  for (const std::string& given : arguments.many("insecure-tls")) {
    std::string host = given;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const bool is_address = host.find("::") != std::string::npos;
    if (host.empty() || host.find('/') != std::string::npos ||
        (!is_address && host.find(':') != std::string::npos)) {
      return wrong_value("insecure-tls", given, "a host name or address without scheme and port");
    }
    trust.insecure_hosts.push_back(std::move(host));
  }
  media::set_tls_trust(std::move(trust));
  return {};
}

}  // namespace layercast::tools
