// AdminCounts: how often each path of the admin side was answered, by the class of its status.
//
// Any thread adds, without locks. Health has one count for all of its paths, and what is no path counts as
// one other, so that no client can make a series.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace penstock {

// A row of admin_paths(), or what comes behind the last of them.
using AdminPathIndex = std::size_t;

class AdminCounts {
 public:
  AdminCounts();

  AdminPathIndex health() const { return counts_.size() - 2; }
  AdminPathIndex other() const { return counts_.size() - 1; }

  void add(AdminPathIndex path, int status);

  struct Told {
    std::string_view method = {};
    std::string_view path = {};
    std::string_view status = {};  // "2xx"
    std::uint64_t answered = 0;
  };
  // What was answered at all.
  std::vector<Told> told() const;

 private:
  static constexpr std::size_t kClasses = 6;  // by the first digit of the status; those beyond it count as 5

  std::vector<std::array<std::atomic<std::uint64_t>, kClasses>> counts_;
};

}  // namespace penstock
