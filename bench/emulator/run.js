// The emulator that the comparison measures, on the port that it is told, with its log of requests off: its own command
// would write a line for each.
import { startFauxqs } from "fauxqs";

await startFauxqs({ port: Number(process.argv[2]), host: "127.0.0.1", logger: false });
