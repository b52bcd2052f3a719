import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { NextApiHandler, NextApiRequest, NextApiResponse } from "next";
import { http, passthrough } from "msw";
import type { NextRequest } from "next/server";
import { server as mocks } from "../mocks/server";
import { enter } from "./server-context";
import type { Handler } from "./routes";

type Params = Record<string, string>;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return request.headers["content-type"]?.includes("json") && text ? (JSON.parse(text) as unknown) : text;
}

async function asApiRequest(request: IncomingMessage, params: Params): Promise<NextApiRequest> {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  const pairs = (request.headers.cookie ?? "").split(/; */).filter(Boolean).map((pair) => pair.split(/=(.*)/s));
  const cookies = Object.fromEntries(pairs.map(([name, value = ""]) => [name, decodeURIComponent(value)]));
  return Object.assign(request, { query: { ...Object.fromEntries(searchParams), ...params }, cookies, body: await bodyOf(request) }) as NextApiRequest;
}

/** The methods that Next.js adds to Node's own response. */
function asApiResponse(response: ServerResponse): NextApiResponse {
  const added = {
    status: (code: number) => Object.assign(response, { statusCode: code }),
    json: (body: unknown) => response.setHeader("Content-Type", "application/json; charset=utf-8").end(JSON.stringify(body)),
    send: (body: unknown) => (typeof body === "object" && body !== null && !Buffer.isBuffer(body) ? added.json(body) : response.end(body)),
    redirect: (first: number | string, second?: string) => response.writeHead(typeof first === "number" ? first : 307, { Location: second ?? String(first) }).end(),
  };
  return Object.assign(response, added) as unknown as NextApiResponse;
}

const listening = (server: Server): Promise<number> =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done((server.address() as AddressInfo).port)));

async function ask(handler: NextApiHandler, request: NextRequest, params: Params): Promise<Response> {
  enter(request);
  const server = createServer((incoming, outgoing) => {
    asApiRequest(incoming, params)
      .then((given) => handler(given, asApiResponse(outgoing)))
      .catch(() => outgoing.writeHead(500).end());
  });
  const origin = `http://127.0.0.1:${await listening(server)}`;
  mocks.use(http.all(`${origin}/*`, () => passthrough()));
  const { pathname, search } = new URL(request.url);
  const body = request.method === "GET" || request.method === "HEAD" ? undefined : await request.text();
  try {
    const response = await fetch(`${origin}${pathname}${search}`, { method: request.method, headers: request.headers, body, redirect: "manual" });
    const { status, headers } = response;
    return new Response(status === 204 ? null : await response.text(), { status, headers });
  } finally {
    server.close();
  }
}

/** An API route of the pages router as route handlers, one for each of its methods, behind a real server. */
export function answering(handler: NextApiHandler, methods: readonly string[]): Record<string, Handler> {
  const handle: Handler = async (request: NextRequest, context: { params: Promise<Params> }) => ask(handler, request, await context.params);
  return Object.fromEntries(methods.map((method) => [method, handle]));
}
