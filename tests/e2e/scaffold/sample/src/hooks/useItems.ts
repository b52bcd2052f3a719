"use client";

import { fetchItems } from "@/lib/api";
import { useLoaded } from "./useLoaded";

export const useItems = () => useLoaded(fetchItems);
