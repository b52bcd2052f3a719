"""Faults for the sample, each with the generated test that must notice it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One fault: what it breaks, where, and a part of the title of the test that catches it."""

    name: str
    path: str
    old: str
    new: str
    caught_by: str
    run: tuple[str, ...]


def _unit(name: str, path: str, old: str, new: str, *, caught_by: str, file: str = "components") -> Mutant:
    return Mutant(name=name, path=f"src/{path}", old=old, new=new, caught_by=caught_by, run=(file,))


def _browser(name: str, path: str, old: str, new: str, *, caught_by: str, project: str, grep: str) -> Mutant:
    run = (f"--project={project}", "--grep", grep)
    return Mutant(name=name, path=path, old=old, new=new, caught_by=caught_by, run=run)


UNIT: Final = (
    _unit("the tenant header is dropped", "lib/api.ts", ', "X-Tenant-ID": tenantId', "", caught_by="sends what was filled in"),
    _unit("another tenant is named", "lib/api.ts", '"X-Tenant-ID": tenantId', '"X-Tenant-ID": `${tenantId}0`',
          caught_by="shows the data of its own tenant only"),
    _unit("a field is renamed in a request", "lib/api.ts", "JSON.stringify({ summary, total })",
          "JSON.stringify({ text: summary, total })", caught_by="sends what was filled in"),
    _unit("a request outlives its component", "hooks/useItems.ts", "return () => controller.abort();", "",
          caught_by="gives up its request"),
    _unit("trying again does nothing", "hooks/useItems.ts", "setAttempt((count) => count + 1);", "setAttempt((count) => count);",
          caught_by="loads again"),
    _unit("waiting shows nothing", "components/ItemList.tsx", '<p role="status">Loading items</p>', "null",
          caught_by="says that it waits"),
    _unit("a failure shows nothing", "hooks/useItems.ts", 'setState({ status: "failed" });', "void 0;",
          caught_by="ends waiting when the server is in fault: error"),
    _unit("no items look like an error", "components/ItemList.tsx", "<p>No items yet.</p>",
          '<div role="alert"><p>The items could not be loaded.</p><button type="button">Try again</button></div>',
          caught_by="tells nothing found from waiting and from an error"),
    _unit("a failed order looks placed", "hooks/useOrder.ts", 'setMessage("That did not work. Please try again.");',
          "setMessage(`${summary}: done, number summary of ${tenant.id}`);", caught_by="tells success from failure"),
    _unit("a button forgets its callback", "components/QuantityStepper.tsx", "onClick={() => onChange(quantity + 1)}", "",
          caught_by="calls onChange when More is pressed"),
    _unit("a button does nothing", "components/SeatPicker.tsx", "onClick={() => toggle(seat)}", "",
          caught_by="answers to each of its buttons"),
    _unit("a flag is inverted", "components/FeatureGate.tsx", "=== true", "!== true",
          caught_by="shows its children only when the flag is on"),
    _unit("a flag is ignored", "components/Checkout.tsx", '<FeatureGate flag="giftWrap">', '<FeatureGate flag="giftWarp">',
          caught_by="shows more when the flag giftWrap is on"),
    _unit("a tenant's name is forgotten", "components/TenantBadge.tsx", "<strong>{tenant.name}</strong>", "<strong>Welcome</strong>",
          caught_by="names its tenant and no other"),
    _unit("an alternative text is removed", "components/TenantBadge.tsx", " alt={`Logo of ${tenant.name}`}", "",
          caught_by="TenantBadge is accessible", file="rendering"),
    _unit("a label is removed", "components/LoginForm.tsx", 'User <input name="user"', '<input name="user"',
          caught_by="LoginForm is accessible", file="rendering"),
    _unit("a component is slow", "components/Checkout.tsx", "  const total = quantity",
          "  for (const end = performance.now() + 80; performance.now() < end; );\n  const total = quantity",
          caught_by="Checkout stays within its budget", file="rendering"),
    _unit("a component renders in circles", "components/Checkout.tsx", "const [wrapped, setWrapped] = useState(false);",
          "const [wrapped, setWrapped] = useState(false);\n  const [turn, setTurn] = useState(0);\n"
          "  useEffect(() => { if (turn < 8) setTurn(turn + 1); }, [turn]);",
          caught_by="Checkout stays within its budget", file="rendering"),
    _unit("another tenant's data is built in", "components/ItemList.tsx", "<p role=\"status\">Loading items</p>",
          '<p role="status">Loading items of sample-gyms</p>', caught_by="ItemList renders for", file="rendering"),
    _unit("a hook forgets to say what it needs", "lib/tenant-context.tsx", 'if (!state) throw new Error("useTenant needs a TenantProvider above it");',
          "if (!state) throw new Error();", caught_by="says which provider it needs", file="hooks"),
    _unit("strangers get data", "app/api/items/route.ts", 'if (!session) return problem(401, "No session for this tenant");',
          'if (!session) return NextResponse.json([]);', caught_by="GET refuses a request without a session", file="routes"),
    _unit("a session opens every tenant", "lib/server.ts", "session && session.tenant.id === request.headers.get(TENANT_HEADER) ? session : null",
          "session", caught_by="refuses a session used for another tenant", file="routes"),
    _unit("tenants see each other's rows", "lib/store.ts", "rows().filter((row) => row.tenantId === tenantId)", "rows()",
          caught_by="keeps what one tenant creates from the other", file="routes"),
    _unit("an answer breaks the contract", "app/api/items/route.ts", "price: 10", "cost: 10",
          caught_by="GET keeps the contract", file="routes"),
    _unit("nonsense is accepted", "app/api/orders/route.ts", 'return problem(400, "No such order");',
          'return NextResponse.json(placeOrder(session.tenant.id, "", 0), { status: 201 });',
          caught_by="POST refuses a body that the contract refuses", file="routes"),
    _unit("pages are open to strangers", "proxy.ts", "return NextResponse.redirect(login);", "return NextResponse.next();",
          caught_by="sends a stranger", file="proxy"),
    _unit("nobody gets in", "proxy.ts", "return NextResponse.next();", "void 0;", caught_by="lets a signed-in tenant through", file="proxy"),
)  # fmt: skip

