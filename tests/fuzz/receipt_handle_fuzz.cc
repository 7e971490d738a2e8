// Receipt handles: a text is one only if it is the very text of the handle that it gives.
#include "broker/receipt_handle.h"

#include "base/require.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {

void examine(std::string_view input) {
  if (const std::optional<ReceiptHandle> handle = ReceiptHandle::parse(input)) {
    require(handle->text() == input, "a handle has one text");
  }
}

std::vector<std::string> seeds() {
  ReceiptHandle handle;
  handle.partition = PartitionId{1};
  handle.queue = QueueId{77};
  handle.sequence = Sequence{1'000'000};
  handle.attempt = 3;
  handle.received = from_epoch_milliseconds(1'795'577'707'123);
  handle.nonce = 0x0123456789abcdef;
  ReceiptHandle extreme;
  extreme.partition = PartitionId{0xffffffff};
  extreme.queue = QueueId{~std::uint64_t{0}};
  extreme.lane = kLaterLane;
  extreme.sequence = Sequence{~std::uint64_t{0}};
  extreme.attempt = 0xffffffff;
  extreme.nonce = ~std::uint64_t{0};
  return {handle.text(), extreme.text(), ReceiptHandle{}.text(), ""};
}

}  // namespace penstock
