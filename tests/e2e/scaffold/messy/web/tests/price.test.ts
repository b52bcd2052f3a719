import { formatPrice } from "../lib/price";

it("shows cents", () => expect(formatPrice(1999)).toBe("19.99"));
