export const dynamic = "force-dynamic";

export const GET = (): Response =>
  new Response(
    ["# HELP process_uptime_seconds Seconds since the start.", "# TYPE process_uptime_seconds gauge", `process_uptime_seconds ${process.uptime()}`, ""].join("\n"),
    { headers: { "Content-Type": "text/plain; version=0.0.4" } },
  );
