import { useEffect, useState } from "react";

export default function useLocalStorage<T>(key: string, initial: T) {
  const [value, setValue] = useState<T>(initial);
  useEffect(() => {
    const held = window.localStorage.getItem(key);
    if (held) setValue(JSON.parse(held));
  }, [key]);
  return [value, setValue] as const;
}
