// BackupPages: paths of the admin side by which `penstock backup` has the daemon take a backup.
//
//     POST /backups {"Directory": "/var/backups/penstock", "Keep": 7}   202 {"Number": N}: it has begun
//     GET /backups                                                      where they may go, and the last order
//     GET /backups?Number=N                                             that order; 404: it was not the last
//     one
//
// 400: it cannot be understood; 403: not to that directory (server/backup_place.h); 409: one is under way, or
// there is nothing on disk to back up.
#pragma once

#include "server/admin_paths.h"

namespace penstock {

AdminAnswer answer_backups(const AdminCall& call);
AdminAnswer answer_back_up(const AdminCall& call);

}  // namespace penstock
