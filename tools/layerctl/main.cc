#include "tools/common/run_tool.h"
#include "tools/layerctl/options.h"
#include "tools/layerctl/session.h"

int main(int argc, char** argv) {
  namespace tools = layercast::tools;
  return tools::run_tool(tools::layerctl_options(), argc, argv, tools::run_layerctl);
}
