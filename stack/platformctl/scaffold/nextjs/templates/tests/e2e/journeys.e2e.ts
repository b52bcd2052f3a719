import { VERTICALS } from "../tenants";
import { complaintsOf, expect, needsSignIn, open, test } from "./fixtures";
import { journeys } from "./journeys";

for (const vertical of VERTICALS) {
  test(`${vertical}: its customers get what they came for`, async ({ signedIn }) => {
    needsSignIn();
    const journey = journeys[vertical];
    test.skip(!journey, `describe a journey of ${vertical} in e2e/journeys.ts`);
    if (!journey) return;
    const page = await signedIn(journey.tenant);
    const complaints = complaintsOf(page);
    await open(page, journey.start);
    await journey.go(page, (role) => signedIn(journey.tenant, role));
    expect(complaints).toEqual([]);
  });
}
