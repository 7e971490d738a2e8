// The neighbours of files that are right: whatever one byte is turned into, each is read or refused, and
// nothing falls.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>

#include "resources/elasticmq_import.h"
#include "resources/goaws_import.h"
#include "tests/resources/stage.h"

namespace penstock {
namespace {

constexpr std::string_view kDocument =
    "account: '111122223333'\nqueues:\n  a: &x {DelaySeconds: 1, deadLetterQueue: b, maxReceiveCount: 3, "
    "tags: {k: v}}\n"
    "  b:\ntopics:\n  t:\n    subscriptions:\n      - queue: a\n        FilterPolicy: {n: [{numeric: ['>', "
    "1.5]}]}\n";
constexpr std::string_view kElasticMq =
    "include classpath(\"x\")\nqueues {\n a { delay = 5 seconds, deadLettersQueue { name = \"b\", "
    "maxReceiveCount = 3 } }\n"
    " b { fifo = ${?X}, tags { \"k\" : \"\"\"v\"\"\" } } // end\n}\n";
constexpr std::string_view kGoAws =
    "Local:\n  Queues:\n    - Name: a\n      MaximumMessageSize: 128\n      RedrivePolicy: "
    "'{\"maxReceiveCount\": 1, "
    "\"deadLetterTargetArn\":\"x:b\"}'\n  Topics:\n    - Name: t\n      Subscriptions: [{QueueName: a, Raw: "
    "true}]\n";

// How many there are.
std::size_t each_neighbour(std::string_view text, const std::function<void(const std::string&)>& visit) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string shorter(text);
    visit(shorter.erase(at, 1));
    for (const char c : {'\0', '\n', ' ', '"', '\'', '{', '}', '[', ']', ':', '*', '&', '!', '$', '\xff'}) {
      std::string other(text);
      other[at] = c;
      visit(other);
    }
    visit(std::string(text.substr(0, at)));
    count += 17;
  }
  return count;
}

TEST(Neighbours, OfADocumentAreDeclaredOrRefusedWithAPlace) {
  const std::size_t count = each_neighbour(kDocument, [](const std::string& text) {
    const std::string fault = Stage().declare(text);
    EXPECT_TRUE(fault.empty() || fault.starts_with("r.yaml")) << text << "\n" << fault;
  });
  std::printf("%zu neighbours of a document\n", count);
}

TEST(Neighbours, OfOtherBrokersFilesAreImportedOrRefusedAndWhatIsImportedIsADocument) {
  const auto judge = [](const std::string& text, const auto& imported) {
    if (!imported) return;
    const std::string fault = Stage().declare(imported->text);
    EXPECT_EQ(fault.find("this is not YAML"), std::string::npos) << text << "\n"
                                                                 << imported->text << "\n"
                                                                 << fault;
    EXPECT_EQ(fault.find("unknown"), std::string::npos) << text << "\n" << imported->text << "\n" << fault;
  };
  std::size_t count = each_neighbour(
      kElasticMq, [&](const std::string& text) { judge(text, import_elasticmq(text, "e.conf")); });
  count += each_neighbour(
      kGoAws, [&](const std::string& text) { judge(text, import_goaws(text, "g.yaml", "Local")); });
  std::printf("%zu neighbours of other brokers' files\n", count);
}

}  // namespace
}  // namespace penstock
