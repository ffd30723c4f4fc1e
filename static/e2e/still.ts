// When a page stands still: what is measured then is where it will be when it is pressed.
import type { Page } from "playwright-core";

/**
 * Waits until all that is drawn late has been drawn: the frame of what was just done, the letters, the rows that are as
 * high as their letters, and the camera, which lays the world on whole pixels once it rests.
 */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frames = async (): Promise<void> => {
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
    };
    await frames();
    await document.fonts.ready;
    do await frames();
    while (document.querySelector(".world.moving") !== null);
  });
}
