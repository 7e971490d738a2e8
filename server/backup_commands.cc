#include "server/backup_commands.h"

#include <rocksdb/file_system.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <thread>
#include <utility>

#include "protocol/json_value.h"
#include "protocol/json_writer.h"
#include "server/progress_line.h"
#include "storage/backup_directory.h"
#include "storage/restoration.h"

namespace penstock {
namespace {

using Printed = tl::expected<std::string, StartRefusal>;

constexpr ExchangeBounds kAsking{.time_max = std::chrono::milliseconds{10'000}, .body_bytes_max = 64 << 10};
constexpr std::chrono::milliseconds kAskedEvery{200};

std::string time_text(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string count_text(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string point_text(const RestorePoint& point) {
  return "point " + std::to_string(point.id.value) + "  " + time_text(point.taken) + "  " +
         bytes_text(point.bytes) + "  commit " + std::to_string(point.position.value);
}

tl::unexpected<StartRefusal> refused(int exit_code, std::string text) {
  return tl::unexpected(StartRefusal{exit_code, std::move(text)});
}

// The members that an answer of the daemon has.
class AnswerReader {
 public:
  explicit AnswerReader(const std::string& body) {
    Result<JsonValue> parsed = JsonValue::parse(body);
    if (auto* object = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr)
      object_ = std::move(*object);
  }
  AnswerReader last() {
    JsonValue* const found = find_member(object_, "Last");
    AnswerReader reader{std::string()};
    if (auto* object = found ? std::get_if<JsonObject>(&found->value) : nullptr)
      reader.object_ = std::move(*object);
    return reader;
  }
  std::string text(std::string_view name) {
    JsonValue* const found = find_member(object_, name);
    const auto* text = found ? std::get_if<std::string>(&found->value) : nullptr;
    return text ? *text : std::string();
  }
  std::uint64_t number(std::string_view name) {
    JsonValue* const found = find_member(object_, name);
    const auto* number = found ? std::get_if<std::int64_t>(&found->value) : nullptr;
    return number ? static_cast<std::uint64_t>(*number) : 0;
  }

 private:
  JsonObject object_;
};

std::string body_of(const TakeBackup& command) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  // As seen from here, which is the daemon's machine.
  std::error_code failed;
  const auto path = std::filesystem::absolute(command.directory, failed);
  writer.member("Directory", failed ? command.directory : path.lexically_normal().string());
  if (command.keep > 0) {
    writer.key("Keep");
    writer.number(command.keep);
  }
  writer.end_object();
  return body;
}

int exit_code_of(const std::string& status) {
  if (status.starts_with("409")) return kExitBusy;
  return status.starts_with("400") || status.starts_with("403") ? kExitUsage : kExitUnavailable;
}

tl::expected<std::unique_ptr<BackupReader>, StartRefusal> read_backups(const std::string& directory,
                                                                       WorkProgress& progress) {
  auto reader = BackupReader::open(directory, rocksdb::FileSystem::Default(), progress);
  if (!reader) return refused(kExitNoInput, reader.error().text);
  return *std::move(reader);
}

}  // namespace

Printed perform(const TakeBackup& command) {
  const ExchangeHeader token =
      command.token ? "Authorization: Bearer " + std::string(command.token->revealed()) : std::string();
  const auto begun = post_to_daemon(command.url, body_of(command), kAsking, token);
  if (!begun) {
    return refused(kExitUnavailable,
                   command.url.text() + ": " + begun.error() +
                       "; is the daemon running, and does it serve its admin pages there (--admin-listen, --admin-tls-listen)?");
  }
  AnswerReader answer(begun->body);
  if (!begun->status.starts_with("202")) {
    return refused(exit_code_of(begun->status),
                   command.url.text() + ": it says " + begun->status + ": " +
                       (answer.text("error").empty() ? begun->body : answer.text("error")));
  }
  DaemonUrl asked = command.url;
  asked.path += "?Number=" + std::to_string(answer.number("Number"));
  ProgressLine line("backing up");
  while (true) {
    std::this_thread::sleep_for(kAskedEvery);
    const auto told = get_from_daemon(asked, kAsking, token);
    if (!told || !told->status.starts_with("200")) {
      return refused(kExitUnavailable,
                     command.url.text() + ": " + (told ? "it says " + told->status : told.error()) +
                         "; the daemon went away while the backup was under way: its point may be "
                         "missing, earlier ones are as they were (--list)");
    }
    AnswerReader report = AnswerReader(told->body).last();
    line.show(report.number("CopiedBytes"), report.number("ExpectedBytes"));
    const std::string state = report.text("State");
    if (state == "running") continue;
    if (state != "done") return refused(kExitIo, report.text("Why"));
    std::string text = "point " + std::to_string(report.number("Point")) + " of " +
                       time_text(static_cast<std::int64_t>(report.number("Taken"))) + " in " +
                       report.text("Directory") + ": " + bytes_text(report.number("Bytes")) + ", of which " +
                       bytes_text(report.number("CopiedBytes")) + " were copied; points kept: " +
                       std::to_string(report.number("Points")) + "\n";
    if (report.number("DamagedPoints") > 0) {
      text +=
          count_text(report.number("DamagedPoints"), "more point") + " of it cannot be restored (--list)\n";
    }
    return text;
  }
}

Printed perform(const ListBackups& command) {
  WorkProgress progress;
  const auto reader = read_backups(command.directory, progress);
  if (!reader) return tl::unexpected(reader.error());
  const RestorePoints points = (*reader)->points();
  std::string text;
  if (!command.json) {
    for (const RestorePoint& point : points.whole) text += point_text(point) + "\n";
    for (const PointId id : points.damaged) text += "point " + std::to_string(id.value) + "  damaged\n";
    return text.empty() ? "no points\n" : text;
  }
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("Points");
  writer.begin_array();
  const auto number = [&](std::string_view name, std::uint64_t value) {
    writer.key(name);
    writer.number(static_cast<std::int64_t>(value));
  };
  for (const RestorePoint& point : points.whole) {
    writer.begin_object();
    number("Point", point.id.value);
    writer.member("Taken", time_text(point.taken));
    number("Commit", point.position.value);
    number("Bytes", point.bytes);
    number("Files", point.files);
    writer.end_object();
  }
  writer.end_array();
  writer.key("Damaged");
  writer.begin_array();
  for (const PointId id : points.damaged) writer.number(id.value);
  writer.end_array();
  writer.end_object();
  return text + "\n";
}

Printed perform(const VerifyBackups& command) {
  WorkProgress progress;
  const auto reader = read_backups(command.directory, progress);
  if (!reader) return tl::unexpected(reader.error());
  const RestorePoints points = (*reader)->points();
  std::string text;
  std::string damaged;
  const auto complain = [&](PointId id, const std::string& why) {
    damaged += (damaged.empty() ? "" : "; ") + ("point " + std::to_string(id.value)) + ": " + why;
  };
  for (const PointId id : points.damaged) complain(id, "a file is missing or has another size");
  for (const RestorePoint& point : points.whole) {
    if (const Result<void> good = (*reader)->verify(point.id); !good) {
      complain(point.id, good.error().text);
    } else {
      text += point_text(point) + "  sound\n";
    }
  }
  if (damaged.empty()) return text.empty() ? "no points\n" : text;
  return refused(kExitData,
                 command.directory + ": " + damaged +
                     "; drop what is damaged (--drop) and take a new backup into another directory");
}

Printed perform(const DropBackups& command) {
  WorkProgress progress;
  const auto directory =
      BackupDirectory::open_existing(command.directory, rocksdb::FileSystem::Default(), progress);
  if (!directory) {
    const bool busy = directory.error().text.find("in use by") != std::string::npos;
    return refused(busy ? kExitBusy : kExitNoInput, directory.error().text);
  }
  for (const std::uint32_t id : command.points) {
    if (const Result<void> dropped = (*directory)->drop(PointId{id}); !dropped) {
      return refused(kExitNoInput, dropped.error().text);
    }
  }
  return "dropped; points kept: " + std::to_string((*directory)->points().whole.size()) + "\n";
}

Printed perform(const RestoreBackup& command) {
  using Kind = RestoreRefusal::Kind;
  WorkProgress progress;
  RestoreOrder order{command.directory, command.data, {}, nullptr};
  if (command.point) order.point = PointId{*command.point};
  const auto restored = [&] {
    const ProgressWatch watch("restoring", progress);
    return restore(order, progress);
  }();
  if (!restored) {
    int code = kExitIo;
    if (restored.error().kind == Kind::kNoBackup) code = kExitNoInput;
    if (restored.error().kind == Kind::kDamaged) code = kExitData;
    if (restored.error().kind == Kind::kTarget) code = kExitCannotCreate;
    return refused(code, restored.error().text);
  }
  const RestorePoint& point = restored->point;
  return "restored point " + std::to_string(point.id.value) + " of " + time_text(point.taken) + " into " +
         command.data + ": " + bytes_text(point.bytes) + ", up to commit " +
         std::to_string(restored->applied.position.value) + " of " +
         time_text(epoch_milliseconds(restored->applied.time) / 1000) +
         "; what is older than its queue's retention by now ends when the daemon starts\n";
}

}  // namespace penstock
