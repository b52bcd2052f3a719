/** The five journeys of the sample. */
import { expect, type Page } from "@playwright/test";
import type { Vertical } from "../tenants";
import { cornerShop, ironHall, nutTrade, odeon, seaView } from "./app";
import type { Journey } from "./types";

const told = (page: Page, text: string | RegExp): Promise<void> => expect(page.getByRole("status").filter({ hasText: text })).toBeVisible();
// Runs share one server: what a run makes must not be mistaken for another's.
const unique = (): string => Math.random().toString(36).slice(2, 8);

export const journeys: Partial<Record<Vertical, Journey>> = {
  hotels: {
    tenant: seaView,
    start: "/hotels",
    go: async (page) => {
      await page.getByLabel("Arrival").fill("2030-05-10");
      await page.getByLabel("Departure").fill("2030-05-08");
      await page.getByLabel("Guest").fill("Ada");
      await page.getByRole("button", { name: "Find rooms" }).click();
      await told(page, "The departure must be after the arrival.");
      await page.getByLabel("Departure").fill("2030-05-13");
      await page.getByRole("button", { name: "Find rooms" }).click();
      await told(page, "2 rooms found");
      await page.getByRole("button", { name: "Book Double room for 90" }).click();
      await told(page, "Double room, 3 nights: 270 in total");
      await page.getByRole("button", { name: "Cancel the stay from 2030-05-10" }).click();
      await told(page, "The stay is cancelled.");
    },
  },
  cinemas: {
    tenant: odeon,
    start: "/cinemas",
    go: async (page) => {
      const seat = (label: string) => page.getByRole("button", { name: label, exact: true });
      await expect(seat("B2")).toBeDisabled();
      await seat("A1").click();
      await seat("A3").click();
      await expect(page.getByText("A2 would be left alone.")).toBeVisible();
      await expect(page.getByRole("button", { name: "Buy tickets" })).toBeDisabled();
      await seat("A3").click();
      await seat("A2").click();
      await seat("C1").click();
      await expect(page.getByText("Total: 42")).toBeVisible();
      await page.getByRole("button", { name: "Buy tickets" }).click();
      await told(page, "Seats A1, A2, C1 for 42");
    },
  },
  gyms: {
    tenant: ironHall,
    start: "/gyms",
    go: async (page) => {
      await page.getByLabel("Start").fill("2030-02-01");
      await page.getByRole("button", { name: "Join" }).click();
      await expect(page.getByText("The house rules must be accepted.")).toBeVisible();
      await page.getByLabel("Yearly").check();
      await page.getByLabel("Start").fill("2030-02-01");
      await page.getByLabel("I accept the house rules").check();
      await page.getByRole("button", { name: "Join" }).click();
      await told(page, /^Welcome, member-\d+: yearly from 2030-02-01 for 390$/);
    },
  },
  b2b: {
    tenant: nutTrade, // its orders pile up: the pictures are taken of the other one
    start: "/b2b",
    go: async (page, as) => {
      const number = `PO ${unique()}`;
      await page.getByLabel("Order number").fill(number);
      await page.getByLabel("Lines").pressSequentially("60 x bolt\n50 x nut");
      await page.getByRole("button", { name: "Ask for a quote" }).click();
      await expect(page.getByText("110 pieces, 396 in total")).toBeVisible();
      await expect(page.getByText("An administrator has to approve it.")).toBeVisible();
      await page.getByRole("button", { name: "Order", exact: true }).click();
      await told(page, `Purchase order ${number}: awaiting approval`);
      const administrator = await as("admin");
      await administrator.goto("/b2b");
      await administrator.getByRole("button", { name: `Approve ${number}` }).click();
      await expect(administrator.getByText(`${number}: approved`)).toBeVisible();
    },
  },
  retail: {
    tenant: cornerShop,
    start: "/retail",
    go: async (page) => {
      await page.getByRole("group", { name: "Mug" }).getByRole("button", { name: "More" }).click();
      await page.getByRole("group", { name: "Plate" }).getByRole("button", { name: "More" }).click();
      await page.getByRole("group", { name: "Mug" }).getByRole("button", { name: "Less" }).click();
      await expect(page.getByText("Goods: 35")).toBeVisible();
      await page.getByLabel("Gift wrap").check();
      await page.getByRole("button", { name: "To the delivery" }).click();
      await page.getByLabel("Postcode").fill("8000");
      await page.getByLabel("Coupon").fill("NONE");
      await page.getByRole("button", { name: "Pay" }).click();
      await told(page, "That did not work. Please try again.");
      await page.getByLabel("Coupon").fill("TEN");
      await page.getByRole("button", { name: "Pay" }).click();
      await told(page, /^Paid 39\.5, receipt receipt-\d+$/);
    },
  },
};
