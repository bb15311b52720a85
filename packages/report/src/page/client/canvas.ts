/**
 * A canvas that is sharp on every screen and as wide as its place: drawn in CSS pixels.
 */
import { font } from './theme.ts';

/** Sizes the canvas to its place and gives its pen, cleared; null while it is not shown. */
export function penOf(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const pen = canvas.getContext('2d');
  if (pen === null || width <= 0 || height <= 0) return null;
  const scale = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.height = `${height}px`;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = font(12);
  pen.textBaseline = 'middle';
  return pen;
}

const hatches = new Map<string, CanvasPattern | null>();

/** Slanted lines in one colour upon another, for what colour alone must not tell. */
export function hatch(pen: CanvasRenderingContext2D, ground: string, line: string): CanvasPattern | string {
  const name = `${ground} ${line}`;
  if (!hatches.has(name)) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 6;
    const brush = tile.getContext('2d');
    if (brush !== null) {
      brush.fillStyle = ground;
      brush.fillRect(0, 0, 6, 6);
      brush.strokeStyle = line;
      brush.lineWidth = 1.4;
      brush.beginPath();
      for (const shift of [-6, 0, 6]) {
        brush.moveTo(shift, 6);
        brush.lineTo(shift + 6, 0);
      }
      brush.stroke();
    }
    hatches.set(name, pen.createPattern(tile, 'repeat'));
  }
  return hatches.get(name) ?? ground;
}
