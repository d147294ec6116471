#!/bin/bash
# Makes src/assay/dossier/web/twgl.min.js: the parts of twgl.js that the field viewer uses, minified.
# Run by hand, with npm and a network, when the version changes; the result is committed.
set -euo pipefail
TWGL=7.0.0
ESBUILD=0.28.2
target="$(cd "$(dirname "$0")/.." && pwd)/src/assay/dossier/web/twgl.min.js"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-save "twgl.js@$TWGL" "esbuild@$ESBUILD"
cat > entry.js <<'JS'
export {
  createBufferInfoFromArrays, createProgramInfo, drawBufferInfo, m4, resizeCanvasToDisplaySize,
  setBuffersAndAttributes, setUniforms,
} from "./node_modules/twgl.js/dist/7.x/twgl-full.module.js";
JS
node_modules/.bin/esbuild entry.js --bundle --minify --format=iife --global-name=twgl --target=es2020 \
    --legal-comments=none --log-level=error --outfile=body.js
{
    printf '/* twgl.js %s (npm: twgl.js), the parts that the viewer uses, minified by esbuild %s;\n' "$TWGL" "$ESBUILD"
    printf '   recipe in tools/vendor_twgl.sh. MIT licence:\n\n'
    sed -e 's/^/   /' -e 's/ *$//' node_modules/twgl.js/LICENSE.md | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
    printf '*/\n'
    cat body.js
} > "$target"
sha256sum "$target"
