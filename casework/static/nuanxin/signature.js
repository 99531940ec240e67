/* A signature drawn with a finger, a pen or a mouse. Without this script the page asks for a photograph of the slip.
 *
 * Markup it reads: [data-signature] around a canvas, a hidden input and [data-signature-clear]. What is drawn is put
 * into the input as a PNG when the form is sent, and after every stroke, so that nothing is lost on the way.
 */
(() => {
  "use strict";

  const INK = "#23201b";
  const WIDTH = 4; // in the canvas's own pixels, of which there are 640 across

  function ready(box) {
    const canvas = box.querySelector("canvas");
    const input = box.querySelector("input[type=hidden]");
    const context = canvas && canvas.getContext("2d");
    if (!context || !input) return;
    let strokes = 0;
    let drawing = false;

    const wipe = () => {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      strokes = 0;
      input.value = "";
    };
    const at = (event) => {
      const frame = canvas.getBoundingClientRect();
      return [
        ((event.clientX - frame.left) * canvas.width) / frame.width,
        ((event.clientY - frame.top) * canvas.height) / frame.height,
      ];
    };
    const begin = (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      drawing = true;
      context.strokeStyle = INK;
      context.lineWidth = WIDTH;
      context.lineCap = context.lineJoin = "round";
      context.beginPath();
      context.moveTo(...at(event));
    };
    const go = (event) => {
      if (!drawing) return;
      event.preventDefault();
      context.lineTo(...at(event));
      context.stroke();
      strokes += 1;
    };
    const end = () => {
      if (!drawing) return;
      drawing = false;
      if (strokes) input.value = canvas.toDataURL("image/png");
    };

    canvas.addEventListener("pointerdown", begin);
    canvas.addEventListener("pointermove", go);
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    box.querySelector("[data-signature-clear]").addEventListener("click", wipe);
    // A form that came back refused still holds what was signed: it is shown again, and need not be signed again.
    const signed = input.value;
    wipe();
    if (!signed.startsWith("data:image/png;base64,")) return;
    const before = new Image();
    before.onload = () => {
      context.drawImage(before, 0, 0, canvas.width, canvas.height);
      input.value = signed;
    };
    before.src = signed;
  }

  document.querySelectorAll("[data-signature]").forEach(ready);
})();
