// What the kernel says of a process on this machine.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace penstock {

// User and system time that it has used so far, by the clock's ticks.
std::chrono::duration<double> cpu_of(pid_t process);
// Of each of its threads, exactly; by their names, of which several may have the same.
std::multimap<std::string, std::chrono::duration<double>> cpu_of_threads(pid_t process);
// Of this process, exactly.
std::chrono::duration<double> own_cpu();
// Resident memory in bytes; 0 if there is no such process.
std::size_t resident_bytes_of(pid_t process);
// Bytes that it has handed to write calls so far: files, pipes and events, not what is sent through sockets.
std::uint64_t written_bytes_of(pid_t process);
// Open descriptors.
std::size_t descriptors_of(pid_t process);

}  // namespace penstock
