// node pack.mjs FOLDER: packs a folder of recordings (folders of one JSON file an exchange) into recordings.jsonl.br beside this file.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const root = process.argv[2];
const lines = [];
for (const folder of fs.readdirSync(root).sort()) {
  if (!fs.statSync(path.join(root, folder)).isDirectory()) continue;
  for (const file of fs.readdirSync(path.join(root, folder)).sort()) {
    // Copies of others, only shorter.
    if (!file.endsWith('.json') || file.includes('.without-managed-fields.')) continue;
    lines.push(JSON.stringify({ file: `${folder}/${file.slice(0, -5)}`, ...JSON.parse(fs.readFileSync(path.join(root, folder, file), 'utf8')) }));
  }
}
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = zlib.constants;
const packed = zlib.brotliCompressSync(lines.join('\n') + '\n', { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24 } });
fs.writeFileSync(path.join(import.meta.dirname, 'recordings.jsonl.br'), packed);
console.log(`${lines.length} recordings, ${packed.length} bytes`);
