// The rooms ring: every arrow between the rooms is one that docs/design.md allows.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>

#include "tests/rooms/house.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Every file of the rooms, by its path in the repository.
std::map<std::string, std::string> files_of_the_house() {
  const fs::path root = PENSTOCK_SOURCE_DIR;
  std::map<std::string, std::string> files;
  for (const std::string_view room : rooms()) {
    if (!fs::exists(root / room)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / room)) {
      if (entry.is_regular_file())
        files[fs::relative(entry.path(), root).generic_string()] = read(entry.path());
    }
  }
  return files;
}

bool is_source(const std::string& path) { return path.ends_with(".h") || path.ends_with(".cc"); }
bool is_build_list(const std::string& path) { return path.ends_with("CMakeLists.txt"); }

std::string told(const std::vector<Violation>& violations) {
  std::string all;
  for (const Violation& violation : violations) all += violation.where + ": " + violation.what + "\n";
  return all;
}

TEST(Rooms, NoIncludeRunsAgainstTheTableOfTheDesign) {
  std::map<std::string, int> sources;
  for (const auto& [path, text] : files_of_the_house()) {
    if (!is_source(path)) continue;
    ++sources[path.substr(0, path.find('/'))];
    EXPECT_EQ(told(judge_source(path, text)), "");
  }
  for (const char* room : {"base", "broker", "protocol", "storage", "actions", "server"}) {
    EXPECT_GT(sources[room], 0) << "no source of " << room << "/ was read";
  }
}

TEST(Rooms, NoLibraryLinksWhatItsRoomMayNotInclude) {
  int lists = 0;
  for (const auto& [path, text] : files_of_the_house()) {
    if (!is_build_list(path)) continue;
    ++lists;
    EXPECT_EQ(told(judge_links(path, text)), "");
  }
  EXPECT_GE(lists, 6);
}

struct Planted {
  const char* path;
  const char* text;
  const char* found;  // all that is told; empty: allowed
};

void expect_told(std::initializer_list<Planted> sources) {
  for (const Planted& planted : sources) {
    EXPECT_EQ(told(judge_source(planted.path, planted.text)), planted.found) << planted.path << ":\n"
                                                                             << planted.text;
  }
}

TEST(Rooms, APlantedArrowThatTheTableLacksIsFound) {
  expect_told(
      {{"base/time.h", "#include \"broker/message.h\"\n",
        "base/time.h:1: base/ may not include broker/message.h\n"},
       {"broker/broker.cc", "\n#include \"storage/store.h\"\n",
        "broker/broker.cc:2: broker/ may not include storage/store.h\n"},
       {"broker/broker.cc", "#include \"protocol/api_message.h\"\n",
        "broker/broker.cc:1: broker/ may not include protocol/api_message.h\n"},
       {"storage/store.h", "#include \"broker/record.h\"\n#include \"base/time.h\"\n", ""},
       {"storage/store.h", "#include \"broker/broker.h\"\n",
        "storage/store.h:1: broker/broker.h is not of the broker's vocabulary\n"},
       {"actions/send.cc", "#include \"storage/store.h\"\n",
        "actions/send.cc:1: actions/ may not include storage/store.h\n"},
       {"actions/send.cc", "#include \"broker/command.h\"\n#include \"protocol/api_message.h\"\n", ""},
       {"protocol/json.cc", "#include \"broker/message.h\"\n",
        "protocol/json.cc:1: protocol/ may not include broker/message.h\n"},
       {"auth/sigv4.cc", "# include  \"protocol/api_message.h\"\n",
        "auth/sigv4.cc:1: auth/ may not include protocol/api_message.h\n"},
       {"storage/store.h", "  #include \"server/session.h\"\n",
        "storage/store.h:1: storage/ may not include server/session.h\n"},
       {"broker/record.h", "#include \"broker/standard_queue.h\"\n",
        "broker/record.h:1: the vocabulary must not include the rest of the room: "
        "broker/standard_queue.h\n"},
       {"broker/broker.cc", "#include \"record.h\"\n",
        "broker/broker.cc:1: \"record.h\" does not name its room\n"},
       {"server/main.cc", "#include \"tests/kill/history.h\"\n", "server/main.cc:1: tests/ is not a room\n"},
       {"server/main.cc", "#include \"storage/store.h\"\n#include <boost/asio.hpp>\n#include <thread>\n",
        ""}});
}

TEST(Rooms, APlantedLibraryInTheWrongRoomIsFound) {
  expect_told(
      {{"broker/broker.cc", "#include <mutex>\n", "broker/broker.cc:1: broker/ may not use <mutex>\n"},
       {"broker/broker.cc", "#include <boost/unordered/unordered_flat_map.hpp>\n#include <vector>\n", ""},
       {"broker/broker.cc", "#include <boost/asio/io_context.hpp>\n",
        "broker/broker.cc:1: broker/ may not use <boost/asio/io_context.hpp>\n"},
       {"broker/broker.cc", "#include <rocksdb/db.h>\n",
        "broker/broker.cc:1: broker/ may not use <rocksdb/db.h>\n"},
       {"protocol/json.cc", "#include <rocksdb/db.h>\n",
        "protocol/json.cc:1: protocol/ may not use <rocksdb/db.h>\n"},
       {"storage/rocks_store.cc", "#include <rocksdb/db.h>\n#include <thread>\n", ""},
       {"storage/rocks_store.cc", "#include <boost/asio.hpp>\n",
        "storage/rocks_store.cc:1: storage/ may not use <boost/asio.hpp>\n"},
       {"actions/send.cc", "#include <nlohmann/json.hpp>\n",
        "actions/send.cc:1: actions/ may not use <nlohmann/json.hpp>\n"},
       {"actions/send.cc", "#include <unistd.h>\n", "actions/send.cc:1: actions/ may not use <unistd.h>\n"},
       {"base/clock.cc", "#include <rocksdb/db.h>\n",
        "base/clock.cc:1: base/ may not use <rocksdb/db.h>\n"}});
}

TEST(Rooms, PlantedTimeAndChanceInAPureRoomAreFound) {
  expect_told(
      {{"broker/broker.cc", "const auto now = std::chrono::system_clock::now();\n",
        "broker/broker.cc:1: broker/ may not use system_clock\n"},
       {"broker/message.cc", "std::random_device device;\n",
        "broker/message.cc:1: broker/ may not use random_device\n"},
       {"protocol/json.cc", "if (getenv(\"HOME\")) {}\n",
        "protocol/json.cc:1: protocol/ may not use getenv\n"},
       {"broker/broker.cc", "// system_clock is not asked\nlog(\"steady_clock\"); x = 'a'; n = 1'000;\n", ""},
       {"storage/rocks_store.cc", "const auto until = std::chrono::steady_clock::now();\n", ""}});
}

TEST(Rooms, ALinkAgainstTheTableIsFound) {
  EXPECT_EQ(told(judge_links("broker/CMakeLists.txt",
                             "# like penstock_server\n"
                             "target_link_libraries(penstock_broker PUBLIC penstock_base penstock_options\n"
                             "  penstock_storage)\n")),
            "broker/CMakeLists.txt:3: broker/ may not link penstock_storage\n");
  EXPECT_EQ(told(judge_links("storage/CMakeLists.txt",
                             "target_link_libraries(penstock_storage penstock_broker)\n")),
            "");
}

}  // namespace
}  // namespace penstock
