export enum StockState {
  Available = "available",
  Gone = "gone",
}

export interface StockLine {
  sku: string;
  state: StockState;
  "last-seen": string;
}
