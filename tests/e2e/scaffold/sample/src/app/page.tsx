import { ItemList } from "@/components/ItemList";
import { Shell } from "@/components/Shell";

export default function Home() {
  return (
    <Shell title="Welcome">
      <ItemList />
    </Shell>
  );
}
