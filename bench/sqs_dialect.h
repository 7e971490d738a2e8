// SqsDialect: how a client says SQS calls in one of the two protocols, and finds in an answer what it
// needs. For any endpoint that speaks SQS, so it relies on nothing of ours.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

class SqsDialect {
 public:
  enum class Protocol { kJson, kQuery };
  struct Caller {
    std::string authority;  // host and port, for Host
    std::string region = "us-east-1";
    std::string access_key_id = "penstockbench";  // signs nothing: a header of the right form and no more
  };

  SqsDialect(Protocol protocol, Caller caller) : protocol_(protocol), caller_(std::move(caller)) {}

  // Whole requests, ready to be sent.
  std::string create_queue(std::string_view name) const;
  std::string delete_queue(std::string_view url) const;
  std::string send(std::string_view url, std::string_view body) const;
  std::string send_batch(std::string_view url, std::string_view body, std::size_t entries) const;
  std::string receive(std::string_view url, std::size_t messages_max, unsigned wait_seconds) const;
  std::string remove(std::string_view url, std::string_view receipt_handle) const;

  // What stands in an answer, unescaped.
  std::string queue_url(std::string_view answer) const;
  std::vector<std::string> receipt_handles(std::string_view answer) const;
  std::vector<std::string> bodies(std::string_view answer) const;
  // A batch is answered 200 even if entries of it were refused.
  bool refuses_entries(std::string_view answer) const;

 private:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  std::string call(std::string_view action, const std::string& json, const Parameters& parameters) const;
  std::vector<std::string> texts(std::string_view answer, std::string_view name) const;

  Protocol protocol_;
  Caller caller_;
};

}  // namespace penstock
