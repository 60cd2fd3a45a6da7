#pragma once

#include <string_view>

namespace layercast::control {

/// The page at `/`, whole: it loads nothing but the API of the same address. Its scripts and styles
/// stand in plain `<script>` and `<style>` tags, which are given a nonce when it is served; style
/// attributes and handlers such as onclick= do not work.
std::string_view page_html();

}  // namespace layercast::control
