#include "control/byte_budget.h"

namespace layercast::control {

Text counted_text(std::string text, const std::shared_ptr<ByteBudget>& budget) {
  struct Counted {
    std::string text;
    ByteBudget::Share share;
  };
  auto counted = std::make_shared<Counted>(Counted{std::move(text), ByteBudget::Share(budget)});
  counted->share.resize(static_cast<int64_t>(counted->text.size()));
  return {counted, &counted->text};
}

}  // namespace layercast::control
