#pragma once

#include <string_view>

namespace layercast::control {

/// The HTML of the page at `/`, self-contained: it loads nothing except the API of the same origin.
/// Api::page() adds a nonce to its plain `<script>` and `<style>` tags; the page must not use style
/// attributes or handlers such as onclick=, because its content security policy blocks them.
std::string_view page_html();

}  // namespace layercast::control
