export const POST = async (request: Request) => {
  const body = await request.text();
  if (!request.headers.get("stripe-signature")) return new Response("No signature", { status: 400 });
  return Response.json({ received: body.length });
};
