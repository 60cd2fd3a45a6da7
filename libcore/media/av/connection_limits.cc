#include "media/av/connection_limits.h"

#include "base/ascii.h"
#include "base/ip_address.h"
#include "base/redaction.h"
#include "base/source_hosts.h"

#include <string_view>
#include <utility>

namespace layercast::media {
namespace {

base::Error forbidden(std::string message) {
  return {base::ErrorCode::kForbidden, std::move(message), {}, nullptr};
}

bool is_srt(std::string_view url) {
  return base::lower_case(url.substr(0, url.find(':'))) == "srt";
}

}  // namespace

ConnectionLimits::ConnectionLimits(const std::string& url)
    : url_(url), limits_(base::is_url(url) ? base::limits_of(url) : nullptr) {
  if (limits_ == nullptr) return;
  judge_ = [limits = limits_, host = base::host_of_url(url)](const std::string& address) {
    const auto known = base::ip_address(address);
    return known && limits->hosts.permits(*known, host);
  };
}

base::Result<void> ConnectionLimits::check() const {
  if (limits_ == nullptr) return {};
  if (auto objection = limits_->hosts.objection_to(url_)) return forbidden(*std::move(objection));
  if (!is_srt(url_)) return {};
  const std::string host = base::host_of_url(url_);
  for (const base::IpAddress& address : base::addresses_of(host)) {
    if (!limits_->hosts.permits(address, host)) {
      return forbidden(base::private_address_message(to_string(address)));
    }
  }
  return {};
}

std::optional<base::Error> ConnectionLimits::refusal() {
  const auto& address = LibraryLog::refused_address();
  if (!address) return std::nullopt;
  return forbidden(base::private_address_message(*address));
}

}  // namespace layercast::media
