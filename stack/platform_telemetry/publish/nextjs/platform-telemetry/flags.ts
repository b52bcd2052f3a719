/** For whom telemetry is on: the same file as the services have, TELEMETRY_FLAGS, read again when it changes. */
import { readFile, stat } from "node:fs/promises";

type Switch = "on" | "off";
interface Rollout {
  percent?: number;
  tenants?: Record<string, Switch>;
}
type Flags = Record<string, Rollout | Switch | undefined>;

const LOOK_EVERY_MS = 1000;
let flags: Flags = {};
let seen = "";
let lookAt = 0;

export async function isOn(kind: "metrics" | "access_log", tenant: string): Promise<boolean> {
  const rollout = (await now())[kind];
  if (rollout === undefined || rollout === "on") return true;
  if (rollout === "off") return false;
  const named = rollout.tenants?.[tenant];
  return named ? named === "on" : crc32(tenant) % 100 < (rollout.percent ?? 0);
}

async function now(): Promise<Flags> {
  const path = process.env.TELEMETRY_FLAGS;
  if (!path || Date.now() < lookAt) return flags;
  lookAt = Date.now() + LOOK_EVERY_MS;
  try {
    const { mtimeMs, ino, size } = await stat(path);
    const key = `${mtimeMs} ${ino} ${size}`;
    if (key !== seen) {
      flags = JSON.parse(await readFile(path, "utf8")) as Flags;
      seen = key;
    }
  } catch (error) {
    // A file that cannot be understood changes nothing; one that is gone switches everything on.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") [flags, seen] = [{}, ""];
  }
  return flags;
}

/** The same checksum as in the services: a tenant is on the same side of a percentage everywhere. */
export function crc32(text: string): number {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
