export const dynamic = "force-dynamic";

const family = (name: string, help: string, value: number): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;

export const GET = (): Response =>
  new Response(
    family("process_resident_memory_bytes", "Resident memory size in bytes.", process.memoryUsage().rss) +
      family("process_start_time_seconds", "Start time of the process since the epoch.", Date.now() / 1000 - process.uptime()),
    { headers: { "Content-Type": "text/plain; version=0.0.4" } },
  );
