import { builtPage } from "./built_page.ts";

interface PageFile {
  readonly type: string;
  readonly text: string;
}

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Hustings</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<noscript>The dashboard needs JavaScript. 'hustings watch' shows the bus in a terminal.</noscript>
</body>
</html>
`;

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#3b5bdb"/>
<path d="M9 22V10m14 12V10M9 16h14" stroke="#fff" stroke-width="3" stroke-linecap="round"/>
</svg>
`;

/** The files of the page, by their paths. They hold nothing that is secret. */
export const pageFiles: Readonly<Record<string, PageFile>> = {
  "/": { type: "text/html; charset=utf-8", text: html },
  "/page.js": { type: "text/javascript; charset=utf-8", text: builtPage.script },
  "/page.css": { type: "text/css; charset=utf-8", text: builtPage.style },
  "/icon.svg": { type: "image/svg+xml", text: icon },
};
