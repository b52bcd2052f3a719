import gates from "../gates.json";

export const { budgets } = gates;
