// Everything works without this file; it makes some things nicer. htmx is configured in layout/base.html (no eval).
import "htmx.org/dist/htmx.min.js";
import { countdowns } from "./countdown.js";
import { autosave } from "./autosave.js";
import { session } from "./session.js";
import { menus } from "./menus.js";
import { forms } from "./forms.js";
import { queues } from "./queue.js";
import { sliders } from "./slider.js";

document.documentElement.classList.add("js");

/** Brings the parts of `root` to life; called for the page and for what htmx swaps in. */
function enhance(root) {
  countdowns(root);
  autosave(root);
  forms(root);
  sliders(root);
  queues(root);
}

menus();
session();
enhance(document);
document.addEventListener("htmx:after:swap", () => enhance(document));
