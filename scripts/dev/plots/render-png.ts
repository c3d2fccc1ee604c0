import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

/** A font of our own, since a container often has none and the text would be missing. */
const fonts = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map((file) =>
  fileURLToPath(import.meta.resolve(`@expo-google-fonts/inter/${file}`)),
);
const pixelsPerUnit = 2;

/** Turns an SVG into a PNG of twice its size, the same on every machine. */
export function renderPng(svg: string): Buffer {
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: pixelsPerUnit },
    font: { loadSystemFonts: false, fontFiles: fonts, defaultFontFamily: 'Inter' },
  });
  return image.render().asPng();
}
