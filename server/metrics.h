// Metrics: the daemon's counters and gauges in Prometheus's text form.
#pragma once

#include <span>
#include <string>

#include "server/broker_thread.h"

namespace penstock {

struct IoCounts;

std::string metrics_text(const BrokerThread& broker, std::span<const IoCounts* const> io_counts);

}  // namespace penstock
