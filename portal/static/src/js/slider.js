// <form data-slider> with a range and a datalist of labels: says the label while the range moves, and goes there when it rests.
// Without this file the form's own button does it.
const rest = 400;

export function sliders(root) {
  for (const form of root.querySelectorAll("form[data-slider]:not([data-live])")) {
    form.dataset.live = "";
    const range = form.querySelector("input[type=range]");
    const place = form.querySelector("[data-slider-day]");
    const labels = [...range.list.options].map((option) => option.label);
    const say = () => {
      place.textContent = labels[range.value];
      range.setAttribute("aria-valuetext", labels[range.value]);
    };
    range.setAttribute("aria-valuetext", place.textContent);
    let timer;
    range.addEventListener("input", () => { clearTimeout(timer); say(); });
    range.addEventListener("change", () => { timer = setTimeout(() => form.requestSubmit(), rest); });
  }
}
