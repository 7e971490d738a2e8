#include "broker/command.h"

namespace penstock {

bool grows_store(const Command& command) {
  return command.operation && (std::holds_alternative<Send>(*command.operation) ||
                               std::holds_alternative<CreateQueue>(*command.operation));
}

}  // namespace penstock
