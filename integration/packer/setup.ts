import { ensureBaseImage } from "../setup/base-image.js";

export function setup(): void {
  ensureBaseImage();
}
