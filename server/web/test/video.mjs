// Pictures as a camera's film, for Chromium's camera that is none: it plays a file again and again.
import { writeFile } from "node:fs/promises";
import { browser } from "./bayledger.mjs";

const width = 960;
const height = 540;
const perSecond = 2; // pictures; a small file, and a camera's picture stands still meanwhile
const grey = 128; // of the colours that a grey film has

/**
 * film writes pictures, each shown for so long, as a film without sound (Y4M).
 * @param {string} file
 * @param {{png: string, seconds: number}[]} scenes png is a data address; "" shows an empty shelf
 */
export async function film(file, scenes) {
  const page = await (await browser()).newPage();
  try {
    const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${perSecond}:1 Ip A1:1 C420jpeg\n`)];
    for (const { png, seconds } of scenes) {
      const light = Buffer.from(await page.evaluate(greyOf, { png, width, height }), "base64");
      const frame = Buffer.concat([Buffer.from("FRAME\n"), light, Buffer.alloc(width * height / 2, grey)]);
      for (let i = 0; i < seconds * perSecond; i++) parts.push(frame);
    }
    await writeFile(file, Buffer.concat(parts));
  } finally {
    await page.close();
  }
}

/**
 * greyOf draws a picture in the middle of a grey shelf, as large as it fits in whole dots, and gives its light.
 * @param {{png: string, width: number, height: number}} o
 */
async function greyOf({ png, width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  const on = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  on.fillStyle = "#909090";
  on.fillRect(0, 0, width, height);
  if (png) {
    const image = new Image();
    image.src = png;
    await image.decode();
    const times = Math.max(1, Math.floor(Math.min(width / image.width, height / image.height)));
    on.imageSmoothingEnabled = false;
    on.drawImage(image, Math.floor((width - image.width * times) / 2), Math.floor((height - image.height * times) / 2), image.width * times, image.height * times);
  }
  const { data } = on.getImageData(0, 0, width, height);
  let out = "";
  for (let i = 0; i < data.length; i += 4) out += String.fromCharCode(data[i]);
  return btoa(out);
}
