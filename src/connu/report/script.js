// The page reads without this. It opens what is folded before printing, and on request turns the
// drawings into interactive charts: Vega sleeps in the page, compressed, until it is asked for.
(() => {
  "use strict";
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not(.how):not([open])")];
    for (const one of unfolded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of unfolded) one.open = false;
  });

  const button = document.getElementById("interactive");
  if (!button || !("DecompressionStream" in window)) return;
  button.hidden = false;

  async function wake() {
    const packed = atob(document.getElementById("vega").textContent);
    const bytes = Uint8Array.from(packed, (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    if (!window.vegaEmbed) throw new Error("Vega did not start");
  }

  async function replace(name, spec, options) {
    const drawing = document.getElementById(name);
    const place = document.createElement("div");
    place.setAttribute("class", drawing.getAttribute("class"));
    drawing.after(place);
    try {
      await window.vegaEmbed(place, spec, options);
      drawing.remove();
    } catch (error) {
      place.remove();
      throw error;
    }
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await wake();
      const told = JSON.parse(document.getElementById("charts").textContent);
      const options = {
        actions: false,
        ast: true,
        defaultStyle: false,
        formatLocale: told.locale,
        renderer: "svg",
        tooltip: { disableDefaultStyle: true },
      };
      for (const [name, spec] of Object.entries(told.specs)) await replace(name, spec, options);
      button.textContent = button.dataset.on;
    } catch {
      button.disabled = false;
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
})();
