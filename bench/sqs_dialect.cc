#include "bench/sqs_dialect.h"

#include <utility>

#include "bench/signed_request_text.h"

namespace penstock {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

// The string that begins at the quote; `at` moves behind it. Escapes beyond ASCII are left as they are:
// nothing that is looked for here has any.
std::string take_json_string(std::string_view json, std::size_t& at) {
  std::string out;
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\' && at + 1 < json.size()) ++at;
    out.push_back(json[at]);
  }
  ++at;
  return out;
}

std::string xml_unescaped(std::string_view text) {
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string out;
  while (!text.empty()) {
    std::size_t size = 1;
    char c = text[0];
    for (const auto& [entity, character] : kEntities) {
      if (text.substr(0, entity.size()) != entity) continue;
      size = entity.size();
      c = character;
    }
    out.push_back(c);
    text.remove_prefix(size);
  }
  return out;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string request(const Caller& caller, std::string_view service, const Headers& headers,
                    const std::string& body) {
  if (!caller.secret_access_key.empty()) return signed_post(caller, service, headers, body);
  std::string text = "POST / HTTP/1.1\r\nHost: " + caller.authority + "\r\n";
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  return text + "X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=" +
         caller.access_key_id + "/20260101/" + caller.region + "/" + std::string(service) +
         "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + std::string(64, '0') +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

std::string query_call(const Caller& caller, std::string_view service, std::string_view version,
                       std::string_view action, const QueryParameters& parameters) {
  std::string body = "Action=" + std::string(action) + "&Version=" + std::string(version);
  for (const auto& [name, value] : parameters) body += "&" + name + "=" + percent_encoded(value);
  return request(caller, service, {{"Content-Type", "application/x-www-form-urlencoded"}}, body);
}

std::vector<std::string> xml_texts(std::string_view answer, std::string_view name) {
  std::vector<std::string> found;
  const std::string open = "<" + std::string(name) + ">";
  const std::string shut = "</" + std::string(name) + ">";
  for (std::size_t at = 0; (at = answer.find(open, at)) != std::string_view::npos;) {
    at += open.size();
    const std::size_t end = answer.find(shut, at);
    if (end == std::string_view::npos) break;
    found.push_back(xml_unescaped(answer.substr(at, end - at)));
    at = end;
  }
  return found;
}

std::string SqsDialect::call(std::string_view action, const std::string& json,
                             const QueryParameters& parameters) const {
  if (protocol_ == Protocol::kQuery) return query_call(caller_, "sqs", "2012-11-05", action, parameters);
  return request(
      caller_, "sqs",
      {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Amz-Target", "AmazonSQS." + std::string(action)}},
      json);
}

std::string SqsDialect::create_queue(std::string_view name) const {
  return call("CreateQueue", "{\"QueueName\":" + quoted(name) + "}", {{"QueueName", std::string(name)}});
}

std::string SqsDialect::create_fifo_queue(std::string_view name) const {
  return call(
      "CreateQueue", "{\"QueueName\":" + quoted(name) + ",\"Attributes\":{\"FifoQueue\":\"true\"}}",
      {{"QueueName", std::string(name)}, {"Attribute.1.Name", "FifoQueue"}, {"Attribute.1.Value", "true"}});
}

std::string SqsDialect::delete_queue(std::string_view url) const {
  return call("DeleteQueue", "{\"QueueUrl\":" + quoted(url) + "}", {{"QueueUrl", std::string(url)}});
}

std::string SqsDialect::send(std::string_view url, std::string_view body) const {
  return call("SendMessage", "{\"QueueUrl\":" + quoted(url) + ",\"MessageBody\":" + quoted(body) + "}",
              {{"QueueUrl", std::string(url)}, {"MessageBody", std::string(body)}});
}

std::string SqsDialect::send_to_group(std::string_view url, std::string_view body, std::string_view group,
                                      std::string_view deduplication_id) const {
  return call("SendMessage",
              "{\"QueueUrl\":" + quoted(url) + ",\"MessageGroupId\":" + quoted(group) +
                  ",\"MessageDeduplicationId\":" + quoted(deduplication_id) +
                  ",\"MessageBody\":" + quoted(body) + "}",
              {{"QueueUrl", std::string(url)},
               {"MessageGroupId", std::string(group)},
               {"MessageDeduplicationId", std::string(deduplication_id)},
               {"MessageBody", std::string(body)}});
}

std::string SqsDialect::get_attribute(std::string_view url, std::string_view name) const {
  return call("GetQueueAttributes",
              "{\"QueueUrl\":" + quoted(url) + ",\"AttributeNames\":[" + quoted(name) + "]}",
              {{"QueueUrl", std::string(url)}, {"AttributeName.1", std::string(name)}});
}

std::string SqsDialect::send_batch(std::string_view url, std::string_view body, std::size_t entries) const {
  std::string json = "{\"QueueUrl\":" + quoted(url) + ",\"Entries\":[";
  QueryParameters parameters{{"QueueUrl", std::string(url)}};
  for (std::size_t entry = 1; entry <= entries; ++entry) {
    const std::string id = "m" + std::to_string(entry);
    if (entry > 1) json += ",";
    json += "{\"Id\":" + quoted(id) + ",\"MessageBody\":" + quoted(body) + "}";
    const std::string prefix = "SendMessageBatchRequestEntry." + std::to_string(entry) + ".";
    parameters.emplace_back(prefix + "Id", id);
    parameters.emplace_back(prefix + "MessageBody", body);
  }
  return call("SendMessageBatch", json + "]}", parameters);
}

std::string SqsDialect::receive(std::string_view url, std::size_t messages_max, unsigned wait_seconds) const {
  const std::string most = std::to_string(messages_max);
  const std::string wait = std::to_string(wait_seconds);
  return call("ReceiveMessage",
              "{\"QueueUrl\":" + quoted(url) + ",\"MaxNumberOfMessages\":" + most +
                  ",\"WaitTimeSeconds\":" + wait + "}",
              {{"QueueUrl", std::string(url)}, {"MaxNumberOfMessages", most}, {"WaitTimeSeconds", wait}});
}

std::string SqsDialect::remove(std::string_view url, std::string_view receipt_handle) const {
  return call("DeleteMessage",
              "{\"QueueUrl\":" + quoted(url) + ",\"ReceiptHandle\":" + quoted(receipt_handle) + "}",
              {{"QueueUrl", std::string(url)}, {"ReceiptHandle", std::string(receipt_handle)}});
}

std::vector<std::string> SqsDialect::texts(std::string_view answer, std::string_view name) const {
  if (protocol_ == Protocol::kQuery) return xml_texts(answer, name);
  std::vector<std::string> found;
  // From string to string, so that what merely stands in a message is never taken for a name.
  std::string last;
  for (std::size_t at = answer.find('"'); at < answer.size();) {
    std::string text = take_json_string(answer, at);
    const std::size_t behind = answer.find_first_not_of(" \t\r\n", at);
    const bool is_name = behind != std::string_view::npos && answer[behind] == ':';
    if (is_name) {
      last = std::move(text);
    } else {
      if (last == name) found.push_back(std::move(text));
      last.clear();
    }
    at = answer.find('"', at);
  }
  return found;
}

std::string SqsDialect::queue_url(std::string_view answer) const {
  const std::vector<std::string> found = texts(answer, "QueueUrl");
  return found.empty() ? std::string() : found.front();
}

std::vector<std::string> SqsDialect::receipt_handles(std::string_view answer) const {
  return texts(answer, "ReceiptHandle");
}

std::vector<std::string> SqsDialect::bodies(std::string_view answer) const { return texts(answer, "Body"); }

std::string SqsDialect::attribute(std::string_view answer, std::string_view name) const {
  // In Query only the one that was asked for is there.
  const std::vector<std::string> found = texts(answer, protocol_ == Protocol::kQuery ? "Value" : name);
  return found.empty() ? std::string() : found.front();
}

bool SqsDialect::refuses_entries(std::string_view answer) const {
  if (protocol_ == Protocol::kQuery) return answer.find("<BatchResultErrorEntry>") != std::string_view::npos;
  return answer.find("\"SenderFault\"") != std::string_view::npos;
}

}  // namespace penstock
