/** The journey of each vertical: what its customers come for. This file is yours. */
import type { Vertical } from "../tenants";
import type { Journey } from "./types";

export const journeys: Partial<Record<Vertical, Journey>> = {};
