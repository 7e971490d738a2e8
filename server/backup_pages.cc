#include "server/backup_pages.h"

#include <limits>
#include <utility>

#include "protocol/json_writer.h"
#include "server/admin_guard.h"
#include "server/admin_input.h"
#include "server/backup_place.h"
#include "server/backup_thread.h"

namespace penstock {
namespace {

constexpr std::int64_t kKeepMax = 10'000;

void number(JsonWriter& writer, std::string_view name, std::uint64_t value) {
  writer.key(name);
  writer.number(static_cast<std::int64_t>(value));
}

void write_report(JsonWriter& writer, const BackupReport& report) {
  using State = BackupReport::State;
  writer.begin_object();
  number(writer, "Number", report.number);
  writer.member("State", report.state == State::kRunning ? "running"
                         : report.state == State::kDone  ? "done"
                                                         : "failed");
  writer.member("Directory", report.directory);
  number(writer, "CopiedBytes", report.progress->done());
  number(writer, "ExpectedBytes", report.progress->expected());
  if (report.taken) {
    const RestorePoint& point = report.taken->point;
    number(writer, "Point", point.id.value);
    number(writer, "Taken", static_cast<std::uint64_t>(point.taken));
    number(writer, "Commit", point.position.value);
    number(writer, "Bytes", point.bytes);
    number(writer, "Points", report.taken->left.whole.size());
    number(writer, "DamagedPoints", report.taken->left.damaged.size());
  }
  if (!report.why.empty()) writer.member("Why", report.why);
  writer.end_object();
}

}  // namespace

AdminAnswer answer_backups(const AdminCall& call) {
  AdminInput input = AdminInput::of_query(call.request, {"Number"});
  const auto wanted = input.number("Number", 0, std::numeric_limits<std::int64_t>::max());
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  const BackupReportPtr report = call.ground.backups != nullptr ? call.ground.backups->report() : nullptr;
  if (wanted && (!report || report->number != static_cast<std::uint64_t>(*wanted))) {
    return admin_refusal(404, "That backup was not ordered here, or not last.");
  }
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.member("Directory", call.ground.backup_directory);
  writer.key("Last");
  report ? write_report(writer, *report) : writer.null();
  writer.end_object();
  return admin_json(200, std::move(text));
}

AdminAnswer answer_back_up(const AdminCall& call) {
  AdminInput input = AdminInput::of_body(call.request, {"Directory", "Keep"});
  const auto asked = input.text("Directory");
  const auto keep = input.number("Keep", 1, kKeepMax);
  if (!asked) input.complain("Say where to: Directory.");
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  auto place = backup_place(call.ground.backup_directory, *asked);
  if (!place) return admin_refusal(403, place.error());
  constexpr std::string_view kNothing =
      "There is nothing on disk to back up: durability is memory, or the daemon is stopping.";
  if (call.ground.backups == nullptr) return admin_refusal(409, kNothing);
  const auto number_given =
      call.ground.backups->order({*std::move(place), static_cast<std::uint32_t>(keep.value_or(0))});
  if (!number_given) {
    return admin_refusal(409, number_given.error() == BackupThread::Refusal::kBusy
                                  ? "A backup is under way; GET /backups tells how far it is."
                                  : kNothing);
  }
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  number(writer, "Number", *number_given);
  writer.end_object();
  return admin_json(202, std::move(text));
}

}  // namespace penstock
