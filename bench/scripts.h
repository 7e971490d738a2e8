// What the connections of a benchmark say to Penstock: scripts for HttpLoad.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "bench/http_load.h"

namespace penstock {

// One AWS JSON 1.0 call, ready to be sent.
std::string sqs_call(std::string_view action, std::string_view json);

// The value of the first string member of that name, as it stands (no unescaping); empty if there is none.
std::string_view json_string(std::string_view json, std::string_view name, std::size_t from = 0);

// The same request from every connection, at most `total` of them.
class Repeat final : public HttpScript {
 public:
  explicit Repeat(std::string request, std::uint64_t total = UINT64_MAX)
      : request_(std::move(request)), left_(total) {}
  std::string_view next(std::size_t) override {
    if (left_ == 0) return {};
    --left_;
    return request_;
  }
  void answered(std::size_t, const HttpAnswer&) override {}

 private:
  std::string request_;
  std::uint64_t left_;
};

// Each of these requests in turn, whichever connection asks, until there were `total`.
class Assorted final : public HttpScript {
 public:
  Assorted(std::vector<std::string> requests, std::uint64_t total) : requests_(std::move(requests)), left_(total) {}
  std::string_view next(std::size_t) override {
    if (left_ == 0) return {};
    return requests_[--left_ % requests_.size()];
  }
  void answered(std::size_t, const HttpAnswer&) override {}

 private:
  std::vector<std::string> requests_;
  std::uint64_t left_;
};

// Each connection receives up to ten messages and deletes each, until `total` are deleted or a receive
// finds none.
class Drain final : public HttpScript {
 public:
  Drain(std::string queue_url, std::size_t connections, std::uint64_t total);
  std::string_view next(std::size_t connection) override;
  void answered(std::size_t connection, const HttpAnswer& answer) override;

  std::uint64_t deleted() const { return deleted_; }
  std::uint64_t empty_receives() const { return empty_; }

 private:
  struct Consumer {
    std::deque<std::string> handles;
    std::string request;
    bool receiving = false;
    bool dry = false;
  };

  std::string queue_url_;
  std::string receive_;
  std::vector<Consumer> consumers_;
  std::uint64_t left_;
  std::uint64_t deleted_ = 0;
  std::uint64_t empty_ = 0;
};

}  // namespace penstock
