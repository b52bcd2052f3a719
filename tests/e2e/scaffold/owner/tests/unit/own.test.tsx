// Written by the owner of the sample: typed mocks, and servers that work again after a while.
import { answer } from "../mocks/answer";
import { faults } from "../mocks/faults";
import { server } from "../mocks/server";
import { renderWithTenant, screen } from "../support/render";
import { cinema, gym } from "../tenants";
import { ItemList } from "@/components/ItemList";
import { SeatMap } from "@/components/SeatMap";

it("shows what a typed mock answers for its tenant", async () => {
  server.use(answer("GET /api/screenings/{id}/seats", 200, ({ params, tenant }) => [{ label: `${params.id} of ${tenant}`, price: 9, taken: false }]));
  const { tenant } = renderWithTenant(<SeatMap />, { tenant: cinema() });
  expect(await screen.findByRole("button", { name: `evening of ${tenant.id}` })).toBeEnabled();
});

it("has a compiler that knows the contract", () => {
  // @ts-expect-error an item has a name and a price
  answer("GET /api/items", 200, [{ id: "1" }]);
  // @ts-expect-error there is no such operation
  answer("GET /api/itmes", 200, []);
  // @ts-expect-error this status is not in the contract
  answer("GET /api/items", 418, []);
  expect(answer("GET /api/items", 401, { error: "who are you?" }).info.header).toBe("GET */api/items");
});

it("gets over a server that fails once", async () => {
  server.use(faults.flaky());
  const { user } = renderWithTenant(<ItemList />, { tenant: gym() });
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("list", { name: "Items" })).toBeInTheDocument();
});
