/** The five journeys of the sample. */
import { expect, type Page } from "@playwright/test";
import type { Vertical } from "../tenants";
import { boltSupply, cornerShop, ironHall, odeon, seaView } from "./app";
import type { Journey } from "./types";

const done = (page: Page, text: RegExp): Promise<void> => expect(page.getByRole("status").filter({ hasText: text })).toBeVisible();

export const journeys: Partial<Record<Vertical, Journey>> = {
  hotels: {
    tenant: seaView,
    start: "/hotels",
    go: async (page) => {
      await page.getByLabel("Arrival").fill("2030-05-10");
      await page.getByLabel("Departure").fill("2030-05-08");
      await page.getByRole("button", { name: "Book" }).click();
      await expect(page.getByText("The departure must be after the arrival.")).toBeVisible();
      await page.getByLabel("Departure").fill("2030-05-13");
      await page.getByRole("button", { name: "Book" }).click();
      await done(page, /^3 nights for 2: done/);
    },
  },
  cinemas: {
    tenant: odeon,
    start: "/cinemas",
    go: async (page) => {
      await expect(page.getByRole("button", { name: "Seat B2" })).toBeDisabled();
      await page.getByRole("button", { name: "Seat A1" }).click();
      await page.getByRole("button", { name: "Seat A2" }).click();
      await page.getByRole("button", { name: "Seat A1" }).click();
      await page.getByRole("button", { name: "Seat C4" }).click();
      await expect(page.getByText("Total: 24")).toBeVisible();
      await page.getByRole("button", { name: "Buy tickets" }).click();
      await done(page, /^Seats A2 C4: done/);
    },
  },
  gyms: {
    tenant: ironHall,
    start: "/gyms",
    go: async (page) => {
      await page.getByLabel("yearly").check();
      await page.getByLabel("I accept the house rules").check();
      await page.getByRole("button", { name: "Join" }).click();
      await done(page, /^Membership yearly: done/);
    },
  },
  b2b: {
    tenant: boltSupply,
    start: "/b2b",
    go: async (page) => {
      await page.getByLabel("Lines").pressSequentially("60 x bolt\n50 x nut");
      await expect(page.getByText("110 pieces, 396 in total")).toBeVisible();
      await page.getByRole("button", { name: "Request purchase" }).click();
      await done(page, /^Purchase of 110 pieces: done/);
    },
  },
  retail: {
    tenant: cornerShop,
    start: "/retail",
    go: async (page) => {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("button", { name: "Less" }).click();
      await page.getByLabel("Gift wrap").check();
      await expect(page.getByText("To pay: 33")).toBeVisible();
      await page.getByRole("button", { name: "Pay" }).click();
      await done(page, /^2 mugs: done/);
    },
  },
};
