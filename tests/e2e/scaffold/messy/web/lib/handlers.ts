const answer = async (request: Request) => Response.json({ path: new URL(request.url).pathname });

export const handlers = { GET: answer, POST: answer };