JOURNEYS: Final = (
    _browser("hotels count a night too many", "src/components/HotelBooking.tsx", "/ 86_400_000)", "/ 86_400_000 + 1)",
             caught_by="hotels:", project="chrome", grep="its customers get"),
    _browser("cinemas forget to give a seat back", "src/components/SeatPicker.tsx", "seats.filter((other) => other !== seat)", "seats",
             caught_by="cinemas:", project="chrome", grep="its customers get"),
    _browser("gyms always sell by the month", "src/components/MembershipForm.tsx", "`Membership ${plan}`, PLANS[plan]",
             "`Membership monthly`, PLANS[plan]", caught_by="gyms:", project="chrome", grep="its customers get"),
    _browser("b2b gives no discount", "src/components/BulkOrder.tsx", "pieces >= 100 ? 0.1 : 0", "pieces >= 1000 ? 0.1 : 0",
             caught_by="b2b:", project="chrome", grep="its customers get"),
    _browser("retail wraps for free", "src/components/Checkout.tsx", "const WRAPPING = 3;", "const WRAPPING = 0;",
             caught_by="retail:", project="chrome", grep="its customers get"),
)  # fmt: skip

BROWSER: Final = (
    _browser("the content policy is dropped", "next.config.ts", "Content-Security-Policy", "X-Nothing",
             caught_by="headers that protect a page", project="security", grep="headers that protect"),
    _browser("scripts can read the session", "src/app/api/login/route.ts", "httpOnly: true", "httpOnly: false",
             caught_by="out of reach of scripts", project="security", grep="out of reach"),
    _browser("a token is kept in web storage", "src/hooks/useItems.ts", "const controller = new AbortController();",
             'const controller = new AbortController();\n    localStorage.setItem("authToken", "abcdefghijkl");',
             caught_by="out of reach of scripts", project="security", grep="out of reach"),
    _browser("the login leads anywhere", "src/lib/own-path.ts", r"/^\/(?![/\\])/.test(next)", "next.length > 0",
             caught_by="does not lead to https://evil.example/", project="security", grep="does not lead to"),
    _browser("a tenant's text becomes markup", "src/components/ItemList.tsx", "{item.name}: {item.price}",
             "<span dangerouslySetInnerHTML={{ __html: item.name }} />",
             caught_by="hostile text of a tenant stays text", project="security", grep="hostile text"),
    _browser("an id is enough to read an order", "src/lib/store.ts", "row.tenantId === tenantId && row.id === id", "row.id === id",
             caught_by="can't be read by another", project="chrome", grep="read by another"),
    _browser("the last tenant stays in storage", "src/components/TenantBadge.tsx", "const { tenant, role } = useTenant();",
             "const { tenant, role } = useTenant();\n  if (typeof window !== \"undefined\") localStorage.setItem(tenant.id, tenant.name);",
             caught_by="sees nothing of the one before", project="chrome", grep="one before"),
    _browser("the header is dropped in the browser", "src/lib/api.ts", '"X-Tenant-ID": tenantId', '"X-Other": tenantId',
             caught_by="every call to the API names its tenant", project="chrome", grep="names its tenant"),
    _browser("a flag is on for everyone", "src/components/FeatureGate.tsx", "tenant.flags[flag] === true", "tenant.id !== flag",
             caught_by="the flag giftWrap", project="chrome", grep="the flag"),
    _browser("colours can't be told apart", "src/app/globals.css", "color: #171717", "color: #b9b9b9",
             caught_by="accessible", project="a11y", grep="the pages of hotels"),
    _browser("the spacing changes", "src/app/globals.css", "margin: 0.5rem 0;", "margin: 0.75rem 0;",
             caught_by="look as before", project="visual", grep="the pages of gyms"),
    _browser("a page is too wide for a phone", "src/app/globals.css", "button { padding: 0.4rem 0.8rem; }", "main { width: 45rem; }",
             caught_by="sees its pages whole", project="mobile", grep="of hotels sees"),
    _browser("a listener is never removed", "src/components/ItemList.tsx", "const { state, retry } = useItems();",
             "const { state, retry } = useItems();\n  useEffect(() => {\n    const held = Array.from({ length: 50_000 }, (_, n) => n);\n"
             '    window.addEventListener("resize", () => held.length);\n  }, []);',
             caught_by="leaves nothing behind", project="performance", grep="leaves nothing"),
    _browser("the layout jumps", "src/components/TenantBadge.tsx", "const { tenant, role } = useTenant();",
             "const { tenant, role } = useTenant();\n  const [tall, setTall] = useState(false);\n"
             "  useEffect(() => { const timer = setTimeout(() => setTall(true), 50); return () => clearTimeout(timer); }, []);\n"
             "  if (tall) return <p style={{ height: 500 }}>{tenant.name}</p>;",
             caught_by="load within their budget", project="performance", grep="the pages of hotels load"),
    _browser("a metric gets a label of its own", "src/app/api/metrics/route.ts", "${name} ${value}", '${name}{tenant="x"} ${value}',
             caught_by="as the platform's catalogue has them", project="chrome", grep="catalogue"),
    _browser("the health endpoint fails", "src/app/api/health/route.ts", 'NextResponse.json({ status: "ok" })',
             'NextResponse.json({ status: "ok" }, { status: 503 })', caught_by="the health endpoint answers", project="chrome", grep="health endpoint"),
)  # fmt: skip
