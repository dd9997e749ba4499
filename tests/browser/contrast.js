// The texts of a page, those in its fields among them, whose contrast with what lies behind them is below WCAG's AA: 4.5, for large text 3.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const luminance = ([r, g, b]) =>
    [r, g, b].reduce((sum, part, n) => {
      const value = part / 255;
      return sum + [0.2126, 0.7152, 0.0722][n] * (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    }, 0);
  const over = (colour, ground, alpha) => ground.map((value, n) => colour[n] * alpha + value * (1 - alpha));
  // What lies behind an element: backgrounds that let something of the next one through, down to one that does not.
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.unshift(rgba(getComputedStyle(at).backgroundColor));
      if (layers[0][3] === 1) break;
    }
    return layers.reduce((ground, layer) => over(layer, ground, layer[3]), [255, 255, 255]);
  };
  // What shows of a text: its own alpha, and what every element around it lets through.
  const shown = (element, style) => {
    let alpha = rgba(style.color)[3];
    for (let at = element; at; at = at.parentElement) alpha *= parseFloat(getComputedStyle(at).opacity);
    return alpha;
  };
  const faults = [];
  const measure = (text, element, style, own = 1) => {
    const [colour, ground, alpha] = [rgba(style.color), behind(element), own * shown(element, style)];
    if (!text.trim() || !alpha) return;
    const mixed = over(colour, ground, alpha);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const [one, other] = [luminance(mixed), luminance(ground)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < (large ? 3 : 4.5)) faults.push(`${ratio.toFixed(2)} ${text.trim().slice(0, 40)}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!element.checkVisibility()) continue;
    if (element.matches(".material-symbols-outlined")) continue; // a drawing whose name is its text
    measure(walker.currentNode.textContent, element, getComputedStyle(element));
  }
  for (const field of document.querySelectorAll("input, textarea")) {
    if (!field.checkVisibility() || ["checkbox", "radio", "file", "range", "color"].includes(field.type)) continue;
    const hint = getComputedStyle(field, "::placeholder");
    if (field.value) measure(field.value, field, getComputedStyle(field));
    else measure(field.placeholder, field, hint, parseFloat(hint.opacity));
  }
  return faults;
}
