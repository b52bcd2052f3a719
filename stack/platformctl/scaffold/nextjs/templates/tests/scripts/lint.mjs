// ESLint 8 takes a flat configuration through its API only; from ESLint 9 on, `eslint -c` does.
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import eslint from "eslint";

const folder = basename(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
const ESLint = await eslint.loadESLint({ useFlatConfig: true });
const lint = new ESLint({ overrideConfigFile: `${folder}/eslint.config.mjs` });
const results = await lint.lintFiles([folder]);
const { format } = await lint.loadFormatter("stylish");
console.log(await format(results));
process.exitCode = results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0) ? 1 : 0;
