// Builds portal/static/dist from our sources and the npm packages: tokens, one stylesheet, one script, icons, fonts.
// Only what is used is taken: every `var(--krds-…)` in our CSS is looked up in KRDS, everything else stays in the package.
import { build } from "esbuild";
import { transform, bundle } from "lightningcss";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../../node_modules");
const src = join(here, "src");
const dist = join(here, "dist");
const krds = join(modules, "krds-uiux/resources");
const font = join(modules, "pretendard-gov/dist/web/variable");
const targets = { chrome: 111 << 16, safari: (16 << 16) | (4 << 8), firefox: 113 << 16 };

/** All custom properties of KRDS, name to raw value. */
async function krdsTokens() {
  const text = await readFile(join(krds, "css/token/krds_tokens.css"), "utf8");
  return new Map([...text.matchAll(/(--krds-[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value.trim()]));
}

function resolve(tokens, name) {
  const value = tokens.get(name);
  if (value === undefined) return undefined;
  const inner = value.match(/^var\((--[\w-]+)\)$/);
  return inner ? resolve(tokens, inner[1]) : value;
}

/** Where KRDS keeps the value of a short name in one mode or width: `--krds-color-text-basic` → `--krds-light-color-text-basic`. */
const inMode = (name, mode) => name.replace("--krds-", `--krds-${mode}-`);

/** What our own tokens become in high contrast; KRDS knows its own. */
const own = Object.entries({
  "color-scheme": "dark", "--paper": "#131416", "--paper-line": "#58616a", "--clay": "#ffb114", "--deep": "#131416", "--deep-line": "#fff",
  "--alarm": "#ffb114", "--on-alarm": "#000", "--on-danger": "#000", "--danger-hover": "#f48771", "--link-hover": "var(--krds-color-link-hover)", "--shadow": "none",
}).map((pair) => pair.join(":")).join(";");

/** The token sheet for the names our CSS uses: light, high contrast, wide and narrow. */
function tokenSheet(css, tokens) {
  const used = [...new Set([...`${css}${own}`.matchAll(/var\((--krds-[\w-]+)/g)].map(([, name]) => name))].sort();
  const sheets = { light: [], contrast: [], narrow: [] };
  for (const name of used) {
    const light = resolve(tokens, name) ?? resolve(tokens, inMode(name, "light")) ?? resolve(tokens, inMode(name, "pc"));
    if (light === undefined) throw new Error(`KRDS has no token ${name}`);
    sheets.light.push(`${name}:${light}`);
    for (const [sheet, mode] of [["contrast", "high-contrast"], ["narrow", "mobile"]]) {
      const other = resolve(tokens, inMode(name, mode));
      if (other !== undefined && other !== light) sheets[sheet].push(`${name}:${other}`);
    }
  }
  return `:root{${sheets.light.join(";")}}
@media(width<48em){:root{${sheets.narrow.join(";")}}}
:root[data-mode=contrast]{${sheets.contrast.join(";")};${own}}
@media(prefers-contrast:more){:root:not([data-mode]){${sheets.contrast.join(";")};${own}}}`;
}

/** Our own @font-face rules over the dynamic subset: a page fetches only the pieces whose characters it shows. */
async function fontSheet() {
  const text = await readFile(join(font, "pretendardvariable-gov-dynamic-subset.css"), "utf8");
  const pieces = [...text.matchAll(/subset\.(\d+)\.woff2[\s\S]*?unicode-range:\s*([^;]+);/g)];
  await mkdir(join(dist, "font"), { recursive: true });
  const rules = pieces.map(async ([, number, range]) => {
    await cp(join(font, `woff2-dynamic-subset/PretendardGOVVariable.subset.${number}.woff2`), join(dist, `font/${number}.woff2`));
    return `@font-face{font-family:"Pretendard GOV";font-display:swap;font-weight:45 920;src:url(font/${number}.woff2)format("woff2");unicode-range:${range}}`;
  });
  await cp(join(modules, "pretendard-gov/dist/LICENSE.txt"), join(dist, "font/LICENSE.txt"));
  return (await Promise.all(rules)).join("\n");
}

/** One sprite of the icons named in icons.txt (KRDS) and of our own in src/icons; colours follow the text. */
async function sprite() {
  const wanted = (await readFile(join(src, "icons/krds.txt"), "utf8")).split("\n").filter(Boolean).map((line) => line.split(" "));
  const files = wanted.map(([id, file]) => [id, join(krds, `img/component/icon/${file}.svg`)]);
  for (const file of await readdir(join(src, "icons"))) if (file.endsWith(".svg")) files.push([file.slice(0, -4), join(src, "icons", file)]);
  const symbols = await Promise.all(files.map(async ([id, path]) => {
    const text = await readFile(path, "utf8");
    const box = text.match(/viewBox="([^"]+)"/)[1];
    const body = text.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/(fill|stroke)="(?!none|white|currentColor|#c2622a)[^"]+"/g, '$1="currentColor"');
    return `<symbol id="${id}" viewBox="${box}" fill="none">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
  }));
  await writeFile(join(dist, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function styles() {
  const { code } = bundle({ filename: join(src, "css/index.css"), targets, errorRecovery: false });
  const css = code.toString();
  const whole = `${css}\n${tokenSheet(css, await krdsTokens())}\n${await fontSheet()}`;
  const small = transform({ filename: "shell.css", code: Buffer.from(whole), minify: true, targets });
  await writeFile(join(dist, "shell.css"), small.code);
}

async function scripts() {
  await build({
    entryPoints: [join(src, "js/shell.js")], outfile: join(dist, "shell.js"), bundle: true, minify: true, format: "iife",
    target: "es2022", legalComments: "none", nodePaths: [modules],
  });
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([styles(), scripts(), sprite()]);
for (const file of await readdir(join(src, "images"))) await cp(join(src, "images", file), join(dist, file));
