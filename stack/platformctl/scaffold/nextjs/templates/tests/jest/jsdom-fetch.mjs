// jsdom with the web APIs that it lacks and Node has: fetch and its family, streams, encoders, web crypto.
// MessageChannel stays out on purpose: React's scheduler would take it and Jest would never exit.
import { TestEnvironment } from "jest-environment-jsdom";

const NATIVE = [
  "Headers", "Response", "Blob", "File", "AbortController", "AbortSignal",
  "ReadableStream", "WritableStream", "TransformStream", "CompressionStream", "DecompressionStream",
  "TextEncoder", "TextDecoder", "TextEncoderStream", "TextDecoderStream",
  "BroadcastChannel", "structuredClone", "Uint8Array",
];

/** Node's FormData, which the other fetch classes accept, made from a form as the browser's does it. */
function formDataFor(window) {
  const FromForm = window.FormData;
  return class extends FormData {
    constructor(form, submitter) {
      super();
      if (form === undefined) return;
      for (const [name, value] of new FromForm(form, submitter ?? undefined)) {
        if (typeof value === "string") this.append(name, value);
        else this.append(name, new File([], value.name, { type: value.type }));
      }
    }
  };
}

/** jsdom accepts only its own AbortSignal; Node's is turned into a call of removeEventListener. */
function acceptNativeSignals(window) {
  const { addEventListener } = window.EventTarget.prototype;
  window.EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (!(options?.signal instanceof AbortSignal)) return addEventListener.call(this, type, listener, options);
    const { signal, ...rest } = options;
    if (signal.aborted) return undefined;
    signal.addEventListener("abort", () => this.removeEventListener(type, listener, rest), { once: true });
    return addEventListener.call(this, type, listener, rest);
  };
}

export default class JsdomWithFetch extends TestEnvironment {
  async setup() {
    await super.setup();
    const window = this.global;
    const absolute = (input) => (typeof input === "string" ? new URL(input, window.location.href).href : input);
    for (const name of NATIVE) if (name in globalThis) window[name] = globalThis[name];
    window.FormData = formDataFor(window);
    window.Request = class extends Request {
      constructor(input, init) {
        super(absolute(input), init);
      }
    };
    window.fetch = (input, init) => fetch(absolute(input), init);
    Object.defineProperty(window, "crypto", { value: globalThis.crypto, configurable: true });
    acceptNativeSignals(window);
  }

  // Without it MSW resolves to its browser build.
  exportConditions() {
    return ["node", "node-addons"];
  }
}
