#include "bench/scripts.h"

#include <algorithm>

namespace penstock {

std::string sqs_call(std::string_view action, std::string_view json) {
  return http_post(
      "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS." + std::string(action) + "\r\n",
      json);
}

std::string_view json_string(std::string_view json, std::string_view name, std::size_t from) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const std::size_t found = json.find(key, from);
  if (found == std::string_view::npos) return {};
  const std::size_t begin = found + key.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

Drain::Drain(std::string queue_url, std::size_t connections, std::uint64_t total)
    : queue_url_(std::move(queue_url)),
      receive_(
          sqs_call("ReceiveMessage", "{\"QueueUrl\":\"" + queue_url_ + "\",\"MaxNumberOfMessages\":10}")),
      consumers_(connections),
      left_(total) {}

std::string_view Drain::next(std::size_t connection) {
  Consumer& consumer = consumers_[connection];
  if (!consumer.handles.empty()) {
    consumer.request = sqs_call("DeleteMessage", "{\"QueueUrl\":\"" + queue_url_ + "\",\"ReceiptHandle\":\"" +
                                                     consumer.handles.front() + "\"}");
    consumer.handles.pop_front();
    consumer.receiving = false;
    return consumer.request;
  }
  if (left_ == 0 || consumer.dry) return {};
  consumer.receiving = true;
  return receive_;
}

void Drain::answered(std::size_t connection, const HttpAnswer& answer) {
  Consumer& consumer = consumers_[connection];
  if (!consumer.receiving) {
    if (answer.status == 200) ++deleted_;
    return;
  }
  for (std::size_t at = 0;;) {
    const std::string_view handle = json_string(answer.body, "ReceiptHandle", at);
    if (handle.empty()) break;
    consumer.handles.emplace_back(handle);
    at = static_cast<std::size_t>(handle.data() - answer.body.data()) + handle.size();
  }
  left_ -= std::min<std::uint64_t>(left_, consumer.handles.size());
  if (consumer.handles.empty()) {
    consumer.dry = true;
    ++empty_;
  }
}

}  // namespace penstock
