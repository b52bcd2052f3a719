import contract from "[[ openapi_import ]]";

/** The contract that every mock and every request is held against. */
export const document: { paths?: Record<string, unknown>; components?: unknown } = contract;
