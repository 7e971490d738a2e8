// StopSignal: the wish to stop, as an AbortSignal. Whoever waits passes it to what it waits for; whoever
// works looks at `aborted` between two pieces of work. The first SIGTERM or SIGINT sets it, the second
// ends the process in the ordinary way.
export function stopSignal() {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => stop.abort());
  return stop.signal;
}
