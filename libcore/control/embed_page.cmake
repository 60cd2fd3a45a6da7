# cmake -D PAGE=page.html -D SOURCE=page_html.cc -P embed_page.cmake
# Writes the page as C++, in literals that every compiler takes.
file(READ ${PAGE} html)
if(html MATCHES "[^\t\n -~]")
  message(FATAL_ERROR "${PAGE} is plain ASCII, so that it may be cut anywhere")
endif()
string(LENGTH "${html}" length)
set(literals "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${html}" ${at} 16000 piece)
  string(APPEND literals "R\"page(${piece})page\"\n")
  math(EXPR at "${at} + 16000")
endwhile()
file(WRITE ${SOURCE} "#include \"control/page.h\"

namespace layercast::control {

std::string_view page_html() {
  static constexpr char kHtml[] =
${literals};
  return {kHtml, sizeof(kHtml) - 1};
}

}  // namespace layercast::control
")
