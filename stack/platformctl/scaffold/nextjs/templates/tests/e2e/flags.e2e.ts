import { app } from "./app";
import { expect, needsSignIn, open, test } from "./fixtures";

for (const { flag, on, off, path, shows } of app.flags) {
  test(`the flag ${flag} shows what it should, and only where it is on`, async ({ signedIn }) => {
    needsSignIn();
    const withFlag = await signedIn(on);
    await open(withFlag, path);
    await expect(shows(withFlag)).toBeVisible();
    const without = await signedIn(off);
    await open(without, path);
    await expect(shows(without)).toHaveCount(0);
  });
}
