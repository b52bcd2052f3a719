import { act, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { requestsSeen } from "../mocks/server";
import { visited } from "./navigation";

/** Lets started requests be answered and shown. */
export async function settle(ms = 30): Promise<void> {
  await act(async () => {
    await new Promise((done) => setTimeout(done, ms));
  });
}

const fields = (root: HTMLElement): string =>
  [...root.querySelectorAll<HTMLInputElement>("input, select, textarea")].map((field) => `${field.value}:${field.checked}`).join();

const trace = (root: HTMLElement): string =>
  [root.ownerDocument.body.innerHTML, fields(root), requestsSeen().length, visited.length].join("\u0000");

/** Whether anything came of an action: another document, another value, a request, a navigation or a call. */
export async function hasEffect(root: HTMLElement, action: () => Promise<void>, calls: () => number = () => 0): Promise<boolean> {
  const before = trace(root);
  const called = calls();
  await action();
  await settle();
  return trace(root) !== before || calls() !== called;
}

const sampleFor = (field: HTMLInputElement | HTMLTextAreaElement, nth: number): string => {
  if (field.placeholder) return field.placeholder; // an example given by the application itself
  switch (field.type) {
    case "date":
      return `2030-01-${String(10 + nth).padStart(2, "0")}`;
    case "number":
    case "range":
      return field.getAttribute("min") || "2";
    case "email":
      return "sample@example.test";
    case "url":
      return "https://example.test/";
    case "tel":
      return "+41000000000";
    case "time":
      return "12:00";
    default:
      return "40 samples";
  }
};

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Fills in every field below an element by its kind, as a person would: dates rise, boxes are ticked. `done` fields stay. */
export async function fillIn(root: HTMLElement, user: UserEvent, done = new Set<Field>()): Promise<void> {
  const all = [...root.querySelectorAll<Field>("input, textarea, select")].filter((field) => !done.has(field));
  let nth = 0;
  for (const field of all) {
    done.add(field);
    if (field.disabled || field.type === "hidden" || field.type === "submit" || field.type === "file") continue;
    if (field instanceof HTMLSelectElement) await user.selectOptions(field, [...field.options].at(-1)?.value ?? "");
    else if (field.type === "checkbox" || field.type === "radio") await user.click(field);
    else {
      await user.clear(field);
      await user.type(field, sampleFor(field, nth));
      nth += 1;
    }
  }
}

const submits = (button: HTMLElement): boolean => button instanceof HTMLButtonElement && button.type === "submit" && button.form !== null;
const nameOf = (button: HTMLElement): string => button.textContent?.trim() || button.getAttribute("aria-label") || "a button without a name";
const enabled = (button: HTMLElement): boolean => !(button as HTMLButtonElement).disabled;

/** Presses every button, submitting ones last; `dead` are those without effect, also in a second round. */
export async function pressAll(root: HTMLElement, user: UserEvent, calls?: () => number): Promise<{ pressed: number; dead: string[] }> {
  const all = within(root).queryAllByRole("button");
  const alive = new Set<HTMLElement>();
  const tried = new Set<HTMLElement>();
  for (const button of [...all, ...all].sort((a, b) => Number(submits(a)) - Number(submits(b)))) {
    if (alive.has(button) || !button.isConnected || !enabled(button)) continue;
    tried.add(button);
    if (await hasEffect(root, () => user.click(button), calls)) alive.add(button);
  }
  const dead = [...tried].filter((button) => !alive.has(button)).map(nameOf);
  return { pressed: tried.size, dead };
}

/** What a person sees once everything has settled. */
export async function settledText(root: HTMLElement): Promise<string> {
  await settle(60);
  return root.textContent ?? "";
}

const STEPS = 4;

/** Goes through everything, step by step while new buttons appear: fills in, presses, and reads what it came to. */
export async function goThrough(root: HTMLElement, user: UserEvent): Promise<string> {
  const filled = new Set<Field>();
  const known = new Set<HTMLElement>();
  for (let step = 0; step < STEPS; step += 1) {
    const buttons = within(root).queryAllByRole("button");
    if (buttons.every((button) => known.has(button))) break;
    for (const button of buttons) known.add(button);
    await fillIn(root, user, filled);
    await pressAll(root, user);
  }
  return settledText(root);
}
