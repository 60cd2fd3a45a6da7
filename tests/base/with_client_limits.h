#pragma once

#include "base/client_limits.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace layercast::base {

/// Limits the names of the process while it lives: to files of the folder, and to public hosts and
/// `hosts`.
class WithClientLimits {
 public:
  explicit WithClientLimits(std::string assets_folder,
                            std::set<std::string, std::less<>> authored = {},
                            const std::vector<std::string>& hosts = {}) {
    set_client_limits(std::make_shared<const ClientLimits>(ClientLimits{
        std::move(assets_folder), std::move(authored), SourceHosts::parse(hosts).value()}));
  }
  ~WithClientLimits() { set_client_limits(nullptr); }
  WithClientLimits(const WithClientLimits&) = delete;
  WithClientLimits& operator=(const WithClientLimits&) = delete;
};

}  // namespace layercast::base
