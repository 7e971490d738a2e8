// SqsDialect: how a client says SQS calls in one of the two protocols, and finds in an answer what it
// needs. For any endpoint that speaks SQS, so it relies on nothing of ours.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

struct Caller {
  std::string authority;  // host and port, for Host
  std::string region = "us-east-1";
  std::string access_key_id = "penstockbench";
  std::string secret_access_key;  // empty: nothing is signed, with a header of the right form and no more
  std::string session_token;
};

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// A whole request in AWS Query to a service ("sqs", "sns") in that version of its API.
std::string query_call(const Caller& caller, std::string_view service, std::string_view version,
                       std::string_view action, const QueryParameters& parameters);

// What stands between all tags of that name, unescaped.
std::vector<std::string> xml_texts(std::string_view answer, std::string_view name);

class SqsDialect {
 public:
  enum class Protocol { kJson, kQuery };
  using Caller = penstock::Caller;

  SqsDialect(Protocol protocol, Caller caller) : protocol_(protocol), caller_(std::move(caller)) {}

  // Whole requests, ready to be sent.
  std::string create_queue(std::string_view name) const;
  std::string create_fifo_queue(std::string_view name) const;  // its name ends in .fifo
  std::string delete_queue(std::string_view url) const;
  std::string send(std::string_view url, std::string_view body) const;
  std::string send_to_group(std::string_view url, std::string_view body, std::string_view group,
                            std::string_view deduplication_id) const;
  std::string send_batch(std::string_view url, std::string_view body, std::size_t entries) const;
  std::string receive(std::string_view url, std::size_t messages_max, unsigned wait_seconds) const;
  std::string remove(std::string_view url, std::string_view receipt_handle) const;

  std::string get_attribute(std::string_view url, std::string_view name) const;

  // What stands in an answer, unescaped.
  std::string queue_url(std::string_view answer) const;
  std::vector<std::string> receipt_handles(std::string_view answer) const;
  std::vector<std::string> bodies(std::string_view answer) const;
  std::string attribute(std::string_view answer, std::string_view name) const;  // empty: it is not there
  // A batch is answered 200 even if entries of it were refused.
  bool refuses_entries(std::string_view answer) const;

 private:
  std::string call(std::string_view action, const std::string& json, const QueryParameters& parameters) const;
  std::vector<std::string> texts(std::string_view answer, std::string_view name) const;

  Protocol protocol_;
  Caller caller_;
};

}  // namespace penstock
