#include "tests/simulator/tale.h"

namespace penstock {
namespace {

std::string describe(const ReceiptHandle& handle) {
  return std::to_string(handle.lane.value) + "/" + std::to_string(handle.sequence.value) + " attempt " +
         std::to_string(handle.attempt);
}

}  // namespace

std::string describe(const Operation& operation) {
  struct Describe {
    std::string operator()(const CreateQueue&) const { return "create"; }
    std::string operator()(const FindQueue&) const { return "find"; }
    std::string operator()(const DescribeQueue&) const { return "describe"; }
    std::string operator()(const DeleteQueue&) const { return "delete the queue"; }
    std::string operator()(const PurgeQueue&) const { return "purge"; }
    std::string operator()(const Send& send) const {
      const std::string delay = send.delay ? " delay " + std::to_string(send.delay->count()) : "";
      return "send " + send.content->body.substr(0, send.content->body.find(' ')) + delay;
    }
    std::string operator()(const Receive& receive) const {
      std::string text = "receive max " + std::to_string(receive.messages_max);
      if (receive.wait) text += " wait " + std::to_string(receive.wait->count());
      if (receive.visibility_timeout)
        text += " visibility " + std::to_string(receive.visibility_timeout->count());
      return text;
    }
    std::string operator()(const Delete& remove) const { return "delete " + describe(remove.handle); }
    std::string operator()(const ChangeVisibility& change) const {
      return "hide " + describe(change.handle) + " for " + std::to_string(change.timeout.count());
    }
  };
  return std::visit(Describe{}, operation);
}

std::string describe(const Answer& answer) {
  struct Describe {
    std::string operator()(const Error& error) const {
      return "refused " + std::to_string(static_cast<int>(error.code));
    }
    std::string operator()(const Done&) const { return "done"; }
    std::string operator()(const QueueFound&) const { return "found"; }
    std::string operator()(const QueueDescribed& described) const {
      return "visible " + std::to_string(described.counts.visible) + " in flight " +
             std::to_string(described.counts.not_visible) + " delayed " +
             std::to_string(described.counts.delayed);
    }
    std::string operator()(const Sent&) const { return "sent"; }
    std::string operator()(const Received& received) const {
      std::string text = "received";
      for (const Delivery& delivery : received.deliveries) text += " [" + describe(delivery.handle) + "]";
      return text;
    }
  };
  return std::visit(Describe{}, answer);
}

std::string describe(const Ticket& ticket) {
  return std::to_string(ticket.session) + "." + std::to_string(ticket.request);
}

}  // namespace penstock
