// Metrics: the daemon's counters and gauges in Prometheus's text form.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "server/backup_thread.h"
#include "server/broker_thread.h"
#include "server/delivery_record.h"

namespace penstock {

class AdminCounts;
class FaultPlan;
struct IoCounts;
struct MailCounts;
class RequestCounts;
class RequestLimits;

// What they are read from; all of it outlives who holds this.
struct MetricsSources {
  const BrokerThread* broker = nullptr;
  std::vector<const IoCounts*> io = {};
  std::vector<const RequestCounts*> requests = {};
  std::size_t queues_max = 500;  // with series of their own
  const DeliveryRecord* recorded = nullptr;  // null: there is none
  const BackupThread::Counts* backups = nullptr;  // null: nobody takes any
  const MailCounts* mails = nullptr;              // null: there is no mail server
  const FaultPlan* faults = nullptr;              // null: no controls for tests
  const AdminCounts* admin = nullptr;             // null: there is no such address
  const RequestLimits* limits = nullptr;          // null: there are none
};

// `survey` may be null: nothing is said of single queues.
std::string metrics_text(const MetricsSources& sources, const QueueSurvey* survey);

}  // namespace penstock
