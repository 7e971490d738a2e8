#include "server/doctor_command.h"

#include <cstdio>

#include "protocol/json_writer.h"
#include "server/progress_line.h"
#include "server/start_refusal.h"
#include "storage/examination.h"

namespace penstock {
namespace {

std::string_view name_of(Finding::Grade grade) {
  return grade == Finding::Grade::kDamage ? "damage" : "warning";
}

std::string as_lines(const std::string& directory, const Examined& examined) {
  std::string text;
  for (const Finding& finding : examined.findings) {
    text.append(name_of(finding.grade)).append(": ").append(finding.place).append(": ");
    text.append(finding.what).append("; ").append(finding.advice).append("\n");
  }
  if (examined.findings_beyond > 0)
    text += "and " + std::to_string(examined.findings_beyond) + " more findings\n";
  text += directory + ": " + (examined.findings.empty() ? "sound" : "not sound") + ": " +
          std::to_string(examined.records) + " records of " + std::to_string(examined.queues) +
          " queues in " + bytes_text(examined.bytes) + ", up to commit " +
          std::to_string(examined.position.value);
  if (!examined.compared) text += "; whether the records agree with each other was not looked at";
  return text + "\n";
}

std::string as_json(const std::string& directory, const Examined& examined) {
  std::string text;
  JsonWriter writer(text);
  const auto number = [&](std::string_view name, std::uint64_t value) {
    writer.key(name);
    writer.number(static_cast<std::int64_t>(value));
  };
  writer.begin_object();
  writer.member("Directory", directory);
  writer.key("Sound");
  writer.boolean(examined.findings.empty());
  writer.key("Findings");
  writer.begin_array();
  for (const Finding& finding : examined.findings) {
    writer.begin_object();
    writer.member("Grade", name_of(finding.grade));
    writer.member("Place", finding.place);
    writer.member("What", finding.what);
    writer.member("Advice", finding.advice);
    writer.end_object();
  }
  writer.end_array();
  number("FindingsBeyond", examined.findings_beyond);
  number("Tables", examined.tables);
  number("Bytes", examined.bytes);
  number("Records", examined.records);
  number("Queues", examined.queues);
  number("Commit", examined.position.value);
  writer.key("Compared");
  writer.boolean(examined.compared);
  writer.end_object();
  return text + "\n";
}

}  // namespace

int examine_and_tell(const DoctorCommand& command) {
  WorkProgress progress;
  const Result<Examined> examined = [&] {
    const ProgressWatch watch("examining", progress);
    return examine({command.directory, command.disk_reserve_bytes, nullptr}, progress);
  }();
  if (!examined) {
    std::fprintf(stderr, "penstock: %s\n", examined.error().text.c_str());
    return kExitNoInput;
  }
  const std::string text =
      command.json ? as_json(command.directory, *examined) : as_lines(command.directory, *examined);
  std::fputs(text.c_str(), stdout);
  return examined->findings.empty() ? 0 : kExitFindings;
}

}  // namespace penstock
